// Unsigned varints as multiformats and protobuf use them: seven bits a byte, lowest first. Reading
// is strict: the shortest form only, at most 63 bits (every size of ours is far below).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::content {

inline constexpr std::size_t kMaxVarintSize = 9;

void append_varint(Bytes& target, std::uint64_t value);
std::size_t varint_size(std::uint64_t value) noexcept;
/// Reads one varint from the front and removes it from `rest`.
Result<std::uint64_t> read_varint(ByteView& rest);

}  // namespace emr::content
