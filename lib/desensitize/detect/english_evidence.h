// What the words around a run of capitalised English words say about it: an employer, a place, a
// finding, a sentence's beginning. Answers questions; english_names.cpp decides.
#pragma once

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {

/// Every run is given by its first and last word.
class EnglishEvidence : protected EnglishText {
 protected:
  explicit EnglishEvidence(const EnglishText& english) : EnglishText(english) {}

  std::size_t capitals_from(std::size_t i) const;
  /// Every word of the run is a word of the language: "Mission Statement", "Pedestrians".
  bool ordinary(std::size_t first, std::size_t last) const;
  /// "Babinski", "CT ABDOMEN", "Ewing sarcoma", "Crohn's disease", "Chest X-ray".
  bool medical(std::size_t first, std::size_t last) const;
  bool organization(std::size_t first, std::size_t last);
  /// "work for", "a year at", "to support", "the CEO of": an employer follows.
  bool employer_before(std::size_t first) const;
  bool followed_by_end(std::size_t first) const;
  /// "… invested heavily", "… website", "… is a German investment bank".
  bool business_behind(std::size_t last) const;
  /// A line of its own between a name and an address, as in a letter head.
  bool second_line(std::size_t first, std::size_t last);
  /// Does a line that begins with this word stand before word `stop`?
  bool begins_line(const std::string& word, std::size_t stop);
  /// Only blanks and quotation marks with exactly one line end behind word i.
  bool gap(std::size_t i) const;
  /// "Mayo-Walters": two surnames are partners, when no first name stands before.
  bool double_name(std::size_t i) const;
  /// "LexisNexis", "YouTube"; not McDonald, MacLean, DeVito.
  bool camel_case(std::size_t i) const;
  bool place_before(std::size_t first, std::size_t last) const;
  /// "travelled to", "are flying to", "arrived at", "back to".
  bool motion_before(std::size_t preposition) const;
  /// "Looking", "Helped", "Unfortunately", "I'd": a sentence begins, not a name.
  bool looks_like_verb(std::size_t i) const;
  bool all_capitals(std::size_t first, std::size_t last) const;

 private:
  /// Words that begin lines, by their letters and then by place; filled when first asked for.
  std::vector<std::size_t> line_starts_;
};

}  // namespace emr::desensitize
