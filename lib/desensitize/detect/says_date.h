// Numbers that are dates or not: 2021.8, 3.5.21, 2022-1. Whoever finds one asks here whether what
// stands around it says that it is a date.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Does what stands around [at, stop) say that it is a date?
bool says_date(const DecodedText& text, std::size_t at, std::size_t stop);

/// 软件版本 3.1.62, version 3.1.62, section 3.1.62: what stops before `at` numbers something else.
bool is_version_word(const DecodedText& text, std::size_t at);

}  // namespace emr::desensitize
