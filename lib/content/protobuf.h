// The two wire types of protobuf that IPFS blocks use, as small readers and writers. Private to
// this layer.
#pragma once

#include <optional>

#include "content/varint.h"

namespace emr::content {

enum class WireType : std::uint8_t { kVarint = 0, kBytes = 2 };

constexpr std::uint8_t field_tag(unsigned field, WireType type) {
  return static_cast<std::uint8_t>(field << 3 | static_cast<unsigned>(type));
}

inline void append_varint_field(Bytes& target, unsigned field, std::uint64_t value) {
  target.push_back(field_tag(field, WireType::kVarint));
  append_varint(target, value);
}

inline void append_bytes_field(Bytes& target, unsigned field, ByteView bytes) {
  target.push_back(field_tag(field, WireType::kBytes));
  append_varint(target, bytes.size());
  append(target, bytes);
}

/// Removes the one-byte tag from the front; nothing at the end of the input.
inline std::optional<std::uint8_t> read_tag(ByteView& rest) {
  if (rest.empty()) return std::nullopt;
  const std::uint8_t tag = rest.front();
  rest = rest.subspan(1);
  return tag;
}

inline Result<ByteView> read_bytes_field(ByteView& rest) {
  EMR_ASSIGN(const std::uint64_t size, read_varint(rest));
  if (size > rest.size()) {
    return fail(Code::kData, "field is longer than its block").with_reason("truncated");
  }
  const ByteView bytes = rest.first(static_cast<std::size_t>(size));
  rest = rest.subspan(bytes.size());
  return bytes;
}

}  // namespace emr::content
