#include "base/wire.h"

#include <algorithm>

namespace emr {

void WireWriter::grow(std::size_t size) {
  constexpr std::size_t kLeast = 64;
  bytes_.resize(std::max({kLeast, 2 * bytes_.size(), size_ + size}));
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
