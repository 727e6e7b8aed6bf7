// Byte sequences: the owning and the borrowed form, fixed hashes, and views to and from text.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace emr {

using Bytes = std::vector<std::uint8_t>;
/// Borrowed bytes; the owner must outlive the view.
using ByteView = std::span<const std::uint8_t>;
/// A 32-byte digest or key identifier.
using Hash32 = std::array<std::uint8_t, 32>;

inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) { return Bytes(view.begin(), view.end()); }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

inline void append(Bytes& target, ByteView source) {
  target.insert(target.end(), source.begin(), source.end());
}
inline void append(Bytes& target, std::string_view source) { append(target, as_bytes(source)); }

/// Equality whose time does not depend on where the first difference lies (lengths are public).
bool equal_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace emr
