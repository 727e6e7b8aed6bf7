// The byte language of everything that is not JSON: big-endian integers and length-prefixed byte
// strings. A Reader never reads past its end and never allocates more than its input holds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/big_endian.h"
#include "base/bytes.h"
#include "base/result.h"

namespace emr {

/// Appends to a byte vector that it owns; `take()` hands the vector over. The vector is kept longer
/// than what is written, so that a number is one comparison and one store.
class WireWriter {
 public:
  WireWriter() = default;
  /// Room for about so many bytes, so that a message of usual size is one allocation.
  explicit WireWriter(std::size_t capacity) : bytes_(capacity) {}

  WireWriter& u8(std::uint8_t value) { return integer(value); }
  WireWriter& u16(std::uint16_t value) { return integer(value); }
  WireWriter& u32(std::uint32_t value) { return integer(value); }
  WireWriter& u64(std::uint64_t value) { return integer(value); }
  /// The bytes alone, for fields of fixed length.
  WireWriter& raw(ByteView bytes) {
    std::copy(bytes.begin(), bytes.end(), next(bytes.size()));
    return *this;
  }
  /// u32 length, then the bytes.
  WireWriter& blob(ByteView bytes);
  WireWriter& text(std::string_view text) { return blob(as_bytes(text)); }

  ByteView bytes() const noexcept { return ByteView(bytes_).first(size_); }
  std::size_t size() const noexcept { return size_; }
  /// Begins again in the same memory.
  void clear() noexcept { size_ = 0; }
  Bytes take() && {
    bytes_.resize(std::exchange(size_, 0));
    return std::move(bytes_);
  }

 private:
  /// Where the next `size` bytes go.
  std::uint8_t* next(std::size_t size) {
    if (size > bytes_.size() - size_) grow(size);
    return bytes_.data() + std::exchange(size_, size_ + size);
  }
  void grow(std::size_t size);

  template <class T>
  WireWriter& integer(T value) {
    store_big_endian(next(sizeof value), value);
    return *this;
  }

  Bytes bytes_;
  std::size_t size_ = 0;
};

/// Reads from borrowed bytes. After the first failure every later read fails too, so a decoder may
/// read a whole struct and look at `finish()` once.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) noexcept : rest_(bytes) {}

  std::uint8_t u8() noexcept { return integer<std::uint8_t>(); }
  std::uint16_t u16() noexcept { return integer<std::uint16_t>(); }
  std::uint32_t u32() noexcept { return integer<std::uint32_t>(); }
  std::uint64_t u64() noexcept { return integer<std::uint64_t>(); }
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
  template <class T>
  T integer() noexcept {
    const ByteView bytes = raw(sizeof(T));
    return bytes.empty() ? T{0} : load_big_endian<T>(bytes.data());
  }

  ByteView rest_;
  bool failed_ = false;
};

}  // namespace emr
