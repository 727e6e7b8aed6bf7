#include "desensitize/detect/english_people.h"

namespace emr::desensitize {

bool EnglishPeople::met_somebody(std::size_t first) const {
  if (first == 0 || !joined(first - 1, is(first - 1, "w") ? U"/" : U"")) return false;
  if (any(first - 1, {"told", "asked", "notified", "paged", "informed", "texted", "thank"})) {
    return true;
  }
  if (first < 2) return false;
  const std::string& done = words_[first - 2].lower;
  if (is(first - 1, "by") && joined(first - 2) && done.ends_with("ed") &&
      !any(first - 2, {"followed", "replaced", "caused", "closed", "triggered", "relieved"})) {
    return true;
  }
  return joined(first - 2, U"/") &&
         any(first - 1, {"with", "by", "to", "from", "w"}) &&
         any(first - 2, {"spoke", "discussed", "d", "seen", "called", "reviewed", "signed",
                         "dictated", "taken", "accompanied", "brought", "lives", "lived", "living",
                         "staying",
                         "visited", "talked", "met", "ordered", "referred", "transcribed", "report",
                         "interpreted", "assisted", "written", "verified", "staffed", "married",
                         "given", "performed", "attended", "precepted", "cosigned", "call",
                         "message", "letter", "email", "supervised", "confirmed", "plays"});
}

/// ", 34", " (41M", ": 61F", ", a 7-year-old": an age of somebody.
bool EnglishPeople::aged(std::size_t last) const {
  const std::size_t next = last + 1;
  if (next >= words_.size() || !joined(last, U",(:")) return false;
  const std::size_t age = any(next, {"a", "an", "is", "age", "aged"}) ? next + 1 : next;
  if (age >= words_.size() || !words_[age].number || (age > next && !joined(next))) return false;
  const std::string& word = words_[age].lower;
  const std::size_t digits = word.find_first_not_of("0123456789");
  if (digits == 0 || (digits != std::string::npos && digits > 3)) return false;
  const bool attached = digits != std::string::npos &&
                        (word.substr(digits) == "m" || word.substr(digits) == "f" ||
                         word.substr(digits).starts_with("y") ||
                         word.substr(digits).starts_with("-y"));
  return attached || any(age + 1, {"m", "f", "y", "yo", "yr", "yrs", "year", "years", "male",
                                   "female"});
}

/// "Kelly x4".
bool EnglishPeople::multiplied(std::size_t i) const {
  const std::string& word = words_[i].lower;
  return word.size() >= 2 && word.size() <= 3 && word[0] == 'x' &&
         word.find_first_not_of("0123456789", 1) == std::string::npos;
}

bool EnglishPeople::label(std::size_t first, std::size_t last) const {
  std::size_t at = words_[last].stop;
  while (text_[at] == U' ') ++at;
  return text_[at] == U':' &&
         first == last &&
         (role(first) || (clinical() && !spoken_of(first, last) && !given_name(first, last)));
}

bool EnglishPeople::spoken_of(std::size_t first, std::size_t last) const {
  if (before(first) || aged(last)) return true;
  const std::size_t next = last + 1;
  if (next >= words_.size()) return false;
  if (joined(last) && (acts(next) || any(next, {"rn", "md", "np", "pa", "lpn", "cna", "lcsw"}))) {
    return true;
  }
  if (joined(last) && any(next, {"is", "was"})) return !state(next + 1) && !is(next + 1, "not");
  return joined(last, U"(") && text_[words_[last].stop + 1] == U'(' && role(next);
}

/// "daughter Latisha", "K. Brennan", "Bed 7 Kowalczyk:", "Neo: Feldstein.", "told Odom".
bool EnglishPeople::before(std::size_t first) const {
  if (first == 0) return false;
  const std::size_t previous = first - 1;
  const char32_t behind = text_[words_[previous].stop];
  if (role(previous) && joined(previous, U",(;:")) return true;
  if (manager(previous) && joined(previous)) return true;  // CM Trish
  if (service(previous) && text_[words_[first].start - 1] == U'(' && joined(previous, U"(") &&
      text_[words_[first].stop] == U')') {
    return true;  // Pulm (Iyer)
  }
  if (joined(previous) && is(previous, "that") && previous > 0 &&
      any(previous - 1, {"stated", "states", "said", "says", "reports", "reported", "felt"})) {
    return true;
  }
  if (joined(previous) && any(previous, {"re", "regarding", "about", "concerning"}) &&
      text_[words_[first].stop] == U'\'') {
    return true;  // called re Tyler's rash
  }
  if (words_[previous].capital && words_[previous].stop - words_[previous].start == 1 &&
      behind == U'.' && joined(previous, U".")) {
    return true;
  }
  if (words_[previous].number && previous > 0 && joined(previous, U":-") &&
      any(previous - 1, {"bed", "room", "rm", "bay", "chair", "pod"})) {
    return true;
  }
  return met_somebody(first) || whole_value(first);
}

/// Pulm, Ortho, MICU: who was asked.
bool EnglishPeople::service(std::size_t i) const {
  return any(i, {"pulm", "cards", "cardiology", "ortho", "neuro", "neurology", "gi", "renal",
                 "nephro", "nephrology", "onc", "heme", "surgery", "surg", "micu", "sicu", "ccu",
                 "palliative", "psych", "derm", "uro", "urology", "ent", "ob", "gyn", "anesthesia",
                 "general", "hospitalist", "vascular", "endo", "rheum"});
}

/// The only word of a field: "Neo: Feldstein."
bool EnglishPeople::whole_value(std::size_t first) const {
  const std::size_t previous = first - 1;
  if (words_[previous].number || text_[words_[previous].stop] != U':' ||
      !joined(previous, U":") || looks_like_verb(first) || state(first)) {
    return false;
  }
  const char32_t end = text_[words_[first].stop];
  return end == 0 || end == U'.' || end == U';' || end == U'\n' || end == U'(' ||
         (first + 1 < words_.size() && wide_gap(first));
}

bool EnglishPeople::given_name(std::size_t first, std::size_t last) const {
  return in_list(WordList::kGivenNames, words_[first].lower) ||
         in_list(WordList::kGivenNames, words_[last].lower);
}

bool EnglishPeople::eponym_pair(std::size_t first, std::size_t last) const {
  return last == first + 1 &&
         in_list(WordList::kEponymPairs, words_[first].lower + "-" + words_[last].lower);
}

bool EnglishPeople::short_and_shouted(std::size_t i) const {
  const std::size_t letters = words_[i].stop - words_[i].start;
  return letters >= 2 && letters <= 4 && all_capitals(i, i);
}

bool EnglishPeople::something(std::size_t first, std::size_t last) const {
  if (last > first && short_and_shouted(first) && !all_capitals(first, last)) {
    return true;  // "IIB Ann Arbor"
  }
  const std::size_t next = last + 1;
  return next < words_.size() && joined(last) &&
         (state(next) || multiplied(next) || in_list(WordList::kEponymHeads, words_[next].lower) ||
          (words_[next].number && !aged(last)));
}

bool EnglishPeople::signed_by(std::size_t last) const {
  const std::size_t next = last + 1;
  return next < words_.size() && joined(last, U",") && all_capitals(next, next) &&
         any(next, {"rn", "np", "lpn", "lvn", "cna", "rph", "lcsw", "msw", "dds", "dpm", "crna",
                    "aprn", "cnm", "dpt", "slp", "pa-c", "facc", "facs", "lpc", "cgc"});
}

bool EnglishPeople::drug_at(std::size_t first, std::size_t last) const {
  std::size_t unit = last + 1;
  while (unit < words_.size() && words_[unit].number && unit < last + 3 &&
         joined(unit - 1, U"().")) {
    ++unit;  // "4", "5", "g"
  }
  const bool dose = unit > last + 1 &&
                    (has_unit(unit - 1) || any(unit, {"mg", "mcg", "g", "gm", "ml", "units",
                                                      "unit", "meq", "tablets", "puffs"}));
  const bool taken = first > 0 && joined(first - 1) &&
                     any(first - 1, {"start", "started", "continue", "continued", "stop",
                                     "stopped", "hold", "resume", "resumed", "taking",
                                     "prescribed", "p"}) &&
                     (!is(first - 1, "p") || text_[words_[first - 1].start - 1] == U'/');
  return first == last && (dose || taken);
}
bool EnglishPeople::has_unit(std::size_t i) const {
  const std::string& word = words_[i].lower;
  return word.ends_with("mg") || word.ends_with("mcg") || word.ends_with("ml");
}

}  // namespace emr::desensitize
