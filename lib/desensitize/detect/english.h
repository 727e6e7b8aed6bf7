// English notes: names, dates, addresses, phones, SSN, record numbers, places, ages.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_english(const DecodedText& text, Finds& finds);

/// The English sentences and forms that stand among the ideographs of a text. Abbreviations,
/// results and names of products ("BP 120/80", "Philips Ingenia") are no English.
void find_english_among(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
