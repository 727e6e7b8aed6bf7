// Telephone numbers as Chinese notes write them.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The number whose first digit is at `at`: behind a label (电话, 手机) a mobile number and any that
/// is long enough; elsewhere those with an area code, of a service, or with the code of a country.
/// `stop` is 0 when there is none.
Find phone_at(const DecodedText& text, std::size_t at, bool has_label);

/// 内线|6120, 分机 8021: the number of an extension.
Find extension_at(const DecodedText& text, std::size_t at);

/// 9655 3021: numbers of Hong Kong and Macao, which have no area code. For texts in traditional
/// characters only: elsewhere they are two amounts.
void find_regional_phones(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
