// Keys of database exports inside Chinese notes: "PAT_NAME=…;", "xm:…|". English words and the
// initials of pinyin that HIS vendors use; what stands behind such a key has its type.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Adds the value of the key that begins at `at`; its end, or 0 when no such key stands there.
std::size_t find_export_value_zh(const DecodedText& text, std::size_t at, Finds& finds);

}  // namespace emr::desensitize
