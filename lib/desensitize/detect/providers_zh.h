// Names of care providers (hospitals, clinics, health centres) and of employers and schools.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_providers_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
