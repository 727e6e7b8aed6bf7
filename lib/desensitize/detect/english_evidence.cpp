#include "desensitize/detect/english_evidence.h"

#include <algorithm>

namespace emr::desensitize {

std::size_t EnglishEvidence::capitals_from(std::size_t i) const {
  std::size_t last = i;
  while (joined(last) && words_[last + 1].capital && last - i < 5) {
    ++last;
  }
  return last;
}

bool EnglishEvidence::ordinary(std::size_t first, std::size_t last) const {
  for (std::size_t k = first; k <= last; ++k) {
    if (!in_list(WordList::kOrdinary, words_[k].lower) &&
        !in_list(WordList::kCommon, words_[k].lower)) {
      return false;
    }
  }
  return true;
}

bool EnglishEvidence::medical(std::size_t first, std::size_t last) const {
  bool any_medical = false;
  bool all = true;
  for (std::size_t k = first; k <= last; ++k) {
    const bool here =
        in_list(WordList::kMedical, words_[k].lower) || ends_medically(words_[k].lower);
    any_medical = any_medical || here;
    all = all && (here || in_list(WordList::kOrdinary, words_[k].lower) ||
                  in_list(WordList::kEponymHeads, words_[k].lower) ||
                  words_[k].stop - words_[k].start <= 2);
  }
  if (any_medical && all) {
    return true;
  }
  const std::size_t stop = words_[last].stop;
  const bool owner = (text_[stop] == U'\'' || text_[stop] == 0x2019) && text_[stop + 1] == U's' &&
                     text_[stop + 2] == U' ';
  const std::size_t head = last + (owner ? 2 : 1);
  return first == last && head < words_.size() && (joined(last) || owner) &&
         in_list(WordList::kEponymHeads, words_[head].lower);
}

bool EnglishEvidence::organization(std::size_t first, std::size_t last) {
  for (std::size_t k = first; k <= last && last > first; ++k) {
    const bool antigen = is(k, "ag") && text_[words_[k].stop - 1] == U'g';  // HIV Ag, Siemens AG
    const bool spelt = !antigen && words_[k].lower.size() == words_[k].stop - words_[k].start;
    if (spelt && in_list(WordList::kOrganizations, words_[k].lower)) {
      return true;
    }
    if (k > first + 1 && any(k, {"home", "house", "care"}) &&
        any(k - 1, {"funeral", "care", "nursing", "group", "urgent", "mcdonald", "home"})) {
      return true;  // Oakfield Care Home
    }
  }
  return employer_before(first) || business_behind(last) || second_line(first, last);
}

bool EnglishEvidence::employer_before(std::size_t first) const {
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

bool EnglishEvidence::followed_by_end(std::size_t first) const {
  const char32_t after = text_[words_[capitals_from(first)].stop];
  return after == 0 || after == U'.' || after == U',' || after == U'\n';
}

bool EnglishEvidence::business_behind(std::size_t last) const {
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

bool EnglishEvidence::begins_line(const std::string& word, std::size_t stop) {
  if (line_starts_.empty()) {
    for (std::size_t k = 0; k < words_.size(); ++k) {
      if (words_[k].line_start) {
        line_starts_.push_back(k);
      }
    }
    std::stable_sort(
        line_starts_.begin(), line_starts_.end(),
        [this](std::size_t a, std::size_t b) { return words_[a].lower < words_[b].lower; });
  }
  const auto found = std::lower_bound(
      line_starts_.begin(), line_starts_.end(), word,
      [this](std::size_t k, const std::string& wanted) { return words_[k].lower < wanted; });
  return found != line_starts_.end() && words_[*found].lower == word && *found < stop;
}

bool EnglishEvidence::second_line(std::size_t first, std::size_t last) {
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
  if (begins_line(words_[first].lower, above)) {
    return false;  // the person's name for the second time
  }
  const std::size_t below = last + 1;
  return words_[below].number || (is(below, "the") && is(below + 1, "corner")) ||
         any(below, {"psc", "unit", "usns", "uscgc", "usnv", "po", "p"}) ||
         words_[below].lower == words_[above].lower;
}

bool EnglishEvidence::gap(std::size_t i) const {
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

bool EnglishEvidence::double_name(std::size_t i) const {
  const std::size_t start = words_[i].start;
  for (std::size_t at = start + 3; at + 3 < words_[i].stop; ++at) {
    if (text_[at] == U'-') {
      return is_upper(text_[at + 1]) && is_word_letter(text_[at + 2]);
    }
  }
  return false;
}

bool EnglishEvidence::camel_case(std::size_t i) const {
  for (std::size_t at = words_[i].start + 3; at + 1 < words_[i].stop; ++at) {
    if (is_upper(text_[at]) && is_letter(text_[at - 1]) && !is_upper(text_[at - 1]) &&
        !words_[i].lower.starts_with("mac") && is_letter(text_[at + 1])) {
      return true;
    }
  }
  return false;
}

bool EnglishEvidence::place_before(std::size_t first, std::size_t last) const {
  if (first == 0) {
    return false;
  }
  if (is(first - 1, "where") && text_[words_[first - 1].stop] == U':') {
    return true;
  }
  if (!joined(first - 1)) {
    return false;
  }
  if (is(first - 1, "in") && first > 1 &&
      any(first - 2, {"brought", "came", "checked", "called", "let", "wheeled", "took"})) {
    return false;  // EMS brought in John Doe
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

bool EnglishEvidence::motion_before(std::size_t preposition) const {
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

bool EnglishEvidence::looks_like_verb(std::size_t i) const {
  const std::string& word = words_[i].lower;
  if (in_list(WordList::kGivenNames, word)) return false;  // Kimberly, Alfred
  if (word.size() > 5 && (word.ends_with("ing") || word.ends_with("ed") ||
                          word.ends_with("ly") || word.ends_with("ized"))) {
    return true;
  }
  for (std::size_t at = words_[i].start; at < words_[i].stop; ++at) {
    if (text_[at] == U'\'' && !is_upper(text_[at + 1])) {
      return true;  // but O'Dell
    }
  }
  return false;
}

bool EnglishEvidence::all_capitals(std::size_t first, std::size_t last) const {
  for (std::size_t at = words_[first].start; at < words_[last].stop; ++at) {
    if (is_word_letter(text_[at]) && !is_upper(text_[at])) {
      return false;
    }
  }
  return true;
}

}  // namespace emr::desensitize
