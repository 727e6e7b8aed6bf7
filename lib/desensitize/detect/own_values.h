// The second pass that finds most leaks in free text: the record's own names, numbers and addresses
// are searched in its own notes, also as given name, surname with title, number with separators.
#pragma once

#include "desensitize/detect/text.h"
#include "desensitize/patient.h"

namespace emr::desensitize {

void find_own_values(const DecodedText& text, const PatientContext& own, Finds& finds);

}  // namespace emr::desensitize
