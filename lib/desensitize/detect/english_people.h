// What says that capitalised words of a clinical note are a person. In letters and stories a lone
// capitalised word is one unless something speaks against it; in notes ("Lachman positive, Advair
// BID, Informant: self") it is an eponym, a drug or a label unless something speaks for it.
#pragma once

#include <string>

#include "desensitize/detect/english_evidence.h"

namespace emr::desensitize {

/// Every run is given by its first and last word.
class EnglishPeople : protected EnglishEvidence {
 protected:
  explicit EnglishPeople(const EnglishText& english) : EnglishEvidence(english) {}

  /// "daughter Latisha", "K. Brennan", "Kendra reports", "spoke with Odom": somebody is meant.
  bool spoken_of(std::size_t first, std::size_t last) const;
  /// A frequent one at either end of the run.
  bool given_name(std::size_t first, std::size_t last) const;
  /// CM, SW, HCP: the same in letters that are units and more in others.
  bool manager(std::size_t i) const {
    return all_capitals(i, i) && any(i, {"cm", "sw", "ot", "ma", "rt", "hcp", "poa", "nok"});
  }
  /// Mother, nurse, officer: who somebody is.
  bool role(std::size_t i) const { return listed(WordList::kDuties, i); }
  /// "Austin Flint murmur", "Le Fort I", "Berg 41/56", "Foley out": something is meant.
  bool something(std::size_t first, std::size_t last) const;
  /// "Le Fort": written like a first and a last name.
  bool eponym_pair(std::size_t first, std::size_t last) const;
  /// "DEA", "BID": an abbreviation.
  bool short_and_shouted(std::size_t i) const;
  /// "Shaniqua|, RN": behind them letters that are no state's.
  bool signed_by(std::size_t last) const;
  /// "Pediarix 0.5 mL", "started Zosyn", "s/p Whipple": no person is given or done.
  bool drug_at(std::size_t first, std::size_t last) const;
  /// "Informant:", "Adm:".
  bool label(std::size_t first, std::size_t last) const;

 private:
  bool has_unit(std::size_t i) const;
  bool service(std::size_t i) const;
  bool listed(WordList list, std::size_t i) const {
    return i < words_.size() && in_list(list, words_[i].lower);
  }
  bool acts(std::size_t i) const { return listed(WordList::kDeeds, i); }
  /// "positive", "removed", "BID".
  bool state(std::size_t i) const { return listed(WordList::kConditions, i); }
  bool before(std::size_t first) const;
  bool whole_value(std::size_t first) const;
  bool multiplied(std::size_t i) const;
  bool met_somebody(std::size_t first) const;
  bool aged(std::size_t last) const;
};

}  // namespace emr::desensitize
