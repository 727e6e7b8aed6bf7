#include "desensitize/detect/words_zh.h"

#include "desensitize/detect/labels_zh.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/ordinary_zh.inc"
#include "desensitize/detect/words_zh.inc"

}  // namespace

PairSet::PairSet(std::span<const std::u32string_view> words)
    : filter_(words.size()), words_(words.size()) {
  for (const std::u32string_view word : words) {
    filter_.add(word[0], word[1]);
    words_.add(word_number(word[0], word[1]));
  }
}

OrdinaryWords::OrdinaryWords(std::u32string_view pairs, std::u32string_view triples)
    : pairs_(pairs.size()), triples_(triples.size() / 3),
      words_(pairs.size() + triples.size() / 3) {
  char32_t first = 0;
  for (const char32_t c : pairs) {
    if (c == U'|') {
      first = 0;
    } else if (first == 0) {
      first = c;
    } else {
      pairs_.add(first, c);
      words_.add(word_number(first, c));
    }
  }
  for (std::size_t i = 0; i + 2 < triples.size(); i += 3) {
    triples_.add(triples[i] ^ triples[i + 2] << 7, triples[i + 1]);
    words_.add(word_number(triples[i], triples[i + 1], triples[i + 2]));
  }
}

NameWords::NameWords()
    : ordinary(kOrdinaryPairs, kOrdinaryTriples), frequent(kFrequentPairs, {}),
      compound(kCompoundSurnames), countries(kCountries), ethnic(kEthnicNames),
      given_words(kGivenWords), surname_ends(kSurnameEnds),
      friends(kFalseFriends),
      followers(kFollowers), labels(WordIndex::By::kLastTwo, name_labels()),
      label_starts(WordIndex::By::kFirstTwo, name_labels()) {}

const NameWords& name_words() {
  static const NameWords all;
  return all;
}

}  // namespace emr::desensitize
