// The receipts of a block are what a node says: refused with a reason, or understood, and what is
// understood has one spelling. Against a genesis they prove nothing by accident.
#include <string_view>

#include "base/check.h"
#include "ledger/receipt_list.h"
#include "ledger/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  static const Genesis genesis = testing::make_genesis();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = parse_receipt_list(text);
  if (!list) return 0;
  const std::string line = encode_receipt_list(*list);
  const auto again = parse_receipt_list(line);
  EMR_CHECK(again.ok() && encode_receipt_list(*again) == line);
  EpochChain known(genesis);
  EMR_CHECK(!verify_receipt_list(*list, known).ok());
  return 0;
}
