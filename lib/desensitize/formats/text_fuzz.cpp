// Fuzzes plain text: paragraphs, character sets, the redaction of every detector's finds.
#include "desensitize/formats/text.h"

#include "desensitize/formats/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return emr::desensitize::testing::fuzz_format(emr::desensitize::text_format(), "strict",
                                                {data, size});
}
