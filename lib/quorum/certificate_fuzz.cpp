// Certificates from anywhere: no crash, one spelling.
#include <cstdint>

#include "base/check.h"
#include "quorum/certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  const ByteView bytes(data, size);
  if (const auto certificate = quorum::decode_certificate(bytes)) {
    EMR_CHECK(quorum::encode(*certificate) == to_bytes(bytes));
  }
  return 0;
}
