// Keyed hashes that the second pass over a record will ask for, made in the first: two at a time
// cost little more than one. What is not found here is computed where it is needed, so nothing
// depends on what was foretold but time.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "crypto/short_hmac.h"

namespace emr::desensitize {

class Foretold {
 public:
  /// A record begins: nothing is known.
  void clear() noexcept { size_ = next_ = 0; }
  /// `owner` will want HMAC(key, hashed) for `value`. The key and the bytes of `value` outlive the
  /// record; `hashed` is copied. Too long a text, or too many, are left to their owners.
  void add(const void* owner, std::string_view value, const crypto::ShortHmac& key,
           std::string_view hashed) noexcept;
  /// nullptr when it was not foretold, or waits for a second one. They are nearly always asked for
  /// in the order in which they were foretold.
  const Hash32* find(const void* owner, std::string_view value) noexcept;

 private:
  struct Entry {
    const void* owner = nullptr;
    std::string_view value;
    Hash32 mac{};
  };
  static constexpr std::size_t kMost = 16;

  std::array<Entry, kMost> entries_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  ///< behind the one that was found last
  // The one that waits.
  const crypto::ShortHmac* key_ = nullptr;
  std::array<char, crypto::ShortHmac::kMaxBytes> hashed_{};
  std::size_t hashed_size_ = 0;
};

}  // namespace emr::desensitize
