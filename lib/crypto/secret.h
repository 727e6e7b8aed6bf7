// Secret bytes that are wiped when they go. Both classes are move-only, so that a copy of a key is
// always visible in the code (`clone`). Not locked into memory: the tools switch core dumps off.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::crypto {

/// Overwrites memory in a way that the compiler may not drop.
void wipe(std::span<std::uint8_t> bytes) noexcept;

/// A 32-byte key.
class Secret32 {
 public:
  Secret32() noexcept = default;
  explicit Secret32(const Hash32& value) noexcept : value_(value) {}
  Secret32(Secret32&& other) noexcept;
  Secret32& operator=(Secret32&& other) noexcept;
  Secret32(const Secret32&) = delete;
  Secret32& operator=(const Secret32&) = delete;
  ~Secret32() { wipe(value_); }

  /// kData unless there are exactly 32 bytes.
  static Result<Secret32> from_bytes(ByteView bytes);

  Secret32 clone() const noexcept { return Secret32(value_); }
  ByteView view() const noexcept { return value_; }
  const Hash32& bytes() const noexcept { return value_; }
  std::span<std::uint8_t, 32> span() noexcept { return value_; }

 private:
  Hash32 value_{};
};

/// Secret bytes of any length: pass phrases, mnemonics, decrypted files.
class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  static SecretBytes copy_of(ByteView bytes) { return SecretBytes(to_bytes(bytes)); }

  SecretBytes clone() const { return copy_of(bytes_); }
  ByteView view() const noexcept { return bytes_; }
  std::string_view text() const noexcept { return as_text(bytes_); }
  std::span<std::uint8_t> span() noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }

 private:
  Bytes bytes_;
};

}  // namespace emr::crypto
