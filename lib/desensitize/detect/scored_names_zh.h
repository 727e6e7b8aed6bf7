// The last look for Chinese names: places that no single rule believes, weighed by all that speaks
// for and against a name there.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Adds to `finds`, which holds what the rules found.
void find_scored_names_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
