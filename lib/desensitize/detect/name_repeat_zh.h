// A Chinese name that was found once is found everywhere in its text.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// `found` are the code points [start, stop) of names; they are sorted here.
void repeat_names(const DecodedText& text, std::vector<std::pair<std::size_t, std::size_t>>& found,
                  Finds& finds);

}  // namespace emr::desensitize
