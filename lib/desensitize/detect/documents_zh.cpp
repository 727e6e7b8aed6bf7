#include "desensitize/detect/documents_zh.h"

#include "desensitize/detect/identifiers.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

constexpr CharSet kPlateProvinces =
    U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

bool passport_shape(const DecodedText& text, std::size_t at, std::size_t stop) {
  return stop - at == 9 && one_of<U"EGDSPegdsp">(text[at]) && is_alnum(text[at + 1]) &&
         digits_in(text, at + 2, stop) == 7;
}

}  // namespace

std::size_t digits_in(const DecodedText& text, std::size_t start, std::size_t stop) {
  std::size_t digits = 0;
  for (std::size_t i = start; i < stop; ++i) {
    digits += is_digit(text[i]) ? 1 : 0;
  }
  return digits;
}

bool has_birthday(const DecodedText& text, std::size_t at) {
  unsigned number = 0;
  for (std::size_t i = at + 6; i < at + 14; ++i) {
    if (!is_digit(text[i])) return false;
    number = number * 10 + static_cast<unsigned>(text[i] - U'0');
  }
  const unsigned year = number / 10000;
  const unsigned month = number / 100 % 100;
  const unsigned day = number % 100;
  return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool find_passport_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  const std::size_t stop = token_end(text, at, false);
  const std::size_t word = is_blank(text[stop]) ? stop + 1 : stop;
  if (!passport_shape(text, at, stop) || !text.starts(word, U"护照")) {
    return false;
  }
  finds.push_back({at, stop, kPassport, 75});
  return true;
}

bool find_document_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  const std::size_t stop = token_end(text, at, false);
  const std::size_t digits = digits_in(text, at, stop);
  const std::size_t size = stop - at;
  if (text[stop] == U'(' && is_alnum(text[stop + 1]) && text[stop + 2] == U')' &&
      (digits == 6 || digits == 7) && size <= 8) {
    finds.push_back({at, stop + 3, kRegionalId, 85});
  } else if (!is_letter(text[at])) {
    return false;
  } else if (passport_shape(text, at, stop)) {
    finds.push_back({at, stop, kPassport, 85});
  } else if (size == 10 && digits == 9 && (text[at + 1] == U'1' || text[at + 1] == U'2')) {
    finds.push_back({at, stop, kRegionalId, 85});
  } else if (one_of<U"HMCWTL">(text[at]) && digits == size - 1 && (size == 9 || size == 11)) {
    finds.push_back({at, stop, kPermit, 85});
  } else {
    return false;
  }
  return true;
}

bool find_certificate_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  const std::size_t stop = token_end(text, at, false);
  if (!text.stops(at, U"字第") || digits_in(text, at, stop) < 5 || text[stop] != U'号') {
    return false;
  }
  std::size_t start = at - 2;
  while (is_cjk(text[start - 1]) && at - start < 5 && text[start - 1] != U'证') {
    --start;
  }
  finds.push_back({start, stop + 1, kPermit, 70});
  return true;
}

bool find_plate_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  const char32_t letter = text[at];
  if (text[at - 1] == U'使' && digits_in(text, at, at + 6) == 6 && !is_alnum(text[at + 6]) &&
      (!is_cjk(text[at - 2]) || one_of<U"牌号">(text[at - 2]))) {
    finds.push_back({at - 1, at + 6, kPlate, 70});  // an embassy's
    return true;
  }
  if (!one_of<kPlateProvinces>(text[at - 1]) || letter < U'A' || letter > U'Z') {
    return false;
  }
  std::size_t stop = at + 1;
  if (text[stop] == 0xB7 || text[stop] == 0x2022 || text[stop] == U' ' ||
      text[stop] == U'-') {
    ++stop;
  }
  std::size_t digits = 0;
  std::size_t length = 0;
  for (; is_alnum(text[stop]); ++stop, ++length) {
    digits += is_digit(text[stop]) ? 1 : 0;
  }
  const bool special = one_of<U"挂学警港澳使领">(text[stop]);
  stop += special ? 1 : 0;
  length += special ? 1 : 0;
  if ((length != 5 && length != 6) || digits < 2) {
    return false;
  }
  finds.push_back({at - 1, stop, kPlate, 70});
  return true;
}

bool find_journey_zh(const DecodedText& text, std::size_t at, Finds& finds) {
  constexpr std::size_t kLongest = 6;
  if (!is_letter(text[at]) && !is_letter(text[at + 1])) {
    return false;
  }
  const std::size_t stop = token_end(text, at, false);
  const std::size_t digits = digits_in(text, at, stop);
  const std::size_t letters = stop - at - digits;
  if (stop - at > kLongest || digits < 1 || digits > 4 || letters < 1 || letters > 2) {
    return false;
  }
  std::size_t label = at;
  while (label > 0 && at - label < 3 && one_of<U": ">(text[label - 1])) {
    --label;
  }
  const bool before = text.stops(label, U"航班") || text.stops(label, U"航班号") ||
                      text.stops(label, U"车次") || text.stops(at, U"乘坐") ||
                      (one_of<U"乘坐">(text[at - 1]) && text[stop] == U'次');
  const std::size_t word = text[stop] == U'次' ? stop + 1 : stop;
  const bool behind = text.starts(word, U"航班") || text.starts(word, U"列车") ||
                      text.starts(word, U"高铁") || text.starts(word, U"动车") ||
                      text.starts(word, U"火车");
  if (!before && !behind) {
    return false;
  }
  finds.push_back({at, stop, SpanType::kPlate, 70});
  return true;
}

}  // namespace emr::desensitize
