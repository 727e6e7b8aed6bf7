#include "desensitize/detect/words_zh.h"

#include <algorithm>
#include <array>

#include "desensitize/detect/labels_zh.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/words_zh.inc"

}  // namespace

NameWords::NameWords()
    : compound(kCompoundSurnames), friends(kFalseFriends), followers(kFollowers) {
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
