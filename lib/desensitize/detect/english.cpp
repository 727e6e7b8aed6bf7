#include "desensitize/detect/english.h"

#include <algorithm>
#include <unordered_set>

#include "desensitize/detect/english_text.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/medical_en.inc"
#include "desensitize/detect/ordinary_en.inc"
#include "desensitize/detect/people_en.inc"
#include "desensitize/detect/terms_en.inc"
#include "desensitize/detect/words_en.inc"

class WordSet {
 public:
  explicit WordSet(std::string_view list) {
    while (!list.empty()) {
      const std::size_t stop = std::min(list.find(' '), list.size());
      words_.emplace(list.substr(0, stop));
      list.remove_prefix(std::min(stop + 1, list.size()));
    }
  }
  bool has(const std::string& word) const { return words_.contains(word); }

 private:
  std::unordered_set<std::string> words_;
};

struct Lists {
  WordSet common{kCommonWords};
  WordSet countries{kCountries};
  WordSet nationalities{kNationalities};
  WordSet streets{kStreetWords};
  WordSet organizations{kOrganizationWords};
  WordSet ordinary{kOrdinaryWords};
  WordSet medical{kMedicalWords};
  WordSet terms{kTermWords};
  WordSet eponym_heads{kEponymHeads};
  WordSet given_names{kGivenNames};
  WordSet eponym_pairs{kEponymPairs};
  WordSet duties{kDutyWords};
  WordSet deeds{kDeedWords};
  WordSet conditions{kConditionWords};
};
const Lists& lists() {
  static const Lists all;
  return all;
}

}  // namespace

bool in_list(WordList list, const std::string& word) {
  switch (list) {
    case WordList::kCommon: return lists().common.has(word);
    case WordList::kCountries: return lists().countries.has(word);
    case WordList::kNationalities: return lists().nationalities.has(word);
    case WordList::kStreets: return lists().streets.has(word);
    case WordList::kOrganizations: return lists().organizations.has(word);
    case WordList::kMedical: return lists().medical.has(word) || lists().terms.has(word);
    case WordList::kFindings: return lists().medical.has(word);
    case WordList::kEponymHeads: return lists().eponym_heads.has(word);
    case WordList::kOrdinary: return lists().ordinary.has(word);
    case WordList::kGivenNames: return lists().given_names.has(word);
    case WordList::kEponymPairs: return lists().eponym_pairs.has(word);
    case WordList::kDuties: return lists().duties.has(word);
    case WordList::kDeeds: return lists().deeds.has(word);
    case WordList::kConditions: return lists().conditions.has(word);
  }
  return false;
}

bool ends_medically(const std::string& word) {
  if (word.size() < 7) return false;
  for (const std::string_view ending :
       {"itis", "osis", "emia", "uria", "opathy", "ectomy", "ostomy", "otomy", "plasty", "scopy",
        "graphy", "cillin", "mycin", "azole", "statin", "sartan", "cycline", "floxacin", "parin",
        "oxone", "prazole", "algia", "plegia", "megaly", "rrhea", "rrhage", "trophy", "penia",
        "ectasis", "sclerosis", "stenosis", "oplasm", "iasis", "cytosis", "ologist", "iatrist",
        "iatrician"}) {
    if (word.ends_with(ending)) return true;
  }
  return false;
}

/// Letters of European scripts; combining marks and apostrophes are handled by the caller.
bool is_word_letter(char32_t c) {
  return is_letter(c) || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) ||
         (c >= 0x370 && c <= 0x52F) || c == 0x2126 || c == 0x2206;  // ohm, increment: Greek
}
bool is_upper(char32_t c) {
  return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) ||
         (c >= 0x100 && c <= 0x17F && c % 2 == 0) || c == 0x160 || c == 0x17D || c == 0x179 ||
         c == 0x17B || c == 0x386 || (c >= 0x388 && c <= 0x38F) || (c >= 0x391 && c <= 0x3A9) ||
         (c >= 0x400 && c <= 0x42F);
}

void EnglishText::split() {
  bool line_start = true;
  bool sentence = true;
  for (std::size_t i = 0; i < text_.size();) {
    const char32_t c = text_[i];
    if (!is_word_letter(c) && !is_digit(c)) {
      line_start = line_start || c == U'\n';
      sentence = sentence || c == U'\n' || c == U'.' || c == U'!' || c == U'?' || c == U':' ||
                 c == U'"' || c == U'\t';
      ++i;
      continue;
    }
    Word word;
    word.start = i;
    word.number = is_digit(c);
    word.capital = is_upper(c);
    word.after_break = sentence;
    word.line_start = line_start;
    while (is_word_letter(text_[i]) || is_digit(text_[i]) ||
           ((text_[i] == U'\'' || text_[i] == 0x2019 || text_[i] == U'-') &&
            is_word_letter(text_[i + 1]) && is_word_letter(text_[i - 1]) &&
            !possessive(i))) {
      if (text_[i] < 0x80) {
        const auto letter = static_cast<char>(text_[i]);
        word.lower.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32)
                                                            : letter);
      }
      ++i;
    }
    word.stop = i;
    words_.push_back(std::move(word));
    line_start = sentence = false;
  }
}
bool EnglishText::speaks_of_findings() const {
  constexpr std::size_t kEnough = 4;  // two clinical words, or one and two abbreviations
  std::size_t weight = 0;
  for (std::size_t i = 0; i < words_.size() && weight < kEnough; ++i) {
    const std::string& word = words_[i].lower;
    if (words_[i].number) continue;
    const bool clinical =
        (in_list(WordList::kFindings, word) || in_list(WordList::kEponymHeads, word) ||
         ends_medically(word) ||
         any(i, {"bid", "tid", "qid", "prn", "mg", "mcg", "mmhg", "dob", "mrn", "bp", "hr", "pt",
                 "hx", "rx", "dx", "po", "iv", "rn", "ct", "mri", "positive", "negative"}));
    const std::size_t letters = words_[i].stop - words_[i].start;
    const bool abbreviation = letters >= 2 && letters <= 4 && shouted(i);
    weight += clinical ? 2 : abbreviation ? 1 : 0;
  }
  return weight >= kEnough;
}
bool EnglishText::shouted(std::size_t i) const {
  for (std::size_t at = words_[i].start; at < words_[i].stop; ++at) {
    if (is_word_letter(text_[at]) && !is_upper(text_[at])) return false;
  }
  return true;
}

/// 's at the end of a word.
bool EnglishText::possessive(std::size_t i) const {
  return text_[i] != U'-' && (text_[i + 1] == U's' || text_[i + 1] == U't' ||
                              text_[i + 1] == U'm' || text_[i + 1] == U'l' ||
                              text_[i + 1] == U'r' || text_[i + 1] == U'v') &&
         (!is_word_letter(text_[i + 2]) || !is_word_letter(text_[i + 3]));
}

bool EnglishText::any(std::size_t i, std::initializer_list<std::string_view> choices) const {
  if (i >= words_.size()) return false;
  const std::string_view word = words_[i].lower;
  for (const std::string_view choice : choices) {
    // Most differ in their length or their first letter.
    if (choice.size() == word.size() && choice[0] == word[0] && choice == word) return true;
  }
  return false;
}

bool EnglishText::joined(std::size_t i, std::u32string_view also) const {
  if (i + 1 >= words_.size()) {
    return false;
  }
  for (std::size_t at = words_[i].stop; at < words_[i + 1].start; ++at) {
    if (text_[at] != U' ' && also.find(text_[at]) == std::u32string_view::npos) {
      return false;
    }
  }
  return true;
}
bool EnglishText::is_title(std::size_t i) const {
  // "MR Brain", "DR Knee": how a picture was made, and of what.
  if (any(i, {"mr", "dr"}) && shouted(i) && joined(i) &&
      in_list(WordList::kMedical, words_[i + 1].lower)) {
    return false;
  }
  return any(i, {"mr", "mrs", "ms", "miss", "dr", "drs", "prof", "professor", "doctor", "nurse",
                 "sir"});
}
bool EnglishText::connector(std::size_t i) const {
  return any(i, {"de", "da", "do", "del", "dos", "das", "di", "della", "van", "von", "der", "den",
                 "la", "le", "les", "el", "los", "las", "du", "des", "e", "y", "u", "v", "ul",
                 "nad", "na", "pod", "ob", "sur", "upon", "am", "im", "an", "bei", "ten", "ter",
                 "of", "dei", "bin", "al"});
}

void find_english(const DecodedText& text, Finds& finds) {
  const EnglishText english(text);
  find_english_numbers(english, finds);
  find_english_addresses(english, finds);
  find_english_roles(english, finds);
  find_english_names(english, finds);
}

}  // namespace emr::desensitize
