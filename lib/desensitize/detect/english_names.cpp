// People, places, organisations, nationalities and titles: runs of capitalised words that are no
// ordinary English, judged by what stands around them.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "desensitize/detect/english_people.h"

namespace emr::desensitize {
namespace {

using enum SpanType;

class NameFinder : private EnglishPeople {
 public:
  NameFinder(const EnglishText& english, Finds& finds) : EnglishPeople(english), finds_(finds) {}

  void run() {
    remember_finds();
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!words_[i].number) {
        titles(i);
        single_words(i);
      }
    }
    for (std::size_t i = 0; i < words_.size();) {
      i = names(i);
    }
    for (const std::size_t i : undecided_) {
      if (known_.contains(words_[i].lower)) add_people(i, i, 41);
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
    const bool written = any(i, {"mr", "mrs", "ms", "miss", "dr", "drs", "prof"});
    if (!written || !words_[i].capital || !is_title(i)) {
      return;
    }
    const std::size_t stop = words_[i].stop + (text_[words_[i].stop] == U'.' ? 1 : 0);
    add(words_[i].start, stop, kTitle, 50);
  }

  void single_words(std::size_t i) {
    if (clinical() && something(i, i)) return;  // Philadelphia chromosome, Mongolian spot
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
           !any(i, {"rm", "bed", "apt", "hcp", "poa"}) &&
           !in_list(WordList::kCommon, words_[i].lower) &&
           !in_list(WordList::kNationalities, words_[i].lower) && !has_digit(i);
  }
  bool has_digit(std::size_t i) const {
    return words_[i].lower.find_first_of("0123456789") != std::string::npos;
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
    const bool suffix = is(i + 4, "inc") || is(i + 4, "llc");
    if (firm(i) && (suffix || !clinical()) && nameable(i + 3) &&
        (!listed || in_list(WordList::kCommon, words_[i].lower))) {
      add_words(i, suffix ? i + 4 : i + 3, kOrganization, 47);
      return i + 4;
    }
    if (!nameable(i)) {
      return named_by_place(i);
    }
    std::size_t last = i;
    while (last + 1 < words_.size() && last - i < 5) {
      if (wide_gap(last)) {
        break;
      }
      if ((joined(last) && (nameable(last + 1) || initial(last + 1))) ||
          (initial(last) && joined(last, U".") && nameable(last + 1))) {
        ++last;
      } else if (nickname(last)) {
        last += 2;
      } else if (const std::size_t over = over_connectors(last); over > last) {
        last = over;
      } else {
        break;
      }
    }
    while (last > i && initial(last) && text_[words_[last].stop] != U'.') {
      --last;  // but "Marcus W."
    }
    while (clinical() && last > i && short_and_shouted(last) && !all_capitals(i, last)) {
      --last;  // "Castellanos DEA", "Elidel BID"
    }
    last = with_institution(last);
    const std::size_t next = last + 1;
    if (last == i && next < words_.size() && last_first(i)) {
      add(words_[i].start, name_end(next), kName, 48);  // "Name: Okonkwo, Chidinma"
      return next + 1;
    }
    classify(i, last);
    return last + 1;
  }
  /// "Baker Group", "Mercy General Hospital", "Luke's Hospital": up to three more capitalised words
  /// when the last of them is an institution's.
  std::size_t with_institution(std::size_t last) const {
    std::size_t found = last;
    for (std::size_t k = last; k < last + 4 && k + 1 < words_.size(); ++k) {
      const std::size_t gap = words_[k].stop;
      const bool owner = text_[gap + 1] == U's' && text_[gap + 2] == U' ';
      const bool partners = text_[gap] == U' ' && text_[gap + 1] == U'&' && text_[gap + 2] == U' ';
      if ((!joined(k) && !owner && !partners) || k + (owner ? 2 : 1) >= words_.size() ||
          !words_[k + (owner ? 2 : 1)].capital) {
        break;
      }
      k += owner ? 1 : 0;
      const bool home = any(k + 1, {"home", "house", "care"}) &&
                        any(k, {"funeral", "care", "nursing", "group", "urgent", "mcdonald",
                                "home"});
      const bool end = home || in_list(WordList::kOrganizations, words_[k + 1].lower);
      found = end ? k + 1 : found;
    }
    return of_whom(found);
  }
  /// "Nurse Association|of Kokomo", "Hospitals|and Clinics": more of an institution's name.
  std::size_t of_whom(std::size_t last) const {
    const bool more = in_list(WordList::kOrganizations, words_[last].lower) && joined(last) &&
                      last + 2 < words_.size() && joined(last + 1) && words_[last + 2].capital;
    if (!more || is_title(last + 2)) {
      return last;
    }
    const std::string& next = words_[last + 2].lower;
    const bool both = is(last + 1, "and") && in_list(WordList::kOrganizations, next);
    const bool whose = is(last + 1, "of") && !in_list(WordList::kCommon, next) &&
                       any(last, {"association", "university", "hospital", "hospitals", "college",
                                  "school", "society", "institute", "department", "bank"});
    return both || whose ? with_institution(last + 2) : last;
  }
  /// A surname, a comma and a first name behind "Name:" or "Patient:", or the number of a bed.
  bool last_first(std::size_t i) const {
    if (i == 0 || text_[words_[i].stop] != U',' || !joined(i, U",")) {
      return false;
    }
    const bool bed = words_[i - 1].number && words_[i - 1].line_start && joined(i - 1, U".)");
    const bool labelled = text_[words_[i - 1].stop] == U':' &&
                          any(i - 1, {"name", "patient", "client", "member", "insured", "triage"});
    return (labelled && nameable(i + 1)) || (bed && (nameable(i + 1) || initial(i + 1)));
  }
  /// Antonio| "Tony" Balducci
  bool nickname(std::size_t last) const {
    return nameable(last + 1) && nameable(last + 2) && text_[words_[last].stop + 1] == U'"' &&
           words_[last + 1].start == words_[last].stop + 2 &&
           text_[words_[last + 1].stop] == U'"' &&
           words_[last + 2].start == words_[last + 1].stop + 2;
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
  // --- evidence ------------------------------------------------------------------------------
  void classify(std::size_t first, std::size_t last) {
    const bool titled = first > 0 && is_title(first - 1) && joined(first - 1, U".");
    if (titled) {
      remember(first, last);
      add_words(first, last, kName, 52);
      return;
    }
    if ((first == last && role(first)) || medical(first, last) || eponym_pair(first, last) ||
        label(first, last)) {
      return;
    }
    const bool spelt_so = first == last && (double_name(first) || camel_case(first));
    if (organization(first, last) || (spelt_so && !clinical())) {
      add_organization(first, last);
      return;
    }
    if (signed_by(last)) {
      add_people(first, last, 45);  // from Shaniqua RN
      return;
    }
    if (last > first && credential(last)) {
      add_people(first, last - 1, 45);  // received from Tomas Alvarez RN
      return;
    }
    if (place_before(first, last) && !(clinical() && last == first && short_and_shouted(first))) {
      const bool direction = any(first, {"southern", "northern", "eastern", "western", "central"});
      add_words(first < last && direction ? first + 1 : first, last, kPlace, 43);
      postcode_behind(last);
      return;
    }
    if (last == first && all_capitals(first, last) &&
        words_[first].stop - words_[first].start <= 5) {
      return;  // an abbreviation
    }
    if (all_capitals(first, last) && last > first && shouted(first, last)) {
      return;
    }
    const std::size_t letters = words_[first].stop - words_[first].start;
    if (first == last && letters <= 4 && joined(first) && words_[first + 1].number && first > 0 &&
        words_[first - 1].number) {
      return;  // "13.4 Plt 244 Na 139": names of results
    }
    const bool opens = words_[first].after_break || (first > 0 && words_[first - 1].number);
    if (ordinary(first, last) || (first == last && opens && looks_like_verb(first)) ||
        drug_at(first, last) || (all_capitals(first, last) && has_abbreviation(first, last))) {
      return;
    }
    while (first < last && (duty(first) || reported(first))) ++first;
    if (last == first && words_[first].stop - words_[first].start < 3 &&
        !(first > 0 && role(first - 1) && joined(first - 1) && !all_capitals(first, first))) {
      return;  // but "daughter Vy"
    }
    if (!clinical() || spoken_of(first, last) || follows_person(first) ||
        (!something(first, last) && (last > first || given_name(first, last)))) {
      add_people(first, last, last > first ? 43 : 41);
    } else if (last == first) {
      undecided_.push_back(first);
    }
  }
  /// "Fiona Lacey and|Deirdre", "Drs. Keane and|Villareal", "Ruiz/|McAllister".
  bool follows_person(std::size_t first) const {
    if (finds_.empty() || finds_.back().type != kName || first < 2) return false;
    const std::size_t stop = finds_.back().stop;
    const std::size_t and_word = first - 1;
    const bool joint = any(and_word, {"and"}) && joined(and_word) && joined(and_word - 1, U",") &&
                       words_[and_word - 1].stop == stop;
    return joint || (words_[first - 1].stop == stop && words_[first].start == stop + 1 &&
                     (text_[stop] == U'/' || text_[stop] == U'&'));
  }
  /// Who stands behind a label or a title is known in the rest of the text.
  void remember_finds() {
    std::size_t next = 0;  // of words_
    std::vector<Find> people;
    for (const Find& find : finds_) {
      if (find.type == kName) people.push_back(find);
    }
    std::sort(people.begin(), people.end(),
              [](const Find& a, const Find& b) { return a.start < b.start; });
    for (const Find& person : people) {
      while (next < words_.size() && words_[next].start < person.start) ++next;
      for (std::size_t k = next; k < words_.size() && words_[k].stop <= person.stop; ++k) {
        if (words_[k].capital && words_[k].lower.size() > 2) known_.insert(words_[k].lower);
      }
    }
  }
  /// Words of names that are sure: alone they are the same person.
  void remember(std::size_t first, std::size_t last) {
    for (std::size_t k = first; k <= last; ++k) known_.insert(words_[k].lower);
  }
  void add_people(std::size_t first, std::size_t last, int weight) {
    remember(first, last);
    const bool dotted_i = first > 0 && is(first - 1, "i") && text_[words_[first - 1].stop] == U'.';
    const bool first_initial = first > 0 && (initial(first - 1) || dotted_i) &&
                               joined(first - 1, U".") &&
                               !(first > 1 && words_[first - 2].capital && joined(first - 2));
    add(words_[first_initial ? first - 1 : first].start, name_end(last), kName, weight);
  }
  /// With the dot of "Marcus W.", "Kenneth Bauer Jr.".
  std::size_t name_end(std::size_t last) const {
    const std::size_t stop = words_[last].stop;
    const bool dotted = initial(last) || any(last, {"jr", "sr"});
    return dotted && text_[stop] == U'.' ? stop + 1 : stop;
  }
  /// Who somebody is, before the name: "Officer Daniel Ruiz", "Mother Latoya".
  bool duty(std::size_t i) const {
    return any(i, {"cnm", "rd"}) || manager(i) ||
           (role(i) && !any(i, {"dear", "hi", "hello", "thanks"}));
  }
  bool reported(std::size_t i) const {
    return any(i, {"interpreted", "reviewed", "dictated", "transcribed", "signed", "performed",
                   "discussed", "cosigned", "verified"});
  }
  bool credential(std::size_t i) const {
    return any(i, {"md", "do", "rn", "np", "pa", "lpn", "cna", "rph", "pharmd", "phd", "lcsw",
                   "msw", "dds", "dpm", "crna", "aprn", "cnm", "facs", "dpt", "otr", "slp", "esq",
                   "cgc", "pnp", "fnp"});
  }
  /// "IIIA NSCLC": a word without a vowel.
  bool has_abbreviation(std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k <= last; ++k) {
      if (!initial(k) && words_[k].stop - words_[k].start > 2 &&
          words_[k].lower.size() == words_[k].stop - words_[k].start &&
          words_[k].lower.find_first_of("aeiouy") == std::string::npos) {
        return true;
      }
    }
    return false;
  }
  /// "CHEST TIGHTNESS": where everything is in capitals they say nothing.
  bool shouted(std::size_t first, std::size_t last) const {
    for (std::size_t k = first; k <= last; ++k) {
      const std::string& word = words_[k].lower;
      if (in_list(WordList::kMedical, word) || ends_medically(word) ||
          in_list(WordList::kOrdinary, word) ||
          in_list(WordList::kCommon, word)) {
        return true;
      }
    }
    return false;
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
  void add_organization(std::size_t first, std::size_t last) {
    if (first > 1 && is(first - 1, "of") && words_[first - 2].capital && joined(first - 2) &&
        any(first - 2, {"university", "college", "infirmary", "hospital"})) {
      first -= 2;  // University of Wisconsin Hospital
    }
    if (first > 0 && words_[first - 1].capital && joined(first - 1, U".") &&
        any(first - 1, {"st", "saint", "mount", "royal", "good", "holy", "our", "great"})) {
      --first;  // "St. Luke's Hospital"
    }
    if (last > first && any(first, {"attends", "works", "lives", "visits", "uses", "via"})) ++first;
    const bool dot = text_[words_[last].stop] == U'.' && any(last, {"inc", "ltd", "co", "corp"});
    add(words_[first].start, words_[last].stop + (dot ? 1 : 0), kOrganization, 46);
  }
  Finds& finds_;
  std::unordered_set<std::string> known_;
  std::vector<std::size_t> undecided_;  ///< lone words of a note for which nothing speaks
};

}  // namespace

void find_english_names(const EnglishText& english, Finds& finds) {
  NameFinder(english, finds).run();
}

}  // namespace emr::desensitize
