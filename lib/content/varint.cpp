#include "content/varint.h"

namespace emr::content {

void append_varint(Bytes& target, std::uint64_t value) {
  while (value >= 0x80) {
    target.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  target.push_back(static_cast<std::uint8_t>(value));
}

std::size_t varint_size(std::uint64_t value) noexcept {
  std::size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

Result<std::uint64_t> read_varint(ByteView& rest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < rest.size() && i < kMaxVarintSize; ++i) {
    value |= static_cast<std::uint64_t>(rest[i] & 0x7f) << (7 * i);
    if ((rest[i] & 0x80) != 0) continue;
    if (i > 0 && rest[i] == 0) break;  // a longer spelling of a shorter number
    rest = rest.subspan(i + 1);
    return value;
  }
  return fail(Code::kData, "varint is cut, too long or not in its shortest form")
      .with_reason("varint");
}

}  // namespace emr::content
