// The byte language of everything that is not JSON: big-endian integers and length-prefixed byte
// strings. A Reader never reads past its end and never allocates more than its input holds.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr {

/// Appends to a byte vector that it owns; `take()` hands the vector over.
class WireWriter {
 public:
  WireWriter() = default;
  /// Room for about so many bytes, so that a message of usual size is one allocation.
  explicit WireWriter(std::size_t capacity) { bytes_.reserve(capacity); }

  WireWriter& u8(std::uint8_t value);
  WireWriter& u16(std::uint16_t value);
  WireWriter& u32(std::uint32_t value);
  WireWriter& u64(std::uint64_t value);
  /// The bytes alone, for fields of fixed length.
  WireWriter& raw(ByteView bytes);
  /// u32 length, then the bytes.
  WireWriter& blob(ByteView bytes);
  WireWriter& text(std::string_view text) { return blob(as_bytes(text)); }

  const Bytes& bytes() const noexcept { return bytes_; }
  Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads from borrowed bytes. After the first failure every later read fails too, so a decoder may
/// read a whole struct and look at `finish()` once.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) noexcept : rest_(bytes) {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(integer<1>()); }
  std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(integer<2>()); }
  std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(integer<4>()); }
  std::uint64_t u64() noexcept { return integer<8>(); }
  Hash32 hash() noexcept;
  /// A view of exactly `size` bytes; empty after a failure.
  ByteView raw(std::size_t size) noexcept {
    if (size > rest_.size()) {  // nothing is left after a failure
      reject();
      return {};
    }
    const ByteView bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }
  /// A length-prefixed byte string of at most `max` bytes.
  ByteView blob(std::size_t max) noexcept;
  std::string_view text(std::size_t max) noexcept { return as_text(blob(max)); }

  bool failed() const noexcept { return failed_; }
  std::size_t remaining() const noexcept { return rest_.size(); }
  /// Marks the input as malformed (a value out of its range).
  void reject() noexcept {
    failed_ = true;
    rest_ = {};
  }
  /// Ok when nothing failed and every byte was read; kData otherwise.
  Status finish() const;

 private:
  template <std::size_t kSize>
  std::uint64_t integer() noexcept {
    const ByteView bytes = raw(kSize);
    if (bytes.size() != kSize) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kSize; ++i) value = (value << 8) | bytes[i];
    return value;
  }

  ByteView rest_;
  bool failed_ = false;
};

}  // namespace emr
