// Street addresses. In running text an address is one find, from the house number to the postal
// code. On lines of its own (a letter head, a signature), or as "450 Elm Road 15, Town", its parts
// are finds of their own: building number, street, flat, town, country, postal code. This is how
// the labelled English texts see it, and how a form would store it.
#include <algorithm>

#include "desensitize/detect/english_address_reader.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

constexpr std::size_t kMaxTailWords = 14;

using Parts = EnglishAddressParts;

class AddressFinder : private EnglishAddressReader {
 public:
  AddressFinder(const EnglishText& english, Finds& finds)
      : EnglishAddressReader(english), finds_(finds) {}

  void run() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      i = std::max(i, address(i));
    }
  }

 private:
  void add_words(std::size_t first, std::size_t last, SpanType type) {
    const bool stop = text_[words_[last].stop] == U'.' &&
                      (is_abbreviation(last) || (words_[last].number && more_follows(last)));
    finds_.push_back({words_[first].start, words_[last].stop + (stop ? 1 : 0), type, 58});
  }
  /// "Király u. 15." and "Suite 5." end with the sentence's stop; only short words own theirs.
  bool is_abbreviation(std::size_t i) const {
    return !words_[i].number && words_[i].stop - words_[i].start <= 2 && street(i) &&
           is_word_letter(text_[words_[i].stop + 2]);
  }

  /// "19.\n Suite 282": the stop is an ordinal's, for the address goes on.
  bool more_follows(std::size_t i) const {
    return i > 0 && i + 1 < words_.size() && flat_word(i + 1) && !flat_word(i - 1);
  }

  // --- reading -------------------------------------------------------------------------------
  /// Returns the index of the last word of the address that begins at word i, or i.
  std::size_t address(std::size_t i) {
    std::size_t last = std::max({corner(i), military(i), bare_street(i)});
    if (last > i) {
      add_words(i, last, kAddress);
      return last;
    }
    if (const std::size_t box = post_box(i); box > i) {
      last = tail(box);
      add_words(i, last, kAddress);
      return last;
    }
    if (british_postcode(i)) {
      add_words(i, i + 1, kPostcode);
      return i + 1;
    }
    Parts parts;
    if (!read(i, parts) || measured(i, parts.last())) {
      return i;
    }
    if (flat_word(i) && number_like(parts.last() + 1) && joined(parts.last())) {
      add_words(i, parts.last(), kAddress);  // "Apt. 12 450 Elm Road 15": the rest comes next
      return parts.last();
    }
    if (in_lines(i, parts)) {
      return add_lines(parts);
    }
    if (std::size_t town = split_town(parts); town != kNone) {
      add_parts(parts);
      if (town > parts.last()) {
        add_words(parts.last() + 1, town, kPlace);
      }
      return town;
    }
    last = tail(parts.last());
    while (last > parts.last() && street(last) && words_[last - 1].number) {
      --last;  // "at 130 Midtvollen 12 St.": the writer's word, not the address's
    }
    add_words(i, last, kAddress);
    return last;
  }

  /// "PO Box 2218", "P.O. Box 9": the number's index, or i.
  std::size_t post_box(std::size_t i) const {
    const std::size_t box = is(i, "po") ? i + 1 : is(i, "p") && is(i + 1, "o") ? i + 2 : i;
    const bool whole = box > i && is(box, "box") && box + 1 < words_.size() &&
                       joined(box - 1, U".") && joined(box) && words_[box + 1].number;
    return whole ? box + 1 : i;
  }
  /// "on Coors Blvd", "near Elm Street": a street without a number, behind a preposition.
  std::size_t bare_street(std::size_t i) const {
    if (i == 0 || !joined(i - 1) || !any(i - 1, {"on", "near", "off", "along", "at"}) ||
        !capital(i) || words_[i].number || in_list(WordList::kCommon, words_[i].lower)) {
      return i;
    }
    const std::size_t last = capital(i + 1) && joined(i) ? i + 1 : i;
    return last > i && any(last, {"blvd", "boulevard", "avenue", "ave", "street", "road", "rd",
                                  "highway", "hwy", "lane", "parkway"})
               ? last
               : i;
  }
  /// "DE22 3NE"
  bool british_postcode(std::size_t i) const {
    if (i + 1 >= words_.size() || !joined(i) || !words_[i].capital || !words_[i + 1].number) {
      return false;
    }
    const std::string& out = words_[i].lower;
    const std::string& in = words_[i + 1].lower;
    const std::size_t letters = out.find_first_of("0123456789");
    const bool outward = (letters == 1 || letters == 2) && out.size() <= 4 &&
                         out.find_first_not_of("0123456789", letters) >= out.size() - 1;
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return outward && in.size() == 3 && letter(in[1]) && letter(in[2]) &&
           is_upper(text_[words_[i + 1].stop - 1]);
  }

  /// "BP 162/94 HR 101", "Na 138 K 4.1", "3 mo": vital signs and results, in numbers as addresses.
  bool measured(std::size_t first, std::size_t last) const {
    for (std::size_t k = first > 0 ? first - 1 : 0; k <= last + 1 && k < words_.size(); ++k) {
      if (any(k, {"hr", "bp", "rr", "spo2", "bpm", "mo", "mos", "wk", "wks", "hrs", "bun", "cr",
                  "glu", "co2", "wbc", "hgb", "plt", "hct", "inr", "mg", "ml", "cc", "kg", "lbs",
                  "mmhg", "na", "cl", "temp", "tsh", "alt", "ast", "a1c", "ldl", "ns",
                  "units"}) &&
          (k < first || joined(k > first ? k - 1 : first))) {
        return true;
      }
    }
    return false;
  }

  /// "the corner of 12 Elm Street and Oak Avenue", "Elm and Oak Streets": the last word, or i.
  std::size_t corner(std::size_t i) const {
    const bool announced = is(i, "the") && is(i + 1, "corner") && is(i + 2, "of");
    const bool crossing = !announced && i > 0 && any(i - 1, {"at", "to"}) && capital(i) &&
                          !words_[i].number;
    if (!announced && !crossing) {
      return i;
    }
    std::size_t last = announced ? i + 2 : i;
    bool both = false;
    bool typed = false;
    while (last + 1 < words_.size() && last - i < 14 && joined(last, U".") &&
           !(both && typed && text_[words_[last].stop] == U'.') &&
           (capital(last + 1) || words_[last + 1].number || is(last + 1, "and") ||
            connector(last + 1) || street(last + 1)) && !(both && is(last + 1, "and"))) {
      ++last;
      both = both || is(last, "and");
      typed = typed || street(last) || ends_like_street(last) || (both && words_[last].number);
    }
    const bool whole = last > i + 2 && !is(last, "and") && both;
    return whole && (announced || typed) ? last : i;
  }
  /// "PSC 1437, Box 3833 / APO AA 66791", "USNS Mercy / FPO AP 12345".
  std::size_t military(std::size_t i) const {
    std::size_t at = i;
    if (any(i, {"psc", "unit", "cmr"}) && number_like(i + 1) && is(i + 2, "box")) {
      at = i + 4;
    } else if (any(i, {"usns", "uscgc", "usnv", "usnv", "uss"}) && i + 1 < words_.size()) {
      at = i + 2;
    } else {
      return i;
    }
    while (at < i + 5 && at < words_.size() && !any(at, {"apo", "fpo", "dpo"})) {
      ++at;
    }
    return any(at, {"apo", "fpo", "dpo"}) && at + 2 < words_.size() && words_[at + 2].number
               ? at + 2
               : i;
  }

  // --- layout --------------------------------------------------------------------------------
  /// Does the address stand on lines of its own, one part on each, below a name?
  bool in_lines(std::size_t i, const Parts& parts) const {
    const std::size_t last = parts.last();
    if (!words_[i].line_start || parts.numbers < 1 || (parts.numbers < 2 && !parts.typed) ||
        !line_between(last) || gap_has(last, U',') ||
        below_label(i)) {
      return false;
    }
    for (std::size_t k = last, lines = 0; k + 1 < words_.size() && lines < 2; ++k) {
      lines += line_between(k) ? 1 : 0;
      if (k > last && gap_has(k, U',')) {
        return false;  // "Town\n, ST\n Country": written in one breath
      }
    }
    return capital(last + 1) || words_[last + 1].number;
  }
  /// "Address:" on the line before.
  bool below_label(std::size_t i) const {
    std::size_t at = words_[i].start;
    while (at > 0 && !is_word_letter(text_[at - 1]) && !is_digit(text_[at - 1]) &&
           text_[at - 1] != U':') {
      --at;
    }
    return at > 0 && text_[at - 1] == U':';
  }

  void add_parts(const Parts& parts) {
    if (parts.building != kNone) {
      add_words(parts.building, parts.building, kAddress);
    }
    add_words(parts.street, parts.street_last, kAddress);
    for (const Parts::Flat& flat : parts.flats) {
      add_words(flat.first, flat.last, kAddress);
    }
  }
  /// Town, country and postal code on up to three lines below.
  std::size_t add_lines(const Parts& parts) {
    add_parts(parts);
    std::size_t last = parts.last();
    for (int line = 0; line < 3 && last + 1 < words_.size(); ++line) {
      const std::size_t first = last + 1;
      std::size_t end = first;
      while (end + 1 < words_.size() && joined(end, U".'")) {
        ++end;
      }
      std::size_t names = first;
      while (names <= end && !words_[names].number && (capital(names) || connector(names))) {
        ++names;
      }
      std::size_t numbers = names;
      while (numbers <= end && numbers - names < 2 && words_[numbers].number) {
        ++numbers;
      }
      const char32_t after = text_[words_[end].stop];
      if (numbers <= end || end - first > 5 || after == U':' || after == U'@' ||
          (names == first && line == 0) ||
          (in_list(WordList::kCommon, words_[first].lower) && !place_word(first))) {
        break;
      }
      if (names > first) {
        add_words(first, names - 1, kPlace);
      }
      if (numbers > names) {
        add_words(names, numbers - 1, names > first ? kAddress : kPostcode);
      }
      last = end;
      if (numbers > names) {
        break;
      }
    }
    return last;
  }

  /// "450 Elm Road 15, Town." in running text and no more: the last word of the town, or of the
  /// street when no town follows; kNone when the address goes on.
  std::size_t split_town(const Parts& parts) const {
    const std::size_t last = parts.last();
    if (parts.building == kNone || !parts.flats.empty()) {
      return kNone;
    }
    const char32_t after = text_[words_[last].stop];
    if (last + 1 >= words_.size() || (after != U',' && after != U'\n' && after != U' ' &&
                                       !(after == U'.' && text_[words_[last].stop + 1] == U'\n'))) {
      return last;
    }
    if (after == U' ' && ((!capital(last + 1) && !words_[last + 1].number) ||
                          any(last + 1, {"st", "street"}))) {
      return last;
    }
    if (after != U',' || !joined(last, U",") || !capital(last + 1)) {
      return kNone;
    }
    std::size_t town = last + 1;
    while (town + 1 < words_.size() && joined(town) && (capital(town + 1) || connector(town + 1)) &&
           town - last < 5) {
      ++town;
    }
    const char32_t end = text_[words_[town].stop];
    const bool more = town + 1 < words_.size() &&
                      (end == U',' || (joined(town, U"(") && words_[town + 1].number) ||
                       (joined(town) && words_[town + 1].capital));
    return more ? kNone : town;
  }

  /// Flat, town, state, country and postal code behind the street: capitalised words and numbers up
  /// to the end of the sentence, over line ends too.
  std::size_t tail(std::size_t last) const {
    std::size_t end = last;
    for (std::size_t k = last; k + 1 < words_.size() && k - last < kMaxTailWords; ++k) {
      if (!joined(k, U",.\n#->?'()") || ends_sentence(k) || gap_has(k, U':') || phone_line(k) ||
          (line_between(k) && is_zip(k))) {
        break;
      }
      const Word& next = words_[k + 1];
      if (connector(k + 1) && k + 2 < words_.size() && joined(k + 1) && capital(k + 2)) {
        continue;
      }
      const bool town = k + 2 < words_.size() && capital(k + 1) && text_[next.stop] == U',' &&
                        joined(k + 1, U",") && state_code(k + 2);  // Bowling Green, KY
      if ((!capital(k + 1) && !next.number) ||
          (in_list(WordList::kCommon, next.lower) && !town && !street(k + 1) && !flat_word(k + 1) &&
           !place_word(k + 1) && !state_code(k + 1))) {
        break;
      }
      end = k + 1;
    }
    return end;
  }
  /// "CA 94502": nothing of an address stands on the next line.
  bool is_zip(std::size_t k) const {
    return k > 0 && words_[k].number && words_[k].stop - words_[k].start == 5 && state_code(k - 1);
  }
  /// ", ON": the code of a state, although "on" is a word.
  bool state_code(std::size_t k) const {
    const std::size_t size = words_[k].stop - words_[k].start;
    return !words_[k].number && (size == 2 || size == 3) && is_upper(text_[words_[k].start + 1]) &&
           is_upper(text_[words_[k].stop - 1]);
  }
  /// A new line of two or more numbers is a phone, not a postal code.
  bool phone_line(std::size_t k) const {
    return line_between(k) && words_[k + 1].number && k + 2 < words_.size() &&
           words_[k + 2].number && joined(k + 1, U"-./()");
  }
  /// First word of a place name of two words.
  bool place_word(std::size_t k) const {
    return any(k, {"united", "south", "north", "new", "east", "west", "great", "kingdom", "states",
                   "city", "island", "la", "st"});
  }
  bool ends_sentence(std::size_t k) const {
    return text_[words_[k].stop] == U'?' ||
           (text_[words_[k].stop] == U'.' && text_[words_[k].stop + 1] == U' ' && !street(k) &&
            !flat_word(k) && (words_[k].stop - words_[k].start > 3 || words_[k].number));
  }

  Finds& finds_;
};

}  // namespace

void find_english_addresses(const EnglishText& english, Finds& finds) {
  AddressFinder(english, finds).run();
}

}  // namespace emr::desensitize
