#include "desensitize/detect/english_alone.h"

#include <algorithm>
#include <string>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {
namespace {

bool is_big(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_big(c) || (c >= 'a' && c <= 'z'); }

std::string lower(std::string_view word) {
  std::string small(word);
  for (char& c : small) c = is_big(c) ? static_cast<char>(c + 32) : c;
  return small;
}

/// Cuts the first word off, or "".
std::string_view next_word(std::string_view& text) {
  while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  const auto stop = std::find_if_not(text.begin(), text.end(), is_letter);
  const std::string_view word = text.substr(0, static_cast<std::size_t>(stop - text.begin()));
  text.remove_prefix(word.size());
  return word;
}

/// "K. Brennan", and no "Factor V Leiden": an initial has its full stop behind it.
bool is_initial(std::string_view word, std::string_view behind) {
  return word.size() == 1 && behind.starts_with('.');
}

/// "Patient", "reports", "RN": what stands beside people.
bool speaks_of_person(std::string_view word) {
  const std::string small = lower(word);
  const bool shouted = word.size() <= 4 && std::all_of(word.begin(), word.end(), is_big);
  return (shouted && word.size() > 1) || in_list(WordList::kDuties, small) ||
         in_list(WordList::kDeeds, small) || small == "is" || small == "was" || small == "has" ||
         small == "by";
}

}  // namespace

bool is_ordinary_word(std::string_view word) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (word.empty() || word.find_first_not_of(kLetters) != word.npos) return false;
  const std::string small = lower(word);
  return in_list(WordList::kOrdinary, small) || in_list(WordList::kMedical, small) ||
         in_list(WordList::kCommon, small) || in_list(WordList::kConditions, small) ||
         ends_medically(small);
}

bool has_given_name(std::string_view words) {
  const std::string_view first = next_word(words);
  std::string_view last = first;
  for (std::string_view word = first; !word.empty(); word = next_word(words)) last = word;
  if (in_list(WordList::kEponymPairs, lower(first) + "-" + lower(last))) return false;
  const bool is_given = in_list(WordList::kGivenNames, lower(first)) ||
                        in_list(WordList::kGivenNames, lower(last));
  // "Frank Hematuria", "Timothy Grass": what stands beside it is no surname.
  return is_given && (first.data() == last.data() || !is_ordinary_word(last));
}

bool could_be_term(std::string_view text, std::size_t start, std::size_t stop) {
  const std::string_view run = text.substr(start, stop - start);
  if (has_given_name(run)) return false;
  std::string_view before = text.substr(0, start);
  for (auto word = next_word(before); !word.empty(); word = next_word(before)) {
    if (!is_big(word.front()) || speaks_of_person(word) || is_initial(word, before)) return false;
  }
  std::string_view inside = run;
  for (auto word = next_word(inside); !word.empty(); word = next_word(inside)) {
    if (is_initial(word, inside)) return false;
  }
  std::string_view behind = text.substr(stop);
  const std::string_view next = next_word(behind);
  return next.empty() || !(speaks_of_person(next) || is_initial(next, behind));
}

}  // namespace emr::desensitize
