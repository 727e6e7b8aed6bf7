#include "desensitize/detect/words_zh.h"

#include <algorithm>
#include <array>

#include "desensitize/detect/labels_zh.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/ordinary_zh.inc"
#include "desensitize/detect/words_zh.inc"

}  // namespace

OrdinaryWords::OrdinaryWords(std::u32string_view pairs, std::u32string_view triples) {
  char32_t first = 0;
  for (const char32_t c : pairs) {
    if (c == U'|') {
      first = 0;
    } else if (first == 0) {
      first = c;
    } else {
      words_.insert(key(first, c, 0));
    }
  }
  for (std::size_t i = 0; i + 2 < triples.size(); i += 3) {
    words_.insert(key(triples[i], triples[i + 1], triples[i + 2]));
  }
}

NameWords::NameWords()
    : ordinary(kOrdinaryPairs, kOrdinaryTriples), frequent(kFrequentPairs, {}),
      compound(kCompoundSurnames), ethnic(kEthnicNames), friends(kFalseFriends),
      followers(kFollowers) {
  for (const std::u32string_view label : name_labels()) {
    labels[label.back()].push_back(label);
    label_starts[label.front()].push_back(label);
  }
  for (auto& entry : labels) {
    std::sort(entry.second.begin(), entry.second.end(),
              [](auto a, auto b) { return a.size() > b.size(); });
  }
}

const NameWords& name_words() {
  static const NameWords all;
  return all;
}

}  // namespace emr::desensitize
