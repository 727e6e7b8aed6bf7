#include "desensitize/detect/identifiers.h"

#include <array>
#include <string>

#include "base/utf8.h"
#include "desensitize/dates.h"
#include "desensitize/detect/check_digits.h"
#include "desensitize/detect/look_alikes.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

constexpr std::size_t kLongestToken = 64;

/// The bare characters of code points [start, stop): separators left out, letters upper case.
class Bare {
 public:
  Bare(const DecodedText& text, std::size_t start, std::size_t stop) {
    for (std::size_t i = start; i < stop && size_ < buffer_.size(); ++i) {
      if (is_alnum(text[i])) {
        const auto c = static_cast<char>(text[i]);
        buffer_[size_++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      }
    }
  }
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, kLongestToken> buffer_{};
  std::size_t size_ = 0;
};

/// Ends of digits in groups, such as {6, 8, 4}, split by one blank or '-'; 0 when it does not fit.
std::size_t groups_end(const DecodedText& text, std::size_t at,
                       std::initializer_list<std::size_t> sizes, bool last_x) {
  std::size_t group = 0;
  char32_t separator = 0;
  for (const std::size_t size : sizes) {
    if (group++ > 0) {
      const char32_t mark = text[at];
      if ((mark != U' ' && mark != U'-' && mark != U'.') || (separator != 0 && separator != mark)) {
        return 0;
      }
      separator = mark;
      ++at;
    }
    const std::size_t stop = at + size;
    while (at < stop && is_digit(text[at])) {
      ++at;
    }
    const bool x = last_x && group == sizes.size() && at + 1 == stop &&
                   (text[at] == U'X' || text[at] == U'x');
    if (at != stop && !x) {
      return 0;
    }
    at = stop;
  }
  return is_alnum(text[at]) ? 0 : at;
}

bool id_card(const DecodedText& text, std::size_t at, Finds& finds) {
  for (const auto& sizes : {std::initializer_list<std::size_t>{18},
                            std::initializer_list<std::size_t>{6, 8, 4}}) {
    const std::size_t stop = groups_end(text, at, sizes, true);
    if (stop > 0 && is_valid_id_card(Bare(text, at, stop).view())) {
      finds.push_back({at, stop, kIdCard, 90});
      return true;
    }
  }
  return false;
}

/// A province, and a birth date that the calendar has.
bool looks_like_id_number(std::string_view digits) {
  return digits[0] >= '1' && digits[0] <= '8' && (digits.substr(6, 2) == "19" ||
         digits.substr(6, 2) == "20") && date_prefix(digits.substr(6, 8)) == 8;
}

bool bank_card(const DecodedText& text, std::size_t at, Finds& finds) {
  constexpr std::size_t kMostDigits = 19;
  std::size_t digits = 0;
  std::size_t stop = at;
  while (digits <= kMostDigits &&
         (is_digit(text[stop]) ||
          ((text[stop] == U' ' || text[stop] == U'-') && is_digit(text[stop + 1]) &&
           is_digit(text[stop - 1]) && digits % 4 == 0))) {
    digits += is_digit(text[stop]) ? 1 : 0;
    ++stop;
  }
  if (digits < 13 || digits > kMostDigits || is_alnum(text[stop]) ||
      !is_valid_bank_card(Bare(text, at, stop).view())) {
    return false;
  }
  if (digits == 18 && looks_like_id_number(Bare(text, at, stop).view())) {
    return false;  // an ID number with a wrong check digit; one in ten passes Luhn too
  }
  finds.push_back({at, stop, kBankCard, 80});
  return true;
}

bool mixed_token(const DecodedText& text, std::size_t at, Finds& finds) {
  const std::size_t stop = token_end(text, at, false);
  if (stop - at > kLongestToken || is_alnum(text[stop])) {
    return false;
  }
  const Bare bare(text, at, stop);
  const std::string_view token = bare.view();
  SpanType type = kName;
  if (token.size() == 18 && is_valid_uscc(token)) {
    type = kUscc;
  } else if (token.size() == 17 && is_valid_vin(token)) {
    type = kVin;
  } else if (token.size() == 10 && is_valid_taiwan_id(token)) {
    type = kRegionalId;
  } else if (token.size() >= 15 && is_letter(text[at]) && is_valid_iban(token)) {
    type = kIban;
  } else {
    return false;
  }
  finds.push_back({at, stop, type, 80});
  return true;
}

/// A123456(3): the bracket is what makes it unmistakable.
bool hong_kong_id(const DecodedText& text, std::size_t at, Finds& finds) {
  const std::size_t bracket = token_end(text, at, false);
  if (text[bracket] != U'(' || text[bracket + 2] != U')' || bracket - at > 8) {
    return false;
  }
  if (!is_valid_hong_kong_id(Bare(text, at, bracket + 2).view())) {
    return false;
  }
  finds.push_back({at, bracket + 3, kRegionalId, 80});
  return true;
}

bool is_mail_char(char32_t c) {
  return is_alnum(c) || c == U'.' || c == U'_' || c == U'%' || c == U'+' || c == U'-';
}

void email(const DecodedText& text, std::size_t at_sign, Finds& finds) {
  std::size_t start = at_sign;
  while (start > 0 && is_mail_char(text[start - 1]) && at_sign - start < kLongestToken) {
    --start;
  }
  while (start < at_sign && !is_alnum(text[start])) {
    ++start;
  }
  std::size_t stop = at_sign + 1;
  std::size_t dots = 0;
  while (is_alnum(text[stop]) ||
         ((text[stop] == U'.' || text[stop] == U'-') && is_alnum(text[stop + 1]))) {
    dots += text[stop] == U'.' ? 1 : 0;
    ++stop;
  }
  if (start < at_sign && dots > 0) {
    finds.push_back({start, stop, kEmail, 95});
  }
}

/// Is this character one that a URL may hold (ASCII, no blank, no quote)?
bool is_url_char(char32_t c) {
  return c > 0x20 && c < 0x7F && c != U'"' && c != U'<' && c != U'>' && c != U'\'' && c != U'`';
}

/// Where the URL that `at` is in stops: before what closes the sentence around it.
std::size_t url_end(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  while (is_url_char(text[stop])) {
    ++stop;
  }
  while (stop > at && (text[stop - 1] == U'.' || text[stop - 1] == U',' ||
                       text[stop - 1] == U')')) {
    --stop;
  }
  return stop;
}

bool url(const DecodedText& text, std::size_t at, RunEnd& urls, Finds& finds) {
  if (!text.starts(at, U"http://") && !text.starts(at, U"https://") && !text.starts(at, U"www.")) {
    return false;
  }
  const std::size_t stop =
      urls.end(at, [&text](std::size_t from) { return url_end(text, from); });
  if (stop - at < 8) {
    return false;
  }
  finds.push_back({at, stop, kUrl, 95});
  return true;
}

bool ip_address(const DecodedText& text, std::size_t at, Finds& finds) {
  if (text[at - 1] == U'.' && is_digit(text[at - 2])) {
    return false;  // the tail of a longer dotted number
  }
  std::size_t i = at;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && text[i++] != U'.') {
      return false;
    }
    int value = 0;
    std::size_t digits = 0;
    for (; is_digit(text[i]) && digits < 4; ++i, ++digits) {
      value = value * 10 + static_cast<int>(text[i] - U'0');
    }
    if (digits == 0 || digits > 3 || value > 255) {
      return false;
    }
  }
  if (is_alnum(text[i]) || (text[i] == U'.' && is_digit(text[i + 1]))) {
    return false;
  }
  finds.push_back({at, i, kIpAddress, 70});
  return true;
}

/// Where the hexadecimal digits and colons around `at` end.
std::size_t hex_end(const DecodedText& text, std::size_t at) {
  const auto hex = [](char32_t c) {
    return is_digit(c) || (c >= U'a' && c <= U'f') || (c >= U'A' && c <= U'F');
  };
  while (hex(text[at]) || text[at] == U':') {
    ++at;
  }
  return at;
}

bool mac_or_ipv6(const DecodedText& text, std::size_t at, RunEnd& hexes, Finds& finds) {
  const std::size_t stop =
      hexes.end(at, [&text](std::size_t from) { return hex_end(text, from); });
  std::size_t colons = 0;
  for (std::size_t i = at; i < stop && colons < 5; ++i) {
    colons += text[i] == U':' ? 1 : 0;
  }
  if (colons < 5 || stop - at < 11 || is_alnum(text[stop]) || text[stop - 1] == U':') {
    return false;
  }
  finds.push_back({at, stop, kIpAddress, 70});
  return true;
}

/// Where date_prefix() says the date at `at` stops; full-width digits are narrowed for it.
std::size_t spelt_date_end(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kLongestDate = 32;  // code points, blanks included
  std::string narrow;
  std::size_t points = 0;
  std::string_view spelt = text.bytes().substr(text.byte(at));
  const bool wide = spelt.starts_with("\xEF\xBC");
  if (wide) {
    while (points < kLongestDate && at + points < text.size()) {
      append_utf8(narrow, text[at + points++]);
    }
    spelt = narrow;
  }
  const std::size_t bytes = date_prefix(spelt);
  if (bytes == 0) {
    return 0;
  }
  std::size_t stop = at;
  if (wide) {
    for (std::size_t byte = 0; byte < bytes; ++stop) {
      next_code_point(spelt, byte);
    }
  } else {
    while (stop < text.size() && text.byte(stop) < text.byte(at) + bytes) {
      ++stop;
    }
  }
  return stop;
}

}  // namespace

std::size_t token_end(const DecodedText& text, std::size_t at, bool connected) {
  while (is_alnum(text[at]) ||
         (connected && (text[at] == U'-' || text[at] == U'_' || text[at] == U'/') &&
          is_alnum(text[at + 1]))) {
    ++at;
  }
  return at;
}

std::size_t mobile_end(const DecodedText& text, std::size_t at) {
  std::size_t i = at;
  if (text[i] == U'+') {
    ++i;
  }
  if (text.starts(i, U"0086")) {
    i += 4;
  } else if (text.starts(i, U"86") && text[i + 2] != U'0') {
    i += 2;
  }
  if (i > at && (text[i] == U'-' || text[i] == U' ')) {
    ++i;
  }
  if (text[i] != U'1' || text[i + 1] < U'3' || text[i + 1] > U'9') {
    return 0;
  }
  for (const auto& sizes :
       {std::initializer_list<std::size_t>{11}, std::initializer_list<std::size_t>{3, 4, 4},
        std::initializer_list<std::size_t>{3, 8}, std::initializer_list<std::size_t>{7, 4},
        std::initializer_list<std::size_t>{5, 6}}) {
    if (const std::size_t stop = groups_end(text, i, sizes, false); stop > 0) {
      return stop;
    }
  }
  return 0;
}

/// 2024-11-06|16:12, 2024-11-06|16时: the time of day is glued on, as where a form drops a blank.
std::size_t glued_date_end(const DecodedText& text, std::size_t at) {
  constexpr std::u32string_view kShape = U"0000-00-0000:";
  const char32_t mark = text[at + 4];
  if (!one_of<U"-/.">(mark)) {
    return 0;
  }
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const char32_t c = text[at + i];
    const bool fits = kShape[i] == U'0' ? is_digit(c) : kShape[i] == U'-' ? c == mark
                                                     : one_of<U":时点">(c);
    if (!fits) {
      return 0;
    }
  }
  constexpr std::size_t kDate = 10;
  std::string date;
  for (std::size_t i = 0; i < kDate; ++i) {
    append_utf8(date, text[at + i]);
  }
  return date_prefix(date) == kDate ? at + kDate : 0;
}

std::size_t date_end(const DecodedText& text, std::size_t at) {
  std::size_t digits = 0;
  while (is_digit(text[at + digits]) && digits < 15) {
    ++digits;
  }
  const char32_t next = text[at + digits];
  const bool digit_shape =
      (digits == 4 && (next == U'-' || next == U'/' || next == U'.' || next == U'年' ||
                       next == U' ')) ||
      ((digits == 1 || digits == 2) && (next == U'月' || next == U' ')) ||
      ((digits == 1 || digits == 2) && (next == U'/' || next == U'-' || next == U'.') &&
       is_alnum(text[at + digits + 1])) ||
      (digits == 0 && one_of<U"JFMASOND">(text[at]) && is_letter(text[at + 1])) ||
      digits == 8 || ((digits == 12 || digits == 14) && is_timestamp(text, at, digits));
  const bool chinese_shape =
      digits == 0 && is_cjk(text[at]) &&
      (text[at + 4] == U'年' || text[at + 1] == U'月' || text[at + 2] == U'月');
  if ((!digit_shape && !chinese_shape) || at >= text.size()) {
    return 0;
  }
  if (digits == 4 && is_digit(text[at + 10])) {
    if (const std::size_t glued = glued_date_end(text, at); glued > 0) {
      return glued;
    }
  }
  const std::size_t stop = spelt_date_end(text, at);
  if (stop == 0) {
    return 0;
  }
  // 2023年11月08日21时: a time of day may be glued on.
  const bool closed = text[stop - 1] == U'日' || text[stop - 1] == U'号';
  if (is_alnum(text[stop]) && !closed && digits <= 8 && text[stop] != U'T') {
    return 0;
  }
  return is_unproved_date(text, at, stop) ? 0 : stop;
}

void find_check_digits(const DecodedText& text, Finds& finds) {
  constexpr std::uint32_t kPlaces = kRunStart | kAtSign;
  RunEnd urls;
  RunEnd hexes;
  for (const std::size_t i : Places(text, kPlaces)) {
    const char32_t c = text[i];
    if (c == U'@') {
      email(text, i, finds);
      continue;
    }
    if (is_digit(c)) {
      const std::size_t start = text[i - 1] == U'+' ? i - 1 : i;
      if (const std::size_t stop = mobile_end(text, start); stop > 0) {
        finds.push_back({start, stop, kPhone, 80});
      } else if (!id_card(text, i, finds) && !mixed_token(text, i, finds) &&
                 !bank_card(text, i, finds) && !ip_address(text, i, finds)) {
        mac_or_ipv6(text, i, hexes, finds);
      }
    } else if (!url(text, i, urls, finds) && !mixed_token(text, i, finds) &&
               !hong_kong_id(text, i, finds)) {
      mac_or_ipv6(text, i, hexes, finds);
    }
  }
}

}  // namespace emr::desensitize
