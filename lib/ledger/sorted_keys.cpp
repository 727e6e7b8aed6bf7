#include "ledger/sorted_keys.h"

#include <algorithm>

namespace emr::ledger {

namespace {

std::size_t shared_prefix(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t shared = 0;
  while (shared < most && a[shared] == b[shared]) ++shared;
  return shared;
}

}  // namespace

/// As a big-endian number, so that numbers are ordered as the bytes are; a short key is filled up
/// with zeros and may share its number with a longer one.
std::uint64_t SortedKeys::head_of(std::string_view key) const noexcept {
  std::uint64_t head = 0;
  for (std::size_t i = common_; i < common_ + sizeof head; ++i) {
    head = head << 8 | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0U);
  }
  return head;
}

/// From now on `common` first bytes count as shared.
void SortedKeys::share(std::size_t common) {
  common_ = common;
  heads_.resize(size());
  for (std::size_t i = 0; i < size(); ++i) heads_[i] = head_of((*this)[i]);
}

std::size_t SortedKeys::find(std::string_view wanted) const noexcept {
  if (size() == 0) return 0;
  const int side = wanted.substr(0, common_).compare((*this)[0].substr(0, common_));
  if (side != 0) return side < 0 ? 0 : size();
  auto [low, high] = std::equal_range(heads_.begin(), heads_.end(), head_of(wanted));
  while (low != high) {  // those of the same head
    const auto middle = low + (high - low) / 2;
    if ((*this)[static_cast<std::size_t>(middle - heads_.begin())] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return static_cast<std::size_t>(low - heads_.begin());
}

void SortedKeys::insert(std::size_t place, std::string_view key) {
  const std::size_t common =
      size() == 0 ? key.size() : shared_prefix(key, (*this)[0].substr(0, common_));
  if (common != common_) share(common);
  const std::uint32_t begin = place == 0 ? 0 : stops_[place - 1];
  const auto length = static_cast<std::uint32_t>(key.size());
  const auto offset = static_cast<std::ptrdiff_t>(place);
  bytes_.insert(begin, key);
  stops_.insert(stops_.begin() + offset, begin);
  for (std::size_t i = place; i < size(); ++i) stops_[i] += length;
  heads_.insert(heads_.begin() + offset, head_of(key));
}

void SortedKeys::erase(std::size_t place) {
  const std::uint32_t begin = place == 0 ? 0 : stops_[place - 1];
  const std::uint32_t length = stops_[place] - begin;
  const auto offset = static_cast<std::ptrdiff_t>(place);
  bytes_.erase(begin, length);
  stops_.erase(stops_.begin() + offset);
  heads_.erase(heads_.begin() + offset);
  for (std::size_t i = place; i < size(); ++i) stops_[i] -= length;
}

SortedKeys SortedKeys::split(std::size_t place) {
  SortedKeys rest;
  rest.append(*this, place);
  stops_.resize(place);
  bytes_.resize(place == 0 ? 0 : stops_.back());
  share(place == 0 ? 0 : shared_prefix((*this)[0], (*this)[place - 1]));
  return rest;
}

void SortedKeys::append(const SortedKeys& other, std::size_t first) {
  for (std::size_t i = first; i < other.size(); ++i) {
    bytes_ += other[i];
    stops_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  }
  share(size() == 0 ? 0 : shared_prefix((*this)[0], (*this)[size() - 1]));
}

}  // namespace emr::ledger
