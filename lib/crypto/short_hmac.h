// HMAC-SHA256 of names and numbers under one key: data that share a block with their length. The
// key is hashed once, a MAC costs two compressions, and two MACs at once little more than one: the
// processor's instructions of one message wait for each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace emr::crypto {

class ShortHmac {
 public:
  /// The longest data.
  static constexpr std::size_t kMaxBytes = 55;

  explicit ShortHmac(ByteView key) noexcept;
  ShortHmac(const ShortHmac&) = delete;
  ShortHmac& operator=(const ShortHmac&) = delete;
  ~ShortHmac();

  /// The same as HmacSha256(key).mac(data); data.size() <= kMaxBytes.
  Hash32 mac(ByteView data) const noexcept;
  struct Request {
    const ShortHmac* key = nullptr;
    ByteView data;
    Hash32* digest = nullptr;
  };
  static void two(const Request& first, const Request& second) noexcept;

 private:
  // What is left of the key's blocks.
  std::array<std::uint32_t, 8> inner_;
  std::array<std::uint32_t, 8> outer_;
};

}  // namespace emr::crypto
