// Whatever the strict encoder accepts it hashes alike from text and from tree, and signatures of
// any bytes are parsed into the one normal form or refused.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "crypto/eip712.h"
#include "crypto/signing.h"
#include "json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  const ByteView input(data, size);
  if (const auto hash = crypto::hash_typed_data_text(as_text(input))) {
    const auto again = crypto::hash_typed_data(*json::parse_strict(as_text(input)));
    EMR_CHECK(again.ok() && again->digest == hash->digest);
  }
  if (const auto signature = crypto::parse_signature(input)) {
    EMR_CHECK(*crypto::parse_signature(*signature) == *signature);
    const auto signer = crypto::recover(Hash32{}, *signature);
    static_cast<void>(signer.ok());
  }
  return 0;
}
