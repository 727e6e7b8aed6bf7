#include "desensitize/detect/phones_zh.h"

#include "desensitize/detect/identifiers.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kMostDigits = 17;  ///< 12 and an extension

/// A run of digits and of the marks between them.
struct Digits {
  std::size_t stop = 0;         ///< 0: more digits than any number has
  std::size_t count = 0;
  std::size_t first_group = 0;  ///< 0: no mark between them
};

Digits digits_at(const DecodedText& text, std::size_t at) {
  Digits run{.stop = at};
  for (;; ++run.stop) {
    const char32_t c = text[run.stop];
    const char32_t next = text[run.stop + 1];
    const bool bracket = c == U')' && next == U' ' && is_digit(text[run.stop + 2]);
    if (is_digit(c)) {
      if (++run.count > kMostDigits) {
        return {};  // now: pages of numbers would be walked from each of them
      }
    } else if (!bracket && (!one_of<U"- )—">(c) || !is_digit(next) ||
                            (c == U' ' && run.count >= 11))) {  // 0513-80551234 25元
      return run;
    } else if (run.first_group == 0) {
      run.first_group = run.count;
    }
  }
}

/// 010-12345678, (0571)87654321, 400-800-1234, 0571 8765 4321; behind a label also 87654321.
Find landline(const DecodedText& text, std::size_t at, bool has_label) {
  const auto [end, digits, first_group] = digits_at(text, at);
  if (end == 0 || is_alnum(text[end])) {
    return {};
  }
  const bool area = text[at] == U'0' && text[at + 1] != U'0' && digits >= 10 && digits <= 16 &&
                    (first_group == 0 ? digits <= 12 && has_label
                                      : first_group == 3 || first_group == 4);
  // 01083412745-186: the extension behind a number without a mark in it.
  const bool extended = has_label && text[at] == U'0' && first_group >= 10 && first_group <= 12 &&
                        digits <= first_group + 5;
  const bool service = (text.starts(at, U"400") || text.starts(at, U"800")) && digits == 10;
  const bool local = has_label && digits >= 7 && digits <= 13;
  if (!area && !extended && !service && !local) {
    return {};
  }
  std::size_t stop = end;
  if (text[stop] == U'转' && is_digit(text[stop + 1])) {
    stop = token_end(text, stop + 1, false);
  }
  bool bracket = false;  // (028)69525757, but not （028-69525757）
  for (std::size_t i = at; i < stop && text[at - 1] == U'('; ++i) {
    bracket = bracket || text[i] == U')';
  }
  return {bracket || text[at - 1] == U'+' ? at - 1 : at, stop, SpanType::kPhone,
          has_label ? 85 : 55};
}

/// +1 415-555-0187, +44 (0)20 7946 0958: the sign says that it is a number to call, and the groups
/// that it is no dose.
Find foreign(const DecodedText& text, std::size_t at) {
  constexpr std::size_t kFewest = 9;
  constexpr std::size_t kMost = 15;
  std::size_t stop = at;
  std::size_t digits = 0;
  std::size_t marks = 0;
  while (digits <= kMost && marks <= 8) {
    if (is_digit(text[stop])) {
      ++digits;
    } else if (one_of<U" -.()">(text[stop]) &&
               (is_digit(text[stop + 1]) || one_of<U"()">(text[stop + 1]))) {
      ++marks;
    } else {
      break;
    }
    ++stop;
  }
  const bool whole = digits >= kFewest && digits <= kMost && !is_alnum(text[stop]) &&
                     is_digit(text[stop - 1]) && text[at] != U'0';
  return whole && !is_alnum(text[at - 2]) && (marks > 0 || digits >= 10)
             ? Find{at - 1, stop, SpanType::kPhone, 60}
             : Find{};
}

}  // namespace

Find phone_at(const DecodedText& text, std::size_t at, bool has_label) {
  if (has_label) {
    const std::size_t start = text[at - 1] == U'+' ? at - 1 : at;
    if (const std::size_t stop = mobile_end(text, start); stop > 0) {
      return {start, stop, SpanType::kPhone, 85};
    }
  }
  const Find found = landline(text, at, has_label);
  return found.stop == 0 && text[at - 1] == U'+' ? foreign(text, at) : found;
}

Find extension_at(const DecodedText& text, std::size_t at) {
  std::size_t label = at;
  while (at - label < 3 && (is_blank(text[label - 1]) || text[label - 1] == U':')) --label;
  std::size_t stop = at;
  while (is_digit(text[stop]) && stop - at < 9) ++stop;
  const bool inside = text.stops(label, U"内线") || text.stops(label, U"分机") ||
                      text.stops(label, U"短号") || text.stops(label, U"小号");
  const bool whole = stop - at >= 3 && stop - at <= 8 && !is_alnum(text[stop]);
  return inside && whole ? Find{at, stop, SpanType::kPhone, 75} : Find{};
}

void find_regional_phones(const DecodedText& text, Finds& finds) {
  constexpr std::u32string_view kShape = U"0000 0000";
  for (const std::size_t i : Places(text, kRunStart)) {
    std::size_t fits = 0;
    while (fits < kShape.size() &&
           (kShape[fits] == U'0' ? is_digit(text[i + fits]) : text[i + fits] == U' ')) {
      ++fits;
    }
    const char32_t after = text[i + fits];
    const bool whole = fits == kShape.size() && !is_alnum(after) && !is_cjk(after) &&
                       !(after == U'.' && is_digit(text[i + fits + 1]));
    if (whole && one_of<U"235689">(text[i]) && text[i - 1] != U'.') {
      finds.push_back({i, i + fits, SpanType::kPhone, 45});
    }
  }
}

}  // namespace emr::desensitize
