// Transaction lines and entries from anywhere: no crash, and what is accepted has one spelling.
#include <cstdint>

#include "base/check.h"
#include "ledger/testing_methods.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto line = parse_transaction_line(text, testing::toy_methods())) {
    const std::string written = transaction_line(*line);
    const auto again = parse_transaction_line(written, testing::toy_methods());
    EMR_CHECK(again.ok() && again->transaction.txid == line->transaction.txid);
    EMR_CHECK(transaction_line(*again) == written);
  }
  if (const auto entry = parse_entry(text, testing::toy_methods())) {
    EMR_CHECK(encode_entry(*entry) == text);
  }
  return 0;
}
