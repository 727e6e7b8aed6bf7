// People, places, organisations, nationalities and titles: runs of capitalised words that are no
// ordinary English, judged by what stands before them.
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

  // --- names ---------------------------------------------------------------------------------
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
    return nameable(i + 1) && is(i + 2, "and") && nameable(i + 3) &&
           text_[words_[i].stop] == U',' && joined(i, U",") && joined(i + 1) && joined(i + 2) &&
           !(joined(i + 3) && nameable(i + 4));
  }

  std::size_t names(std::size_t i) {
    if (!nameable(i)) {
      return i + 1;
    }
    const bool listed = words_[i].start > 1 && (text_[words_[i].start - 2] == U',' ||
                                                text_[words_[i].start - 2] == U':');
    if (!listed && firm(i)) {
      add_words(i, i + 3, kOrganization, 47);
      return i + 4;
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
    while (joined(last) && words_[last + 1].capital &&
           in_list(WordList::kOrganizations, words_[last + 1].lower)) {
      ++last;  // "Baker Group", although "group" is an ordinary word
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
    if (first > 1 && any(first - 1, {"for", "from"}) &&
        any(first - 2, {"work", "works", "worked", "is"})) {
      add_words(first, last, kOrganization, 44);
      return;
    }
    const bool owner = first > 0 && is(first - 1, "the") && joined(last) &&
                       any(last + 1, {"orchestra", "office", "offices", "headquarters"});
    if (owner || (first > 1 && is(first - 1, "of") && is(first - 2, "address"))) {
      add_words(first, last, kOrganization, 44);
      return;
    }
    for (std::size_t k = first; k <= last; ++k) {
      if (in_list(WordList::kOrganizations, words_[k].lower)) {
        const bool dot = text_[words_[last].stop] == U'.' &&
                         any(last, {"inc", "ltd", "co", "corp"});
        add(words_[first].start, words_[last].stop + (dot ? 1 : 0), kOrganization, 46);
        return;
      }
    }
    if (place_before(first)) {
      add_words(first, last, kPlace, 43);
      return;
    }
    if (last == first && all_capitals(first, last) &&
        words_[first].stop - words_[first].start <= 5) {
      return;  // an abbreviation
    }
    if (first == last && words_[first].after_break && looks_like_verb(first)) {
      return;
    }
    if (last > first || words_[first].stop - words_[first].start >= 3) {
      add_words(first, last, kName, last > first ? 43 : 41);
    }
  }
  bool place_before(std::size_t first) const {
    return first > 0 && joined(first - 1) &&
           any(first - 1, {"in", "from", "to", "visit", "near", "leaving", "toward"});
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
