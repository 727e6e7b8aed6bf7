#include "desensitize/foretold.h"

#include <algorithm>

namespace emr::desensitize {
namespace {

/// The very same bytes need no comparison.
bool is_same(std::string_view a, std::string_view b) noexcept {
  return a.data() == b.data() && a.size() == b.size();
}

}  // namespace

void Foretold::add(const void* owner, std::string_view value, const crypto::ShortHmac& key,
                   std::string_view hashed) noexcept {
  if (size_ == kMost || hashed.size() > hashed_.size()) {
    return;
  }
  entries_[size_].owner = owner;
  entries_[size_].value = value;
  if (size_ % 2 == 0) {
    key_ = &key;
    std::copy(hashed.begin(), hashed.end(), hashed_.begin());
    hashed_size_ = hashed.size();
  } else {
    crypto::ShortHmac::two(
        {key_, as_bytes(std::string_view(hashed_.data(), hashed_size_)), &entries_[size_ - 1].mac},
        {&key, as_bytes(hashed), &entries_[size_].mac});
  }
  ++size_;
}

const Hash32* Foretold::find(const void* owner, std::string_view value) noexcept {
  const std::size_t ready = size_ / 2 * 2;
  for (std::size_t i = 0; i < ready; ++i, ++next_) {
    next_ = next_ < ready ? next_ : 0;
    const Entry& entry = entries_[next_];
    if (entry.owner == owner && (is_same(entry.value, value) || entry.value == value)) {
      return &entries_[next_++].mac;
    }
  }
  return nullptr;
}

}  // namespace emr::desensitize
