// Documents that carry a person's number: passports, permits, the cards of Hong Kong, Macao and
// Taiwan, and number plates. Each adds what it finds at `at` and says whether it did.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// How many of the code points [start, stop) are digits.
std::size_t digits_in(const DecodedText& text, std::size_t start, std::size_t stop);

/// Do the seventh to fourteenth of the digits at `at` make a day, as in an ID number?
bool has_birthday(const DecodedText& text, std::size_t at);

/// "持E12345678护照": the word stands behind.
bool find_passport_zh(const DecodedText& text, std::size_t at, Finds& finds);
/// Behind 证件号 stand passports, permits and the cards of Hong Kong, Macao and Taiwan too.
bool find_document_zh(const DecodedText& text, std::size_t at, Finds& finds);
/// 军字第0123456号.
bool find_certificate_zh(const DecodedText& text, std::size_t at, Finds& finds);
/// 京A·12345, and an embassy's 使123456.
bool find_plate_zh(const DecodedText& text, std::size_t at, Finds& finds);
/// Flights and trains that somebody took: 乘CZ3547航班, G1234次列车.
bool find_journey_zh(const DecodedText& text, std::size_t at, Finds& finds);

}  // namespace emr::desensitize
