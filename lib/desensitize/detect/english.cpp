#include "desensitize/detect/english.h"

#include <string>
#include <unordered_set>
#include <vector>

#include "desensitize/dates.h"
#include "desensitize/detect/check_digits.h"
#include "desensitize/detect/identifiers.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/words_en.inc"

using enum SpanType;

class WordSet {
 public:
  explicit WordSet(std::string_view list) {
    while (!list.empty()) {
      const std::size_t stop = std::min(list.find(' '), list.size());
      words_.emplace(list.substr(0, stop));
      list.remove_prefix(std::min(stop + 1, list.size()));
    }
  }
  bool has(const std::string& word) const { return words_.contains(word); }

 private:
  std::unordered_set<std::string> words_;
};

struct Lists {
  WordSet common{kCommonWords};
  WordSet countries{kCountries};
  WordSet nationalities{kNationalities};
  WordSet streets{kStreetWords};
  WordSet organizations{kOrganizationWords};
};
const Lists& lists() {
  static const Lists all;
  return all;
}

/// Letters of European scripts; combining marks and apostrophes are handled by the caller.
bool is_word_letter(char32_t c) {
  return is_letter(c) || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) ||
         (c >= 0x370 && c <= 0x52F);
}
bool is_upper(char32_t c) {
  return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
         (c >= 0x100 && c <= 0x17F && c % 2 == 0) || c == 0x160 || c == 0x17D || c == 0x179 ||
         c == 0x17B || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F);
}

struct Word {
  std::size_t start = 0;
  std::size_t stop = 0;
  std::string lower;  ///< ASCII letters folded; others dropped
  bool capital = false;
  bool number = false;
  bool after_break = false;  ///< first of a sentence or a line
  bool line_start = false;
};

class EnglishFinder {
 public:
  EnglishFinder(const DecodedText& text, Finds& finds) : text_(text), finds_(finds) { split(); }

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (words_[i].number) {
        number(i);
      } else {
        titles(i);
        single_words(i);
        month(i);
      }
    }
    for (std::size_t i = 0; i < words_.size(); ++i) {
      i = std::max(i, address(i));
    }
    for (std::size_t i = 0; i < words_.size();) {
      i = names(i);
    }
  }

 private:
  void split() {
    bool line_start = true;
    bool sentence = true;
    for (std::size_t i = 0; i < text_.size();) {
      const char32_t c = text_[i];
      if (!is_word_letter(c) && !is_digit(c)) {
        line_start = line_start || c == U'\n';
        sentence = sentence || c == U'\n' || c == U'.' || c == U'!' || c == U'?' || c == U':' ||
                   c == U'"' || c == U'\t';
        ++i;
        continue;
      }
      Word word;
      word.start = i;
      word.number = is_digit(c);
      word.capital = is_upper(c);
      word.after_break = sentence;
      word.line_start = line_start;
      while (is_word_letter(text_[i]) || is_digit(text_[i]) ||
             ((text_[i] == U'\'' || text_[i] == 0x2019 || text_[i] == U'-') &&
              is_word_letter(text_[i + 1]) && is_word_letter(text_[i - 1]) &&
              !possessive(i))) {
        if (text_[i] < 0x80) {
          const auto letter = static_cast<char>(text_[i]);
          word.lower.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32)
                                                              : letter);
        }
        ++i;
      }
      word.stop = i;
      words_.push_back(std::move(word));
      line_start = sentence = false;
    }
  }
  /// 's at the end of a word.
  bool possessive(std::size_t i) const {
    return text_[i] != U'-' && (text_[i + 1] == U's' || text_[i + 1] == U't' ||
                                text_[i + 1] == U'm' || text_[i + 1] == U'l' ||
                                text_[i + 1] == U'r' || text_[i + 1] == U'v') &&
           (!is_word_letter(text_[i + 2]) || !is_word_letter(text_[i + 3]));
  }

  bool is(std::size_t i, std::string_view word) const {
    return i < words_.size() && words_[i].lower == word;
  }
  bool any(std::size_t i, std::initializer_list<std::string_view> choices) const {
    for (const std::string_view choice : choices) {
      if (is(i, choice)) {
        return true;
      }
    }
    return false;
  }
  /// Only blanks (and `also`) between word i and the next one, on one line.
  bool joined(std::size_t i, std::u32string_view also = U"") const {
    if (i + 1 >= words_.size()) {
      return false;
    }
    for (std::size_t at = words_[i].stop; at < words_[i + 1].start; ++at) {
      if (text_[at] != U' ' && also.find(text_[at]) == std::u32string_view::npos) {
        return false;
      }
    }
    return true;
  }
  void add(std::size_t start, std::size_t stop, SpanType type, int weight) {
    finds_.push_back({start, stop, type, weight});
  }
  void add_words(std::size_t first, std::size_t last, SpanType type, int weight) {
    add(words_[first].start, words_[last].stop, type, weight);
  }

  // --- numbers -------------------------------------------------------------------------------
  void number(std::size_t i) {
    const std::size_t at = words_[i].start;
    if (at > 0 && (is_digit(text_[at - 1]) || (text_[at - 1] == U'.' && is_digit(text_[at - 2])))) {
      return;
    }
    if (date(at) || ssn(at) || label(i) || age(i) || phone(at)) {
      return;
    }
    year(i);
  }

  bool date(std::size_t at) {
    if (text_[at - 1] == U'/' || text_[at - 1] == U'-') {
      return false;
    }
    const std::size_t stop = date_end(text_, at);
    if (stop == 0) {
      return false;
    }
    std::size_t end = stop;
    // "2000-04-16 11:34:35" is one moment.
    const std::size_t clock = text_[stop] == U'T' || text_[stop] == U' ' ? stop + 1 : stop;
    if (is_digit(text_[clock]) && is_digit(text_[clock + 1]) && text_[clock + 2] == U':') {
      end = clock + 5;
      end += text_[end] == U':' && is_digit(text_[end + 1]) ? 3 : 0;
    }
    add(at, end, kDate, 60);
    return true;
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
    const std::size_t stop = token_end(text_, words_[i].start, true);
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
    if (any(back, {"mrn", "record", "chart", "patient", "encounter", "visit"}) &&
        (id || is(back, "mrn"))) {
      add(words_[i].start, stop, kMrn, 70);
      return true;
    }
    if (any(back, {"zip", "postal", "postcode", "zipcode"})) {
      std::size_t end = stop;
      if (text_[end] == U' ' && is_alnum(text_[end + 1]) && is_digit(text_[end + 1])) {
        end = token_end(text_, end + 1, false);
      }
      add(words_[i].start, end, kPostcode, 70);
      return true;
    }
    if (any(back, {"license", "licence"})) {
      add(words_[i].start, stop, kDriverLicense, 70);
      return true;
    }
    if (any(back, {"phone", "mobile", "cell", "tel", "telephone", "fax", "desk", "call"})) {
      return phone_at(words_[i].start, 6);
    }
    return false;
  }

  bool age(std::size_t i) {
    if (words_[i].stop - words_[i].start > 3) {
      return false;
    }
    const bool behind = any(i + 1, {"year", "years", "yo", "yr", "yrs", "y"}) &&
                        (any(i + 2, {"old", "o"}) || is(i + 1, "yo"));
    const bool before = i > 1 && ((is(i - 1, "turned") || is(i - 1, "turn") || is(i - 1, "aged")) ||
                                  (is(i - 2, "age") && is(i - 1, "of")));
    if (!behind && !before) {
      return false;
    }
    int value = 0;
    for (std::size_t k = words_[i].start; k < words_[i].stop && is_digit(text_[k]); ++k) {
      value = value * 10 + static_cast<int>(text_[k] - U'0');
    }
    add_words(i, i, value > 89 ? kAgeOver89 : kAge, 65);
    return true;
  }

  bool phone(std::size_t at) { return phone_at(at, 9); }

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
        ++digits;
        end = stop + 1;
      }
      ++stop;
    }
    if (text_[end] == U'x' && is_digit(text_[end + 1])) {
      end = token_end(text_, end + 1, false);
    }
    const bool shaped = groups >= 3 || (groups == 2 && digits >= 9) || text_[start] == U'+' ||
                        min_digits < 9 || digits == 10 || (digits == 11 && text_[at] == U'0');
    const bool enough = digits >= min_digits || (groups >= 2 && digits >= 7);
    if (!enough || digits > 15 || !shaped || is_word_letter(text_[end])) {
      return false;
    }
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

  // --- words ---------------------------------------------------------------------------------
  void month(std::size_t i) {
    if (any(i, {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})) {
      if (i > 0 && any(i - 1, {"on", "since", "last", "next", "this", "until", "by"})) {
        add_words(i, i, kDate, 45);
      }
      return;
    }
    std::size_t size = 0;
    const std::string_view rest = text_.bytes().substr(text_.byte(words_[i].start));
    if (month_from_name(rest, size) == 0) {
      return;
    }
    const std::size_t start = i > 0 && words_[i - 1].number && joined(i - 1, U"-")
                                  ? words_[i - 1].start
                                  : words_[i].start;
    const std::size_t bytes = date_prefix(text_.bytes().substr(text_.byte(start)));
    if (bytes == 0) {
      return;
    }
    std::size_t stop = start;
    while (stop < text_.size() && text_.byte(stop) < text_.byte(start) + bytes) {
      ++stop;
    }
    add(start, stop, kDate, 60);
  }

  bool is_title(std::size_t i) const {
    return any(i, {"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "doctor", "nurse", "sir"});
  }
  void titles(std::size_t i) {
    if (!any(i, {"mr", "mrs", "ms", "miss", "dr", "prof"}) || !words_[i].capital) {
      return;
    }
    const std::size_t stop = words_[i].stop + (text_[words_[i].stop] == U'.' ? 1 : 0);
    add(words_[i].start, stop, kTitle, 50);
  }

  void single_words(std::size_t i) {
    if (lists().nationalities.has(words_[i].lower)) {
      add_words(i, i, kNationality, 40);
    } else if (words_[i].capital && lists().countries.has(words_[i].lower)) {
      add_words(i, i, kPlace, 42);
    }
  }

  // --- addresses -----------------------------------------------------------------------------
  bool number_like(std::size_t i) const {
    return i < words_.size() && words_[i].number && words_[i].stop - words_[i].start <= 6;
  }
  bool street(std::size_t i) const {
    return i < words_.size() && lists().streets.has(words_[i].lower);
  }
  /// "Friedhofstrasse", "Koskikatu", "Gesterbyntie": the street word is part of the name.
  bool ends_like_street(std::size_t i) const {
    if (i >= words_.size()) {
      return false;
    }
    for (const std::string_view end : {"strasse", "strae", "gasse", "katu", "ntie", "gatan", "gata",
                                       "gade", "vej", "veien", "vei", "vgen", "straat", "laan",
                                       "weg", "platz", "allee", "utca", "ulica", "plein"}) {
      if (words_[i].lower.size() > end.size() + 2 && words_[i].lower.ends_with(end)) {
        return true;
      }
    }
    return false;
  }

  /// Returns the index behind the address that begins at word i, or i when there is none.
  std::size_t address(std::size_t i) {
    std::size_t last = i;
    bool found = false;
    if (number_like(i) && i + 1 < words_.size() && words_[i + 1].capital && joined(i)) {
      last = i + 1;
      found = street(i + 1) || ends_like_street(i + 1);
      while (last + 1 < words_.size() && joined(last, U".") && last - i < 6 &&
             (words_[last + 1].capital || street(last + 1))) {
        ++last;
        found = found || street(last) || ends_like_street(last);
      }
      found = found || address_context(i);
      if (number_like(last + 1) && joined(last)) {
        ++last;
        found = true;
      }
    } else if (words_[i].capital && number_like(i + 1) && joined(i) &&
               (ends_like_street(i) || street(i) || (address_context(i)))) {
      last = i + 1;
      found = true;
    }
    if (!found) {
      return i;
    }
    last = tail(last);
    add_words(i, last, kAddress, 58);
    return last;
  }
  bool address_context(std::size_t i) const {
    if (i == 0) {
      return false;
    }
    return (any(i - 1, {"at", "address", "is", "to", "in", "same"}) &&
            words_[i].start - words_[i - 1].stop <= 8) ||
           words_[i].line_start;
  }
  /// Flat, city, state and postal code behind the street: capitalised words and numbers up to the
  /// end of the sentence, over line ends too.
  std::size_t tail(std::size_t last) const {
    std::size_t end = last;
    for (std::size_t k = last; k + 1 < words_.size() && k - last < 14; ++k) {
      if (!joined(k, U",.\n#-") || ends_sentence(k)) {
        break;
      }
      const Word& next = words_[k + 1];
      if (!next.capital && !next.number) {
        break;
      }
      if (lists().common.has(next.lower) && !street(k + 1)) {
        break;
      }
      end = k + 1;
    }
    return end;
  }
  bool ends_sentence(std::size_t k) const {
    return text_[words_[k].stop] == U'.' && text_[words_[k].stop + 1] == U' ' && !street(k) &&
           words_[k].stop - words_[k].start > 3;
  }

  // --- names ---------------------------------------------------------------------------------
  bool nameable(std::size_t i) const {
    return i < words_.size() && words_[i].capital && !words_[i].number &&
           words_[i].stop - words_[i].start >= 2 && !is_title(i) &&
           !lists().common.has(words_[i].lower) && !lists().nationalities.has(words_[i].lower);
  }
  bool initial(std::size_t i) const {
    return i < words_.size() && words_[i].capital && words_[i].stop - words_[i].start == 1 &&
           !is(i, "i");
  }

  std::size_t names(std::size_t i) {
    if (!nameable(i)) {
      return i + 1;
    }
    std::size_t last = i;
    while (last + 1 < words_.size() && last - i < 4 &&
           ((joined(last) && (nameable(last + 1) || initial(last + 1))) ||
            (initial(last) && joined(last, U".") && nameable(last + 1)))) {
      ++last;
    }
    while (last > i && initial(last)) {
      --last;
    }
    classify(i, last);
    return last + 1;
  }

  void classify(std::size_t first, std::size_t last) {
    const bool titled = first > 0 && is_title(first - 1) && joined(first - 1, U".");
    if (titled) {
      add_words(first, last, kName, 52);
      return;
    }
    for (std::size_t k = first; k <= last; ++k) {
      if (lists().organizations.has(words_[k].lower)) {
        add_words(first, last, kOrganization, 44);
        return;
      }
    }
    if (all_capitals(first, last) && words_[first].stop - words_[first].start <= 5 && last == first) {
      return;  // an abbreviation
    }
    if (first > 0 && any(first - 1, {"for", "from"}) && first > 1 &&
        any(first - 2, {"work", "works", "worked", "is"})) {
      add_words(first, last, kOrganization, 44);
      return;
    }
    const bool place = first > 0 && joined(first - 1) &&
                       any(first - 1, {"in", "from", "to", "visit", "near", "leaving", "toward"});
    if (place) {
      add_words(first, last, kPlace, 43);
      return;
    }
    if (last > first || words_[first].stop - words_[first].start >= 3) {
      add_words(first, last, kName, 41);
    }
  }
  bool all_capitals(std::size_t first, std::size_t last) const {
    for (std::size_t at = words_[first].start; at < words_[last].stop; ++at) {
      if (is_word_letter(text_[at]) && !is_upper(text_[at])) {
        return false;
      }
    }
    return true;
  }

  const DecodedText& text_;
  Finds& finds_;
  std::vector<Word> words_;
};

}  // namespace

void find_english(const DecodedText& text, Finds& finds) { EnglishFinder(text, finds).run(); }

}  // namespace emr::desensitize
