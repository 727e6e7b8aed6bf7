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

/// "Patient", "reports", an initial, "RN": what stands beside people.
bool speaks_of_person(std::string_view word) {
  const std::string small = lower(word);
  const bool shouted = word.size() <= 4 && std::all_of(word.begin(), word.end(), is_big);
  return word.size() == 1 || shouted || in_list(WordList::kDuties, small) ||
         in_list(WordList::kDeeds, small) || small == "is" || small == "was" || small == "has" ||
         small == "by";
}

}  // namespace

bool has_given_name(std::string_view words) {
  const std::string_view first = next_word(words);
  std::string_view last = first;
  for (std::string_view word = first; !word.empty(); word = next_word(words)) last = word;
  return in_list(WordList::kGivenNames, lower(first)) ||
         in_list(WordList::kGivenNames, lower(last));
}

bool could_be_term(std::string_view text, std::size_t start, std::size_t stop) {
  const std::string_view run = text.substr(start, stop - start);
  if (has_given_name(run)) return false;
  std::string_view before = text.substr(0, start);
  for (auto word = next_word(before); !word.empty(); word = next_word(before)) {
    if (!is_big(word.front()) || speaks_of_person(word)) return false;
  }
  std::string_view inside = run;
  for (auto word = next_word(inside); !word.empty(); word = next_word(inside)) {
    if (word.size() == 1) return false;
  }
  std::string_view behind = text.substr(stop);
  const std::string_view next = next_word(behind);
  return next.empty() || !speaks_of_person(next);
}

}  // namespace emr::desensitize
