// Fuzzes the DICOM framer and rewriter: no input may crash, hang or leave the limits; what comes
// out of a good run must be readable again.
#include "desensitize/formats/dicom.h"

#include "desensitize/formats/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return emr::desensitize::testing::fuzz_format(emr::desensitize::dicom_format(), "dicom-basic",
                                                {data, size});
}
