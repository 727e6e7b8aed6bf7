// Employers, schools and authorities in Chinese text: behind a label (工作单位), or by a name that ends
// like one (有限公司, 中学, 公安局). Care providers are found by providers_zh.h.
#pragma once

#include "desensitize/detect/text.h"

namespace emr::desensitize {

void find_organizations_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
