// Chinese personal names: Han names by surname and evidence, names of other peoples by their
// transliteration characters, the middle dot or a label. A surname alone is never enough: the
// evidence is a label before ("患者", "医师："), a title, sex or age behind ("，女，48岁"), or a
// place of its own between separators in which no ordinary word stands. slot_names_zh.h,
// scored_names_zh.h, syllable_names_zh.h and unknown_names_zh.h go on from what is found here.
#pragma once

#include <cstddef>
#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Bytes of the surname at the front of a name (compound surnames included); 0 when there is none.
std::size_t surname_bytes(std::string_view name);

void find_names_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
