// A genesis document and an exported proof are files from somebody else: refused with a reason, or
// understood; a genesis that is understood has one canonical text, whose hash it carries.
#include <cstdlib>
#include <string_view>

#include "ledger/genesis.h"
#include "ledger/proof.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::ledger;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_proof(text);
  const auto genesis = parse_genesis(text);
  if (!genesis) return 0;
  const auto again = parse_genesis(encode_genesis(genesis.value()));
  if (!again || again.value().hash != genesis.value().hash) std::abort();
  return 0;
}
