#include "desensitize/foretold.h"

#include <algorithm>

namespace emr::desensitize {

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

const Hash32* Foretold::find(const void* owner, std::string_view value) const noexcept {
  const std::size_t ready = size_ / 2 * 2;
  for (std::size_t i = 0; i < ready; ++i) {
    if (entries_[i].owner == owner && entries_[i].value == value) {
      return &entries_[i].mac;
    }
  }
  return nullptr;
}

}  // namespace emr::desensitize
