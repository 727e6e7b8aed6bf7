// Transliterated names whose parts a dot divides: 阿不都·热合曼, 玛丽·居里.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

struct DottedName {
  std::size_t start = 0;
  std::size_t stop = 0;  ///< 0: none
};

/// The name around the dot at `dot`.
DottedName dotted_name_at(const DecodedText& text, std::size_t dot);

}  // namespace emr::desensitize
