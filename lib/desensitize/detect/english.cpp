#include "desensitize/detect/english.h"

namespace emr::desensitize {

void find_english(const DecodedText&, Finds&) {}

}  // namespace emr::desensitize
