// People, places, organisations, nationalities and titles: runs of capitalised words that are no
// ordinary English, judged by what stands around them.
#include <array>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

class NameFinder : private EnglishText {
 public:
  NameFinder(const EnglishText& english, Finds& finds) : EnglishText(english), finds_(finds) {}

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!words_[i].number) {
        titles(i);
        single_words(i);
      }
    }
    for (std::size_t i = 0; i < words_.size();) {
      i = names(i);
    }
  }

 private:
  void add(std::size_t start, std::size_t stop, SpanType type, int weight) {
    finds_.push_back({start, stop, type, weight});
  }
  void add_words(std::size_t first, std::size_t last, SpanType type, int weight) {
    add(words_[first].start, words_[last].stop, type, weight);
  }

  void titles(std::size_t i) {
    if (!any(i, {"mr", "mrs", "ms", "miss", "dr", "prof"}) || !words_[i].capital) {
      return;
    }
    const std::size_t stop = words_[i].stop + (text_[words_[i].stop] == U'.' ? 1 : 0);
    add(words_[i].start, stop, kTitle, 50);
  }

  void single_words(std::size_t i) {
    if (words_[i].capital && joined(i) && is_place_pair(i)) {
      add_words(i, i + 1, kPlace, 46);
    } else if (in_list(WordList::kNationalities, words_[i].lower)) {
      add_words(i, i, kNationality, 40);
    } else if (words_[i].capital && in_list(WordList::kCountries, words_[i].lower)) {
      add_words(i, i, kPlace, 42);
    }
  }

  bool is_place_pair(std::size_t i) const {
    constexpr std::array<std::array<std::string_view, 2>, 26> kPairs = {
        {{"south", "africa"},  {"united", "kingdom"},  {"united", "states"}, {"new", "zealand"},
         {"south", "korea"},   {"north", "korea"},     {"saudi", "arabia"},  {"sri", "lanka"},
         {"costa", "rica"},    {"puerto", "rico"},     {"hong", "kong"},     {"new", "york"},
         {"los", "angeles"},   {"san", "francisco"},   {"las", "vegas"},     {"el", "salvador"},
         {"new", "mexico"},    {"new", "jersey"},      {"new", "hampshire"}, {"north", "carolina"},
         {"south", "carolina"}, {"west", "virginia"},  {"north", "dakota"},  {"south", "dakota"},
         {"rhode", "island"},  {"czech", "republic"}}};
    for (const auto& pair : kPairs) {
      if (is(i, pair[0]) && is(i + 1, pair[1])) {
        return true;
      }
    }
    return false;
  }

  // --- runs ----------------------------------------------------------------------------------
  bool nameable(std::size_t i) const {
    return i < words_.size() && words_[i].capital && !words_[i].number &&
           words_[i].stop - words_[i].start >= 2 && !is_title(i) &&
           !in_list(WordList::kCommon, words_[i].lower) &&
           !in_list(WordList::kNationalities, words_[i].lower);
  }
  bool initial(std::size_t i) const {
    return i < words_.size() && words_[i].capital && words_[i].stop - words_[i].start == 1 &&
           !is(i, "i");
  }

  /// "Baker, Miller and Cook": a firm of three partners, each by a surname.
  bool firm(std::size_t i) const {
    return partner(i) && partner(i + 1) && is(i + 2, "and") && partner(i + 3) &&
           text_[words_[i].stop] == U',' && joined(i, U",") && joined(i + 1) && joined(i + 2) &&
           !(joined(i + 3) && nameable(i + 4));
  }
  /// White and Brown are words, but surnames too.
  bool partner(std::size_t i) const {
    return i < words_.size() && words_[i].capital && !words_[i].number &&
           words_[i].stop - words_[i].start >= 2;
  }

  std::size_t names(std::size_t i) {
    const bool listed = words_[i].start > 1 && (text_[words_[i].start - 2] == U',' ||
                                                text_[words_[i].start - 2] == U':');
    if (firm(i) && (!listed || in_list(WordList::kCommon, words_[i].lower)) && nameable(i + 3)) {
      const bool suffix = is(i + 4, "inc") || is(i + 4, "llc");
      add_words(i, suffix ? i + 4 : i + 3, kOrganization, 47);
      return i + 4;
    }
    if (!nameable(i)) {
      return named_by_place(i);
    }
    std::size_t last = i;
    while (last + 1 < words_.size() && last - i < 5) {
      if ((joined(last) && (nameable(last + 1) || initial(last + 1))) ||
          (initial(last) && joined(last, U".") && nameable(last + 1))) {
        ++last;
      } else if (const std::size_t over = over_connectors(last); over > last) {
        last = over;
      } else {
        break;
      }
    }
    while (last > i && initial(last)) {
      --last;
    }
    while (joined(last) && words_[last + 1].capital &&
           in_list(WordList::kOrganizations, words_[last + 1].lower)) {
      ++last;  // "Baker Group", although "group" is an ordinary word
    }
    classify(i, last);
    return last + 1;
  }
  /// "Dyan van Gijn", "Villafranca del Cid": the word behind the small ones, or `last`.
  std::size_t over_connectors(std::size_t last) const {
    std::size_t at = last + 1;
    while (at < words_.size() && at - last < 4 && joined(at - 1) && connector(at) &&
           !is(at, "of") && !words_[at].capital) {
      ++at;
    }
    return at > last + 1 && joined(at - 1) && nameable(at) ? at : last;
  }
  /// "work for First Things", "the Lending Club office": ordinary words that a place makes a name.
  std::size_t named_by_place(std::size_t i) {
    if (words_[i].number || !words_[i].capital || is_title(i) || !employer_before(i) ||
        any(i, {"the", "a", "an", "my", "i"})) {
      return i + 1;
    }
    const std::size_t last = capitals_from(i);
    add_words(i, last, kOrganization, 44);
    return last + 1;
  }
  std::size_t capitals_from(std::size_t i) const {
    std::size_t last = i;
    while (joined(last) && words_[last + 1].capital && last - i < 5) {
      ++last;
    }
    return last;
  }

  // --- evidence ------------------------------------------------------------------------------
  void classify(std::size_t first, std::size_t last) {
    const bool titled = first > 0 && is_title(first - 1) && joined(first - 1, U".");
    if (titled) {
      add_words(first, last, kName, 52);
      return;
    }
    if (organization(first, last)) {
      add_organization(first, last);
      return;
    }
    if (place_before(first, last)) {
      const bool direction = any(first, {"southern", "northern", "eastern", "western", "central"});
      add_words(first < last && direction ? first + 1 : first, last, kPlace, 43);
      postcode_behind(last);
      return;
    }
    if (last == first && all_capitals(first, last) &&
        words_[first].stop - words_[first].start <= 5) {
      return;  // an abbreviation
    }
    if (ordinary(first, last) || (first == last && words_[first].after_break &&
                                  looks_like_verb(first))) {
      return;
    }
    if (last > first || words_[first].stop - words_[first].start >= 3) {
      add_words(first, last, kName, last > first ? 43 : 41);
    }
  }
  /// "in Arendal 4844": four or five digits that are no year.
  void postcode_behind(std::size_t last) {
    if (!joined(last) || !words_[last + 1].number) {
      return;
    }
    const std::string& digits = words_[last + 1].lower;
    const bool year = digits.size() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    if ((digits.size() == 4 || digits.size() == 5) && !year &&
        digits.size() == words_[last + 1].stop - words_[last + 1].start) {
      add_words(last + 1, last + 1, kPostcode, 45);
    }
  }
  /// Every word of the run is a word of the language: "Mission Statement", "Pedestrians".
  bool ordinary(std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k <= last; ++k) {
      if (!in_list(WordList::kOrdinary, words_[k].lower) &&
          !in_list(WordList::kCommon, words_[k].lower)) {
        return false;
      }
    }
    return true;
  }

  void add_organization(std::size_t first, std::size_t last) {
    const bool dot = text_[words_[last].stop] == U'.' && any(last, {"inc", "ltd", "co", "corp"});
    add(words_[first].start, words_[last].stop + (dot ? 1 : 0), kOrganization, 46);
  }
  bool organization(std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k <= last && last > first; ++k) {
      const bool spelt = words_[k].lower.size() == words_[k].stop - words_[k].start;
      if (spelt && in_list(WordList::kOrganizations, words_[k].lower)) {
        return true;
      }
    }
    return employer_before(first) || business_behind(last) || second_line(first, last) ||
           (first == last && (double_name(first) || camel_case(first)));
  }
  /// "work for", "a year at", "to support", "the CEO of": an employer follows.
  bool employer_before(std::size_t first) const {
    if (first < 2 || !joined(first - 1)) {
      return false;
    }
    if (any(first - 1, {"for", "from", "at", "with", "by", "of"}) &&
        any(first - 2, {"work", "works", "worked", "working", "employed", "hired", "job",
                        "recorded", "year", "years", "career", "position", "intern", "internship",
                        "ceo", "cfo", "cto", "director", "chairman",
                        "founder", "shares", "customer"})) {
      return true;
    }
    return (is(first - 1, "from") && is(first - 2, "is") && followed_by_end(first)) ||
           (is(first - 1, "of") && is(first - 2, "address")) ||
           (any(first - 1, {"support", "join", "joined", "became", "acquired"}) &&
            any(first - 2, {"to", "he", "she", "i", "later", "has", "have"}));
  }
  bool followed_by_end(std::size_t first) const {
    const char32_t after = text_[words_[capitals_from(first)].stop];
    return after == 0 || after == U'.' || after == U',' || after == U'\n';
  }
  /// "… invested heavily", "… website", "… is a German investment bank".
  bool business_behind(std::size_t last) const {
    if (!joined(last)) {
      return false;
    }
    if (any(last + 1, {"invested", "acquired", "announced", "launched", "orchestra", "office",
                       "offices", "headquarters", "website", "employees", "shares", "stock",
                       "resignation", "songwriter", "spokesman", "spokeswoman", "ceo",
                       "subsidiary", "customers"})) {
      return true;
    }
    if (!any(last + 1, {"is", "was"})) {
      return false;
    }
    for (std::size_t k = last + 2; k < last + 8 && k < words_.size() && joined(k - 1, U"(");
         ++k) {
      if (any(k, {"bank", "agency", "company", "firm", "brainchild", "startup", "start-up",
                  "corporation", "provider", "manufacturer", "business", "organization", "c",
                  "nonprofit", "non-profit", "charity", "retailer", "insurer", "employer"}) ||
          words_[k].lower == "501") {
        return true;
      }
      if (any(k, {"man", "woman", "year", "old", "who", "boy", "girl", "patient", "speaker"})) {
        return false;
      }
    }
    return false;
  }
  /// A line of its own between a name and an address, as in a letter head.
  bool second_line(std::size_t first, std::size_t last) const {
    if (!words_[first].line_start || first == 0 || last + 1 >= words_.size() ||
        !gap(first - 1) || !gap(last)) {
      return false;
    }
    std::size_t above = first - 1;
    while (above > 0 && !words_[above].line_start && above + 4 > first) {
      --above;
    }
    if (!words_[above].line_start || !words_[above].capital || words_[above].number) {
      return false;
    }
    for (std::size_t k = 0; k < above; ++k) {
      if (words_[k].lower == words_[first].lower && words_[k].line_start) {
        return false;  // the person's name for the second time
      }
    }
    const std::size_t below = last + 1;
    return words_[below].number || (is(below, "the") && is(below + 1, "corner")) ||
           any(below, {"psc", "unit", "usns", "uscgc", "usnv", "po", "p"}) ||
           words_[below].lower == words_[above].lower;
  }
  /// Only blanks and quotation marks with exactly one line end behind word i.
  bool gap(std::size_t i) const {
    std::size_t lines = 0;
    for (std::size_t at = words_[i].stop; at < words_[i + 1].start; ++at) {
      const char32_t c = text_[at];
      lines += c == U'\n' ? 1 : 0;
      if (c != U'\n' && c != U' ' && c != U'>' && c != U'?' && c != U'\r') {
        return false;
      }
    }
    return lines == 1;
  }
  /// "Mayo-Walters": two surnames are partners, when no first name stands before.
  bool double_name(std::size_t i) const {
    const std::size_t start = words_[i].start;
    for (std::size_t at = start + 3; at + 3 < words_[i].stop; ++at) {
      if (text_[at] == U'-') {
        return is_upper(text_[at + 1]) && is_word_letter(text_[at + 2]);
      }
    }
    return false;
  }
  /// "LexisNexis", "YouTube"; not McDonald, MacLean, DeVito.
  bool camel_case(std::size_t i) const {
    for (std::size_t at = words_[i].start + 3; at + 1 < words_[i].stop; ++at) {
      if (is_upper(text_[at]) && is_letter(text_[at - 1]) && !is_upper(text_[at - 1]) &&
          !words_[i].lower.starts_with("mac") && is_letter(text_[at + 1])) {
        return true;
      }
    }
    return false;
  }

  bool place_before(std::size_t first, std::size_t last) const {
    if (first == 0) {
      return false;
    }
    if (is(first - 1, "where") && text_[words_[first - 1].stop] == U':') {
      return true;
    }
    if (!joined(first - 1)) {
      return false;
    }
    if (any(first - 1, {"in", "visit", "visiting", "near", "leaving", "toward", "towards"})) {
      return true;
    }
    if (is(first - 1, "city") && first > 1 && any(first - 2, {"home", "the"})) {
      return true;
    }
    if (is(first - 1, "from")) {
      return first == last || text_[words_[last].stop] != U'\'';
    }
    if (is(first - 1, "serving")) {
      return true;
    }
    return any(first - 1, {"to", "at"}) && motion_before(first - 1);
  }
  /// "travelled to", "are flying to", "arrived at", "back to".
  bool motion_before(std::size_t preposition) const {
    for (std::size_t k = preposition; k > 0 && preposition - k < 3; --k) {
      if (any(k - 1, {"go", "goes", "going", "went", "travel", "travels", "travelling",
                      "traveling", "travelled", "traveled", "move", "moved", "moving", "fly",
                      "flew", "flying", "flight", "flights", "drive", "drove", "driving", "return",
                      "returned", "returning", "come", "came", "coming", "back", "trip", "trips",
                      "way", "welcome", "arrive", "arrived", "arrives", "arriving", "relocated",
                      "relocating", "emigrated", "train", "bus", "ticket", "tickets", "visit",
                      "journey", "sailed", "transferred", "around", "world"})) {
        return true;
      }
    }
    return false;
  }
  /// "Looking", "Helped", "Unfortunately", "I'd": a sentence begins, not a name.
  bool looks_like_verb(std::size_t i) const {
    const std::string& word = words_[i].lower;
    if (word.size() > 5 && (word.ends_with("ing") || word.ends_with("ed") ||
                            word.ends_with("ly") || word.ends_with("ized"))) {
      return true;
    }
    for (std::size_t at = words_[i].start; at < words_[i].stop; ++at) {
      if (text_[at] == U'\'') {
        return true;
      }
    }
    return false;
  }
  bool all_capitals(std::size_t first, std::size_t last) const {
    for (std::size_t at = words_[first].start; at < words_[last].stop; ++at) {
      if (is_word_letter(text_[at]) && !is_upper(text_[at])) {
        return false;
      }
    }
    return true;
  }

  Finds& finds_;
};

}  // namespace

void find_english_names(const EnglishText& english, Finds& finds) {
  NameFinder(english, finds).run();
}

}  // namespace emr::desensitize
