// Street addresses: a number and a street, then flat, city, state and postal code.
#include <algorithm>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

class AddressFinder : private EnglishText {
 public:
  AddressFinder(const EnglishText& english, Finds& finds) : EnglishText(english), finds_(finds) {}

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      i = std::max(i, address(i));
    }
  }

 private:
  void add(std::size_t start, std::size_t stop, SpanType type, int weight) {
    finds_.push_back({start, stop, type, weight});
  }
  void add_words(std::size_t first, std::size_t last, SpanType type, int weight) {
    add(words_[first].start, words_[last].stop, type, weight);
  }

  // --- addresses -----------------------------------------------------------------------------
  bool number_like(std::size_t i) const {
    return i < words_.size() && words_[i].number && words_[i].stop - words_[i].start <= 6;
  }
  bool street(std::size_t i) const {
    return i < words_.size() && in_list(WordList::kStreets, words_[i].lower);
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
    std::size_t last = corner(i);
    if (last > i) {
      add_words(i, last, kAddress, 58);
      return last;
    }
    bool found = false;
    if (any(i, {"suite", "apt", "apartment", "unit", "psc"}) && number_like(i + 1) &&
        joined(i, U".#")) {
      last = i + 1;
      found = true;
    } else if (number_like(i) && i + 1 < words_.size() && words_[i + 1].capital && joined(i)) {
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
  /// "the corner of 12 Elm Street and Oak Avenue": the last word of it, or i.
  std::size_t corner(std::size_t i) const {
    if (!is(i, "the") || !is(i + 1, "corner") || !is(i + 2, "of")) {
      return i;
    }
    std::size_t last = i + 2;
    while (last + 1 < words_.size() && last - i < 12 && joined(last, U".") &&
           (words_[last + 1].capital || words_[last + 1].number || is(last + 1, "and") ||
            street(last + 1))) {
      ++last;
    }
    return last > i + 2 && !is(last, "and") ? last : i;
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
      if (!joined(k, U",.\n#->?") || ends_sentence(k)) {
        break;
      }
      const Word& next = words_[k + 1];
      if (!next.capital && !next.number) {
        break;
      }
      if (in_list(WordList::kCommon, next.lower) && !street(k + 1) && !place_word(k + 1)) {
        break;
      }
      end = k + 1;
    }
    return end;
  }
  /// First word of a place name of two words.
  bool place_word(std::size_t k) const {
    return any(k, {"united", "south", "north", "new", "east", "west", "great", "kingdom", "states",
                   "city", "island", "la"});
  }
  bool ends_sentence(std::size_t k) const {
    return text_[words_[k].stop] == U'.' && text_[words_[k].stop + 1] == U' ' && !street(k) &&
           words_[k].stop - words_[k].start > 3;
  }

  Finds& finds_;
};

}  // namespace

void find_english_addresses(const EnglishText& english, Finds& finds) {
  AddressFinder(english, finds).run();
}

}  // namespace emr::desensitize
