// Blocks, receipts, proofs and genesis texts from anywhere: no crash; decoding inverts encoding.
#include <cstdint>

#include "base/check.h"
#include "ledger/block.h"
#include "ledger/epochs.h"
#include "ledger/genesis.h"
#include "ledger/proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  const emr::ByteView bytes(data, size);
  if (const auto block = decode_block(bytes)) {
    const emr::Bytes again = encode_block(*block);
    EMR_CHECK(again.size() == size && std::equal(again.begin(), again.end(), bytes.begin()));
  }
  const std::string_view text = emr::as_text(bytes);
  if (const auto receipt = parse_receipt(text)) EMR_CHECK(encode_receipt(*receipt) == text);
  if (const auto proof = parse_proof(text)) {
    EMR_CHECK(encode_proof(*parse_proof(encode_proof(*proof))) == encode_proof(*proof));
  }
  if (const auto link = decode_link(bytes)) {
    const emr::Bytes again = encode_link(*link);
    EMR_CHECK(again.size() == size && std::equal(again.begin(), again.end(), bytes.begin()));
  }
  if (const auto genesis = parse_genesis(text)) {
    EMR_CHECK(parse_genesis(encode_genesis(*genesis))->hash == genesis->hash);
  }
  return 0;
}
