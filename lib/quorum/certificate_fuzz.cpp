// Whatever bytes arrive: a certificate is refused, or its encoding is those bytes; and it verifies
// only with enough valid signatures of distinct members, which no fuzzer writes by chance.
#include <algorithm>
#include <cstdlib>

#include "quorum/certificate.h"
#include "quorum/insecure_suite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::quorum;
  const auto certificate = decode_certificate(ByteView(data, size));
  if (!certificate) return 0;
  const Bytes again = encode(certificate.value());
  if (!std::equal(again.begin(), again.end(), data, data + size)) std::abort();
  if (again.size() != encoded_size(certificate.value())) std::abort();
  static const ValidatorSet set = [] {
    std::vector<VoteKey> keys;
    for (std::uint64_t i = 0; i < 4; ++i) keys.push_back(insecure_key(i));
    return ValidatorSet::make(0, keys).value();
  }();
  // Signatures are of 64 bits here: none is found by chance, and one alone is not enough.
  if (verify(certificate.value(), set, Hash32{}, InsecureVerifier())) std::abort();
  return 0;
}
