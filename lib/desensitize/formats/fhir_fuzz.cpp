// Fuzzes FHIR: the array framer, who is who in a Bundle, and the rewriter; what comes out of a good
// run must be readable again.
#include "desensitize/formats/fhir_people.h"
#include "desensitize/formats/fuzzing.h"
#include "desensitize/json/json_rewriter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  std::size_t last = 0;
  const auto people = desensitize::fhir_people(as_text(ByteView(data, size)));
  for (std::size_t i = 1; i < people.size(); ++i) {  // parts come in order and do not overlap
    const bool whole = people[i].stop != 0;          // the last one may be cut off
    EMR_CHECK(people[i].start >= last && (!whole || people[i].stop >= people[i].start));
    last = whole ? people[i].stop : people[i].start;
  }
  return desensitize::testing::fuzz_format(desensitize::fhir_format(), "fhir-r4", {data, size});
}
