// What the English detectors share: the words of a text and small questions about them. Internal to
// the english_*.cpp files.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

enum class WordList : std::uint8_t {
  kCommon,         ///< capitalised at the start of sentences without being names
  kCountries,      ///< and states and great cities
  kNationalities,
  kStreets,
  kOrganizations,  ///< Inc, University, Hospital
  kMedical,        ///< anatomy, findings, drugs, eponyms, tests
  kFindings,       ///< those of them that make a text a clinical note
  kEponymHeads,    ///< disease, sign, fracture: what eponyms stand before
  kOrdinary,       ///< frequent words that are no names when they stand alone
  kGivenNames,
  kEponymPairs,    ///< "austin-flint": two capitalised words that name no person
  kDuties,         ///< mother, nurse, officer: who somebody is
  kDeeds,          ///< reports, visits: what people do
  kConditions,     ///< positive, removed, daily: what is said of findings, devices and drugs
};
/// `word` in lower case.
bool in_list(WordList list, const std::string& word);

/// Does it end like findings, operations and drugs do (-itis, -ectomy, -cillin)?
bool ends_medically(const std::string& word);

bool is_word_letter(char32_t c);
bool is_upper(char32_t c);

struct Word {
  std::size_t start = 0;
  std::size_t stop = 0;
  std::string lower;  ///< ASCII letters folded; others dropped
  bool capital = false;
  bool number = false;
  bool after_break = false;  ///< first of a sentence or a line
  bool line_start = false;
};

/// The words of one text; the base of the finders.
class EnglishText {
 public:
  explicit EnglishText(const DecodedText& text) : text_(text) {
    split();
    clinical_ = speaks_of_findings();
  }

 protected:
  bool is(std::size_t i, std::string_view word) const {
    return i < words_.size() && words_[i].lower == word;
  }
  bool any(std::size_t i, std::initializer_list<std::string_view> choices) const;
  /// Only blanks (and `also`) between word i and the next one, on one line.
  bool joined(std::size_t i, std::u32string_view also = U"") const;
  /// Three blanks or more before the next word, which must exist: the next field of a form. (Two
  /// are typed between names, too.)
  bool wide_gap(std::size_t i) const { return words_[i + 1].start - words_[i].stop > 2; }
  bool is_title(std::size_t i) const;
  /// The small words inside names: de, van, der, la.
  bool connector(std::size_t i) const;

  /// Is this a note ("BP 120/80, Lasix held"), and no letter or story? Findings, doses and
  /// abbreviations tell.
  bool clinical() const { return clinical_; }

  const DecodedText& text_;
  std::vector<Word> words_;

 private:
  void split();
  bool speaks_of_findings() const;
  bool shouted(std::size_t i) const;
  bool possessive(std::size_t i) const;

  bool clinical_ = false;
};

/// Each reads the words of `english` (which must outlive the call) and appends its finds.
void find_english_numbers(const EnglishText& english, Finds& finds);
void find_english_addresses(const EnglishText& english, Finds& finds);
void find_english_names(const EnglishText& english, Finds& finds);
void find_english_roles(const EnglishText& english, Finds& finds);

}  // namespace emr::desensitize
