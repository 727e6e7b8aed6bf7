// Names whose first character is no surname that we know: 伤者历秀芹, 回访人 才旭. The role before it and the
// characters behind it are the proof. Used by names_zh.h and adds to its finds.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_unknown_names_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
