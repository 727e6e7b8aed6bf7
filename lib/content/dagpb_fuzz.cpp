// Decoding any bytes is safe, and what was decoded encodes to something that decodes the same.
#include "base/check.h"
#include "content/dagpb.h"
#include "content/unixfs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::content;
  if (const auto node = decode_node({data, size})) {
    const auto again = decode_node(encode_node(*node));
    EMR_CHECK(again.ok() && again->links.size() == node->links.size());
    EMR_CHECK(again->data == node->data);
    if (node->data) static_cast<void>(decode_unixfs(*node->data));
  }
  if (const auto file = decode_unixfs({data, size})) {
    const auto again = decode_unixfs(encode_unixfs(*file));
    EMR_CHECK(again.ok() && again->block_sizes == file->block_sizes);
  }
  return 0;
}
