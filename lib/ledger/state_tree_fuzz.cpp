// Chunks of a state from anywhere: no crash; decoding inverts encoding.
#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "ledger/state_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  const emr::ByteView bytes(data, size);
  if (const auto chunk = decode_chunk(bytes)) {
    const emr::Bytes again = encode_chunk(*chunk);
    EMR_CHECK(again.size() == size && std::equal(again.begin(), again.end(), bytes.begin()));
    (void)chunk_leaf(index_of(*chunk));
  }
  return 0;
}
