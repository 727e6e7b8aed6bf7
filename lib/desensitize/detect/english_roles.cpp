// People by the word before them, in whatever letters they are written: "pt jorge …", "SURGEON:
// HENRIK …", "Capt Siobhan …", "wife marisol …", "HALVORSEN, BRITTA M". Capital letters are no
// evidence in a note that has none or nothing else.
#include <array>

#include "desensitize/detect/english_evidence.h"

namespace emr::desensitize {
namespace {

class RoleFinder : private EnglishEvidence {
 public:
  RoleFinder(const EnglishText& english, Finds& finds) : EnglishEvidence(english), finds_(finds) {}

  void run() {
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
      if (words_[i].number) continue;
      if (colon_label(i)) {
        behind_label(i + 1);
      } else if ((title_or_rank(i) || small_doctor(i)) && joined(i, U".")) {
        behind_title(i + 1);
      } else if (relative(i) && joined(i, U",(")) {
        if (!words_[i + 1].capital && unknown(i + 1) && joined(i) &&
            in_list(WordList::kGivenNames, words_[i + 1].lower) && !unknown(i + 2)) {
          add(i + 1, i + 1, 45);  // his wife donna has been…
        } else if (!words_[i + 1].capital) {
          small_name(i + 1);
        } else if (all_capitals(i + 1, i + 1) || (unknown(i + 1) && unknown(i + 2))) {
          last_first(i + 1);
        }
      }
    }
  }

 private:
  void add(std::size_t first, std::size_t last, int weight) {
    const std::size_t stop = words_[last].stop;
    const std::size_t dot = last > first && initial(last) && text_[stop] == U'.' ? 1 : 0;
    finds_.push_back({words_[first].start, stop + dot, SpanType::kName, weight});
  }

  /// "Surgeon:", "PT NAME:", "Verified by:": the field of a person.
  bool colon_label(std::size_t i) const {
    std::size_t at = words_[i].stop;
    while (text_[at] == U' ') ++at;
    if (text_[at] != U':') return false;
    if (is(i, "by")) {
      return i > 0 && any(i - 1, {"verified", "dictated", "signed", "reviewed", "performed",
                                  "transcribed", "taken", "seen", "ordered", "collected",
                                  "written", "entered", "completed", "authored", "read",
                                  "reported", "approved", "prepared", "witnessed", "referred"});
    }
    if (is(i, "to")) {
      return i > 0 && any(i - 1, {"report", "referred", "reported", "assigned", "released"});
    }
    if (is(i, "name")) {
      return i == 0 || !any(i - 1, {"drug", "facility", "hospital", "clinic", "company", "study",
                                    "test", "medication", "product", "brand", "generic", "file"});
    }
    return any(i, {"patient", "pt", "surgeon", "assistant", "anesthesiologist", "anesthetist",
                   "physician", "provider", "attending", "resident", "intern", "nurse", "rn",
                   "ordering", "referring", "consultant", "author", "witness", "guardian",
                   "spouse", "dictated", "signed", "radiologist", "pathologist", "pharmacist",
                   "therapist", "technologist", "interpreter", "caregiver", "kin", "contact",
                   "physicians", "cosigner", "scribe", "pcp", "md", "clinician", "midwife",
                   "subscriber", "insured", "beneficiary", "officer", "informant", "certifier",
                   "decedent", "deceased", "caller", "client", "claimant", "requesting", "present",
                   "crew", "attendees", "participants", "driver", "recorder", "submitting"});
  }
  /// Titles, and ranks of the armed forces.
  bool title_or_rank(std::size_t i) const {
    if (is_title(i) && !any(i, {"sir", "nurse", "doctor"})) return true;
    return any(i, {"capt", "cpt", "ssgt", "tsgt", "msgt", "smsgt", "cmsgt", "sgt", "maj", "ltc",
                   "ltcol", "col", "lt", "1lt", "2lt", "pfc", "spc", "cpl", "cdr", "lcdr", "ens",
                   "gysgt", "amn", "sra", "hmc", "pvt"});
  }
  /// "by doctor finkelstein on…": dictated, where nothing is capitalised.
  bool small_doctor(std::size_t i) const {
    return is(i, "doctor") && unknown(i + 1) && !words_[i + 1].capital;
  }
  bool relative(std::size_t i) const {
    return any(i, {"wife", "husband", "son", "daughter", "mother", "father", "brother", "sister",
                   "spouse", "partner", "caregiver", "grandson", "granddaughter", "pt", "patient",
                   "niece", "nephew", "aunt", "uncle", "inmate", "client"});
  }

  /// A word that is no word of the language: in lower case nothing else marks a name.
  bool unknown(std::size_t i) const {
    if (i >= words_.size() || words_[i].number || words_[i].lower.size() < 3) return false;
    const std::string& word = words_[i].lower;
    for (const WordList list :
         {WordList::kCommon, WordList::kOrdinary, WordList::kMedical, WordList::kOrganizations,
          WordList::kEponymHeads, WordList::kCountries, WordList::kNationalities}) {
      if (in_list(list, word)) return false;
    }
    return !ends_medically(word) && !word.ends_with("ed") && !word.ends_with("ing") &&
           !word.ends_with("ly") &&
           word.find_first_of("0123456789") == std::string::npos;
  }
  bool initial(std::size_t i) const {
    return i < words_.size() && words_[i].capital && words_[i].stop - words_[i].start == 1;
  }
  bool credential(std::size_t i) const {
    return any(i, {"md", "do", "rn", "np", "pa", "pa-c", "pac", "lpn", "dds", "phd", "crna", "ma",
                   "dob", "mrn", "age", "sex", "verified", "rm", "room",
                   "bed", "pharmd", "rph", "pt", "ot", "aprn"});
  }
  /// May this word belong to a name behind a label? Ordinary words only when capitalised.
  bool part(std::size_t i) const {
    return i < words_.size() && !words_[i].number && !credential(i) && !is_title(i) &&
           (initial(i) || (words_[i].capital && !in_list(WordList::kMedical, words_[i].lower) &&
                           !in_list(WordList::kCommon, words_[i].lower)) ||
            unknown(i));
  }

  /// Whatever else it means, behind a given name: "Thomas Fitzpatrick".
  bool surname(std::size_t i) const {
    return in_list(WordList::kGivenNames, words_[i - 1].lower) && capital(i) && joined(i - 1) &&
           !credential(i);
  }

  /// "NGUYEN, THUY LINH", "Henrik Aalto", "J. Makowski", "halvorsen, britta m".
  void behind_label(std::size_t i) {
    if (title_or_rank(i) && joined(i, U".")) ++i;
    if (last_first(i)) return;
    if (!part(i)) return;
    std::size_t last = i;
    bool comma = false;
    while (last + 1 < words_.size() && last - i < 3 && (part(last + 1) || surname(last + 1))) {
      const bool dot = initial(last) && joined(last, U".");
      const bool turned = !comma && last == i && joined(last, U",");
      if (!joined(last) && !dot && !turned) break;
      if (wide_gap(last)) break;
      comma = comma || (turned && !joined(last) && !dot);
      ++last;
    }
    const bool sure = last > i || unknown(i);
    if (sure && !(last == i && initial(i)) && !medical(i, last)) add(i, last, 53);
  }
  /// "DE LA CRUZ, MARIA ELENA", "Young, Peter": a comma between capitalised words proves them,
  /// whatever else they mean.
  bool last_first(std::size_t i) {
    std::size_t family = i;
    while (family + 1 < words_.size() && family - i < 3 && capital(family) && joined(family) &&
           !wide_gap(family)) {
      ++family;
    }
    if (family + 1 >= words_.size() || !capital(family) || text_[words_[family].stop] != U',' ||
        !joined(family, U",") || wide_gap(family) || !capital(family + 1) ||
        credential(family + 1) || medical(i, family) || medical(family + 1, family + 1)) {
      return false;
    }
    std::size_t last = family + 1;
    while (last + 1 < words_.size() && last - family < 3 && joined(last) && !wide_gap(last) &&
           part(last + 1) && words_[last + 1].capital) {
      ++last;
    }
    add(i, last, 53);
    return true;
  }
  bool capital(std::size_t i) const { return words_[i].capital && !words_[i].number; }

  void behind_title(std::size_t i) {
    if (!unknown(i) && !(i < words_.size() && words_[i].capital && part(i))) return;
    std::size_t last = i;
    while (last + 1 < words_.size() && last - i < 3 &&
           (joined(last) || (initial(last) && joined(last, U"."))) && !wide_gap(last) &&
           part(last + 1) && words_[last + 1].capital == words_[i].capital) {
      ++last;
    }
    if (!words_[i].capital && last > i) last = i;  // "dr okafor agrees": one word, when small
    add(i, last, 54);
  }
  /// "wife marisol villanueva helps": two unknown words.
  void small_name(std::size_t i) {
    if (!unknown(i) || !unknown(i + 1) || !joined(i) || words_[i + 1].capital) return;
    add(i, i + 1, 45);
  }

  Finds& finds_;
};

}  // namespace

void find_english_roles(const EnglishText& english, Finds& finds) {
  RoleFinder(english, finds).run();
}

}  // namespace emr::desensitize
