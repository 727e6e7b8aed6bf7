// Evidence lines from anywhere: no crash, nobody is blamed without a signature, one spelling.
#include <cstdint>

#include "base/check.h"
#include "ledger/evidence.h"
#include "ledger/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  static const Genesis genesis = testing::make_genesis();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto evidence = parse_evidence(text, genesis);
  if (!evidence) return 0;
  EMR_CHECK(!verify_evidence(*evidence, genesis).ok());  // no fuzzer finds a signature
  const std::string written = encode_evidence(*evidence, genesis);
  const auto again = parse_evidence(written, genesis);
  EMR_CHECK(again.ok() && encode_evidence(*again, genesis) == written);
  return 0;
}
