// A proof about the state is a file from somebody else: refused with a reason, or understood, and
// what is understood has one spelling. Against a genesis it proves nothing by accident.
#include <string_view>

#include "base/check.h"
#include "ledger/state_proof.h"
#include "ledger/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  static const Genesis genesis = testing::make_genesis();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proof = parse_state_proof(text);
  if (!proof) return 0;
  const std::string line = encode_state_proof(*proof);
  const auto again = parse_state_proof(line);
  EMR_CHECK(again.ok() && encode_state_proof(*again) == line);
  EMR_CHECK(!verify_state_proof(*proof, genesis).ok());
  return 0;
}
