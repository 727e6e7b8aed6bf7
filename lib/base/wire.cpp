#include "base/wire.h"

#include <algorithm>

namespace emr {
namespace {

template <class T>
void append_big_endian(Bytes& bytes, T value) {
  std::array<std::uint8_t, sizeof(T)> encoded;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    encoded[sizeof(T) - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  append(bytes, encoded);
}

}  // namespace

WireWriter& WireWriter::u8(std::uint8_t value) {
  bytes_.push_back(value);
  return *this;
}
WireWriter& WireWriter::u16(std::uint16_t value) {
  append_big_endian(bytes_, value);
  return *this;
}
WireWriter& WireWriter::u32(std::uint32_t value) {
  append_big_endian(bytes_, value);
  return *this;
}
WireWriter& WireWriter::u64(std::uint64_t value) {
  append_big_endian(bytes_, value);
  return *this;
}
WireWriter& WireWriter::raw(ByteView bytes) {
  append(bytes_, bytes);
  return *this;
}
WireWriter& WireWriter::blob(ByteView bytes) {
  EMR_CHECK(bytes.size() <= UINT32_MAX);
  u32(static_cast<std::uint32_t>(bytes.size()));
  return raw(bytes);
}

Hash32 WireReader::hash() noexcept {
  Hash32 hash{};
  const ByteView bytes = raw(hash.size());
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

ByteView WireReader::blob(std::size_t max) noexcept {
  const std::uint32_t size = u32();
  if (size > max) {
    reject();
    return {};
  }
  return raw(size);
}

Status WireReader::finish() const {
  if (failed_) return fail(Code::kData, "bytes are malformed or cut short");
  if (!rest_.empty()) return fail(Code::kData, "bytes go on after their end");
  return {};
}

}  // namespace emr
