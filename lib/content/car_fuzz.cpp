// Any bytes as an archive: an error or checked blocks, in bounded memory.
#include <algorithm>

#include "base/check.h"
#include "content/car.h"

namespace {

class Source final : public emr::content::ByteSource {
 public:
  explicit Source(emr::ByteView bytes) : rest_(bytes) {}
  emr::Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
    const std::size_t size = std::min(buffer.size(), rest_.size());
    std::copy_n(rest_.begin(), size, buffer.begin());
    rest_ = rest_.subspan(size);
    return size;
  }

 private:
  emr::ByteView rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source({data, size});
  auto reader = emr::content::CarReader::open(source);
  while (reader) {
    const auto block = reader->next();
    if (!block || !block->has_value()) break;
    EMR_CHECK(emr::content::check_block((*block)->cid, (*block)->data).ok());
  }
  return 0;
}
