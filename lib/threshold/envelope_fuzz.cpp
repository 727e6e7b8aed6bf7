// Whatever the decoders accept, they write back unchanged.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "json/json.h"
#include "threshold/envelope.h"
#include "threshold/keypart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  const Result<json::Json> tree = json::parse_strict(as_text({data, size}));
  if (!tree) return 0;
  if (const auto envelope = threshold::Envelope::from_json(*tree)) {
    EMR_CHECK(envelope->to_json() == *tree);
  }
  if (const auto part = threshold::KeyPart::from_json(*tree)) EMR_CHECK(part->to_json() == *tree);
  return 0;
}
