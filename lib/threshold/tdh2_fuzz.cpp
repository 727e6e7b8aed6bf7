// Binary decoders of the threshold layer: what they accept re-encodes to the same bytes, and a
// decoded ciphertext or part may be checked without harm.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "threshold/dealer.h"
#include "threshold/tdh2.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  static crypto::SeededRandom random("fuzz");
  static const threshold::Dealing dealing = *threshold::deal(3, 4, random);
  const ByteView input(data, size);
  if (const auto ciphertext = threshold::Ciphertext::decode(input)) {
    EMR_CHECK(ciphertext->encode() == to_bytes(input));
    EMR_CHECK(!threshold::check(dealing.keys.group_key(), *ciphertext, as_bytes("label")));
  }
  if (const auto partial = threshold::PartialDecryption::decode(input)) {
    EMR_CHECK(partial->encode() == to_bytes(input));
  }
  if (const auto share = threshold::KeyShare::decode(input)) {
    EMR_CHECK(to_bytes(share->encode().view()) == to_bytes(input));
  }
  return 0;
}
