#include "base/wire.h"

#include <algorithm>

namespace emr {
namespace {

template <class T>
void append_big_endian(Bytes& bytes, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
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

std::uint64_t WireReader::integer(std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : raw(size)) value = (value << 8) | byte;
  return value;
}
std::uint8_t WireReader::u8() noexcept { return static_cast<std::uint8_t>(integer(1)); }
std::uint16_t WireReader::u16() noexcept { return static_cast<std::uint16_t>(integer(2)); }
std::uint32_t WireReader::u32() noexcept { return static_cast<std::uint32_t>(integer(4)); }
std::uint64_t WireReader::u64() noexcept { return integer(8); }

Hash32 WireReader::hash() noexcept {
  Hash32 hash{};
  const ByteView bytes = raw(hash.size());
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

ByteView WireReader::raw(std::size_t size) noexcept {
  if (failed_ || size > rest_.size()) {
    reject();
    return {};
  }
  const ByteView bytes = rest_.first(size);
  rest_ = rest_.subspan(size);
  return bytes;
}

ByteView WireReader::blob(std::size_t max) noexcept {
  const std::uint32_t size = u32();
  if (size > max) {
    reject();
    return {};
  }
  return raw(size);
}

void WireReader::reject() noexcept {
  failed_ = true;
  rest_ = {};
}

Status WireReader::finish() const {
  if (failed_) return fail(Code::kData, "bytes are malformed or cut short");
  if (!rest_.empty()) return fail(Code::kData, "bytes go on after their end");
  return {};
}

}  // namespace emr
