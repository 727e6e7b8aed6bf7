// Dates, social security numbers, phones, ages, postal codes and what a label announces.
#include <optional>
#include <string>

#include "desensitize/dates.h"
#include "desensitize/detect/check_digits.h"
#include "desensitize/detect/documents_zh.h"
#include "desensitize/detect/english_dates.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/look_alikes.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

class NumberFinder : private EnglishDates {
 public:
  NumberFinder(const EnglishText& english, Finds& finds) : EnglishDates(english), finds_(finds) {}

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (labelled_code(i) || labelled_number(i)) continue;
      if (words_[i].number) {
        number(i);
      } else if (is_digit(text_[words_[i].start + 1])) {
        licence(i);
      } else {
        month(i);
      }
    }
  }

 private:
  void add(std::size_t start, std::size_t stop, SpanType type, int weight) {
    finds_.push_back({start, stop, type, weight});
  }
  void add_words(std::size_t first, std::size_t last, SpanType type, int weight) {
    add(words_[first].start, words_[last].stop, type, weight);
  }

  void number(std::size_t i) {
    const std::size_t at = words_[i].start;
    if (at > 0 && (is_digit(text_[at - 1]) || (text_[at - 1] == U'.' && is_digit(text_[at - 2])))) {
      return;
    }
    // Twelve digits may be a moment: a label beside them is the better proof.
    const bool labelled = words_[i].lower.size() == 12 && label(i);
    if (labelled || date(at) || month_day(i) || ssn(at) || label(i) || age(i) || phone(at)) {
      return;
    }
    year(i);
  }

  /// "driver's license number is F123456789": a letter leads the digits.
  void licence(std::size_t i) {
    if (words_[i].lower.size() >= 6 && i > 0 && any(i - 1, {"is", "number", "no", "license"})) {
      label(i);
    }
  }

  bool date(std::size_t at) {
    const bool second = !finds_.empty() && finds_.back().type == kDate &&
                        finds_.back().stop + 1 == at;  // 20080825-20080901
    if (text_[at - 1] == U'/' || (text_[at - 1] == U'-' && !second)) {
      return false;
    }
    const std::size_t stop = date_end(text_, at);
    if (stop == 0) {
      return false;
    }
    std::size_t end = stop;
    // "2000-04-16 11:34:35" is one moment.
    const std::size_t clock = text_[stop] == U'T' || text_[stop] == U' ' ? stop + 1 : stop;
    if (two_digits(clock) && text_[clock + 2] == U':' && two_digits(clock + 3)) {
      end = clock + 5;
      end += text_[end] == U':' && two_digits(end + 1) ? 3 : 0;
    }
    add(at, end, kDate, 60);
    return true;
  }

  bool month_day(std::size_t i) {
    const Find day = short_date(i);
    if (day.stop > 0) finds_.push_back(day);
    return day.stop > 0;
  }

  bool ssn(std::size_t at) {
    const char32_t mark = text_[at + 3];
    if ((mark != U'-' && mark != U' ') || text_[at + 6] != mark) {
      return false;
    }
    std::string digits;
    for (std::size_t i = at; i < at + 11; ++i) {
      if (is_digit(text_[i])) {
        digits.push_back(static_cast<char>(text_[i]));
      }
    }
    if (!is_plausible_ssn(digits) || is_alnum(text_[at + 11]) || text_[at + 11] == U'-') {
      return false;
    }
    add(at, at + 11, kSsn, 75);
    return true;
  }

  /// "MRN 889231", "ZIP: 93318", "license number 5130634", "SSN is 460…".
  bool label(std::size_t i) {
    const std::size_t stop = tokens_.end(
        words_[i].start, [this](std::size_t at) { return token_end(text_, at, true); });
    std::size_t back = i;
    for (int k = 0; k < 4 && back > 0; ++k) {
      --back;
      if (any(back, {"is", "number", "no", "code", "id", "num", "my", "the", "s", "driver",
                     "drivers"})) {
        continue;
      }
      break;
    }
    const bool id = i > 0 && any(i - 1, {"number", "no", "id", "is", "num"});
    const bool account = any(back, {"acct", "account", "dod", "edipi", "insurance", "member",
                                    "policy", "subscriber", "csn"}) &&
                         (id || any(back, {"acct", "edipi", "csn"})) &&
                         stop - words_[i].start >= 6;
    // The names of record numbers in the United States, Britain, India, Australia, New Zealand.
    const bool named = any(back, {"mrn", "uhid", "urn", "nhi", "umrn"});
    if (account || named ||
        (id && any(back, {"record", "chart", "patient", "encounter", "visit", "hospital", "hosp",
                          "ip", "op", "ipd", "opd", "cr", "registration", "episode"}))) {
      add(words_[i].start, stop, kMrn, 70);
      return true;
    }
    if (any(back, {"zip", "postal", "postcode", "zipcode"})) {
      std::size_t end = stop;
      if (text_[end] == U' ' && (is_digit(text_[end + 1]) ||
                                 (is_upper(text_[end + 1]) && is_upper(text_[end + 2])))) {
        end = token_end(text_, end + 1, false);
      }
      add(words_[i].start, end, kPostcode, 70);
      return true;
    }
    if (any(back, {"card", "credit", "cc", "visa", "mastercard"}) && payment_card(i)) {
      return true;
    }
    if (any(back, {"license", "licence"})) {
      add(words_[i].start, stop, kDriverLicense, 70);
      return true;
    }
    if (any(back, {"phone", "mobile", "cell", "tel", "telephone", "fax", "desk", "call",
                   "pager", "beeper", "ext", "extension"})) {
      return phone_at(words_[i].start, 6);
    }
    return false;
  }

  /// What codes of letters and digits a label at `i` announces.
  std::optional<SpanType> code_type(std::size_t i) {
    const bool slashed = i > 0 && is(i, "n") && is(i - 1, "s") &&
                         text_[words_[i].start - 1] == U'/';
    if (slashed || any(i, {"serial", "sn", "udi"})) return kDeviceId;
    if (any(i, {"dl", "dln", "license", "licence"})) return kDriverLicense;
    if (i > 0 && is(i, "plate") && any(i - 1, {"license", "licence", "number"})) return kPlate;
    return is(i, "certificate") ? std::optional(kMrn) : std::nullopt;
  }

  /// "Serial number: AB12-99X", "S/N QX-99817", "DL# B998-1234", "license plate 7ABC123".
  bool labelled_code(std::size_t i) {
    if (i == 0) return false;
    const bool counted = i > 1 && any(i - 1, {"no", "number", "num"});
    const std::optional<SpanType> type = code_type(i - (counted ? 2 : 1));
    if (!type) return false;
    bool sign = false;
    for (std::size_t at = words_[i - 1].stop; at < words_[i].start; ++at) {
      sign = sign || text_[at] == U':' || text_[at] == U'#';
      if (text_[at] != U' ' && text_[at] != U':' && text_[at] != U'#' && text_[at] != U'.') {
        return false;
      }
    }
    const std::size_t start = words_[i].start;
    const std::size_t stop =
        tokens_.end(start, [this](std::size_t at) { return token_end(text_, at, true); });
    const std::size_t digits = digits_in(text_, start, stop);
    const bool mixed = digits > 0 && digits < stop - start;
    if (stop - start < 5 || stop - start > 40 || digits < 3 || date_end(text_, start) > 0 ||
        !(sign || counted || (mixed && *type == kPlate))) {
      return false;
    }
    add(start, stop, *type, 71);
    return true;
  }

  /// "Accession: S25-1472", "ACC# 25-008812", "Claim 2025-0117-90034": what is numbered, then its
  /// number, with a sign between them or of eight characters and more.
  bool labelled_number(std::size_t i) {
    if (i == 0) return false;
    std::size_t label = i - 1;
    const bool counted =
        label > 0 && any(label, {"no", "number", "num", "id"}) &&
        any(label - 1, {"nhs", "claim", "accession", "case", "medicare", "medicaid", "specimen",
                        "reference", "ref", "invoice", "order", "group", "policy", "auth",
                        "record", "chart"});
    label -= counted ? 1 : 0;
    if (!any(label, {"accession", "acc", "claim", "group", "id", "case", "ref", "reference",
                     "invoice", "policy", "member", "subscriber", "medicaid", "medicare",
                     "medi-cal", "nhs", "specimen", "record", "auth", "authorization",
                     "confirmation", "csn", "fin"})) {
      return false;
    }
    bool sign = false;
    for (std::size_t at = words_[i - 1].stop; at < words_[i].start; ++at) {
      sign = sign || text_[at] == U':' || text_[at] == U'#';
      if (text_[at] != U' ' && text_[at] != U':' && text_[at] != U'#' && text_[at] != U'.') {
        return false;
      }
    }
    std::size_t stop = tokens_.end(
        words_[i].start, [this](std::size_t at) { return token_end(text_, at, true); });
    std::size_t groups = counted ? 3 : 0;
    while (groups > 0 && text_[stop] == U' ' && is_digit(text_[stop + 1])) {
      stop = token_end(text_, stop + 1, true);  // NHS No 485 777 3456
      --groups;
    }
    const std::size_t length = stop - words_[i].start;
    if (length > 40 || digits_in(text_, words_[i].start, stop) < 4 ||
        !(sign || counted || length >= 8) || date_end(text_, words_[i].start) > 0) {
      return false;
    }
    add(words_[i].start, stop, kMrn, 68);
    return true;
  }

  /// Behind "card" any Luhn number of 12 to 19 digits is one, whatever its issuer.
  bool payment_card(std::size_t i) {
    const std::string& digits = words_[i].lower;
    if (digits.size() < 12 || digits.size() > 19 || !is_valid_luhn(digits)) {
      return false;
    }
    add_words(i, i, kBankCard, 78);
    return true;
  }

  bool age(std::size_t i) {
    if (words_[i].stop - words_[i].start > 3) {
      return false;
    }
    const bool behind = (any(i + 1, {"year", "years", "yo", "yr", "yrs", "y"}) &&
                         (any(i + 2, {"old", "o"}) || is(i + 1, "yo"))) ||
                        any(i + 1, {"year-old", "years-old", "yr-old", "y-o"});
    const bool before = i > 1 && ((is(i - 1, "turned") || is(i - 1, "turn") || is(i - 1, "aged")) ||
                                  (is(i - 2, "age") && is(i - 1, "of")) ||
                                  (is(i - 1, "was") && any(i - 2, {"he", "she", "i"})));
    // "Age: 39" and "Ann Grant, 44, has worked".
    const bool label = i > 0 && is(i - 1, "age") && joined(i - 1, U":");
    const char32_t mark = text_[words_[i].stop];
    const bool apposition = i > 1 && words_[i - 1].capital && !words_[i - 1].number &&
                            words_[i - 2].capital && text_[words_[i - 1].stop] == U',' &&
                            joined(i - 1, U",") && mark == U',' &&
                            words_[i].stop - words_[i].start == 2 && !is_month(i - 1);
    if (!behind && !before && !label && !apposition) {
      return false;
    }
    int value = 0;
    for (std::size_t k = words_[i].start; k < words_[i].stop && is_digit(text_[k]); ++k) {
      value = value * 10 + static_cast<int>(text_[k] - U'0');
    }
    if (value == 90 && mark == U'+') return true;  // "90+": what we made of an age
    add_words(i, i, value > 89 ? kAgeOver89 : kAge, 65);
    return true;
  }

  bool is_month(std::size_t i) const {
    std::size_t size = 0;
    return month_from_name(text_.bytes().substr(text_.byte(words_[i].start)), size) != 0;
  }

  bool phone(std::size_t at) { return !is_decimal_range(text_, at) && phone_at(at, 9); }

  /// Digits in groups with blanks, '-', '.', brackets, '/' and a leading '+'.
  bool phone_at(std::size_t at, std::size_t min_digits) {
    std::size_t start = at;
    while (start > 0 && (text_[start - 1] == U'+' || text_[start - 1] == U'(')) {
      --start;
    }
    std::size_t stop = at;
    std::size_t digits = 0;
    std::size_t groups = 1;
    std::size_t end = at;
    while (is_digit(text_[stop]) || ((text_[stop] == U' ' || text_[stop] == U'-' ||
                                      text_[stop] == U'.' || text_[stop] == U'(' ||
                                      text_[stop] == U')' || text_[stop] == U'/') &&
                                     stop - end < 2)) {
      if (is_digit(text_[stop])) {
        groups += stop > end ? 1 : 0;
        if (++digits > kMostPhoneDigits) {
          return false;  // now: pages of numbers would be walked from each of them
        }
        end = stop + 1;
      }
      ++stop;
    }
    const std::size_t extension = text_[end] == U' ' ? end + 1 : end;
    if (text_[extension] == U'x' && is_digit(text_[extension + 1])) {
      end = token_end(text_, extension + 1, false);
    }
    const bool announced = at > 3 && (text_.stops(at, U" on ") || text_.stops(at, U" at ") ||
                                      text_[at - 1] == U'\n' || text_.stops(at, U"number "));
    const bool shaped = groups >= 3 || (groups == 2 && (announced || digits >= 9)) ||
                        text_[start] == U'+' ||
                        min_digits < 9 || digits == 10 || (digits == 11 && text_[at] == U'0');
    const bool enough = digits >= min_digits || (groups >= 2 && digits >= 7);
    if (!enough || !shaped || is_word_letter(text_[end])) return false;
    add(start, end, kPhone, 55);
    return true;
  }

  /// A year alone: "in 1984", "since 2001", "a 2002 film".
  void year(std::size_t i) {
    if (words_[i].stop - words_[i].start != 4 || words_[i].lower.size() != 4) {
      return;
    }
    const std::string& digits = words_[i].lower;
    const bool century = digits.starts_with("19") || digits.starts_with("20");
    if (century && i > 0 && any(i - 1, {"in", "since", "of", "during", "a", "the", "from", "until",
                                        "year", "by", "before", "after", "around"})) {
      add_words(i, i, kDate, 45);
    }
  }

  void month(std::size_t i) {
    if (weekday(i)) {
      if (clinical() && words_[i].capital) {
        std::size_t size = 0;
        const bool dated = i + 1 < words_.size() && joined(i, U",") &&
                           month_from_name(text_.bytes().substr(text_.byte(words_[i + 1].start)),
                                           size) != 0;
        if (!dated) add_words(i, i, kDate, 45);
      } else if (i > 0 &&
          any(i - 1, {"on", "since", "last", "next", "this", "until", "by", "meet", "come",
                      "rounds", "visit", "every", "each", "returns", "appointment", "clinic"}) &&
          !(is(i - 1, "last") && i > 1 && is(i - 2, "the"))) {
        add_words(i, i, kDate, 45);
      }
      return;
    }
    const bool placed =
        i > 0 && any(i - 1, {"on", "since", "by", "before", "after", "until", "at"});
    if (words_[i].capital &&
        ((placed && any(i, {"thanksgiving", "christmas", "easter", "halloween"})) ||
         (clinical() && any(i, {"tues", "thurs", "thur"})))) {
      add_words(i, i, kDate, 45);
      return;
    }
    std::size_t size = 0;
    const std::string_view rest = text_.bytes().substr(text_.byte(words_[i].start));
    if (month_from_name(rest, size) == 0) {
      return;
    }
    if (spelt_day(i + 1) && joined(i)) {
      add_words(i, i + 1, kDate, 60);  // november fourth
      return;
    }
    if (words_[i].capital && words_[i].lower.size() > 3 && i > 0 &&
        any(i - 1, {"in", "since", "until", "by", "last", "next"}) &&
        !(i + 1 < words_.size() && joined(i, U",") && words_[i + 1].number)) {
      add_words(i, i, kDate, 45);  // a trip in April
      return;
    }
    const bool day_first = i > 0 && words_[i - 1].number && joined(i - 1, U"-");
    const std::size_t start = day_first ? words_[i - 1].start : words_[i].start;
    const std::size_t bytes = date_prefix(text_.bytes().substr(text_.byte(start)));
    if (bytes == 0) {
      return;
    }
    std::size_t stop = start;
    while (stop < text_.size() && text_.byte(stop) < text_.byte(start) + bytes) {
      ++stop;
    }
    if (const std::size_t stamp = stamp_end(stop); stamp > 0 && !day_first) {
      add(i > 0 && short_weekday(i - 1) ? words_[i - 1].start : start, stamp, kDate, 90);
      return;
    }
    const bool named = !day_first && i > 0 && weekday(i - 1) && joined(i - 1, U",");
    add(named ? words_[i - 1].start : start, stop, kDate, 60);  // Tuesday, March 18
  }
  static constexpr std::size_t kMostPhoneDigits = 15;  ///< ITU-T E.164

  Finds& finds_;
  RunEnd tokens_;
};

}  // namespace

void find_english_numbers(const EnglishText& english, Finds& finds) {
  NumberFinder(english, finds).run();
}

}  // namespace emr::desensitize
