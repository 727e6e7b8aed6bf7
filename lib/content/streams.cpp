#include "content/streams.h"

namespace emr::content {

Result<std::size_t> read_full(ByteSource& source, std::span<std::uint8_t> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    EMR_ASSIGN(const std::size_t got, source.read(buffer.subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

}  // namespace emr::content
