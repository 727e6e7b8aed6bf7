// Names of peoples that have no surnames and no dot between their parts: 仁青卓玛, 库尔班江, 额尔敦. Such
// a name is all of parts from a closed stock; that, and what stands around it, proves it. Used by
// names_zh.h and adds to its finds.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_syllable_names_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
