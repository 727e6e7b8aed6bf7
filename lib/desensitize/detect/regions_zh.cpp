#include "desensitize/detect/regions_zh.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "desensitize/detect/word_index.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/counties_zh.inc"
#include "desensitize/detect/places_zh.inc"

/// "积石山保安族东乡族撒拉族自治县" is the longest.
constexpr std::size_t kLongest = 15;
constexpr std::size_t kLongestPlain = 7;

const std::vector<std::u32string_view>& counties() {
  static const auto kAll = [] {
    std::vector<std::u32string_view> all;
    for (std::u32string_view rest = kCounties; !rest.empty();) {
      const std::size_t stop = std::min(rest.find(U'|'), rest.size());
      all.push_back(rest.substr(0, stop));
      rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    return all;
  }();
  return kAll;
}

const WordIndex& counties_by_start() {
  static const WordIndex kIndex(WordIndex::By::kFirstTwo, counties());
  return kIndex;
}

const WordIndex& counties_by_end() {
  static const WordIndex kIndex(WordIndex::By::kLastTwo, counties());
  return kIndex;
}

const WordIndex& places() {
  static const WordIndex kIndex = [] {
    std::vector<std::u32string_view> names(kProvinces.begin(), kProvinces.end());
    names.insert(names.end(), kCities.begin(), kCities.end());
    return WordIndex(WordIndex::By::kFirstTwo, names);
  }();
  return kIndex;
}

}  // namespace

std::u32string place_first_characters() {
  std::u32string characters;
  for (const auto& name : kProvinces) {
    characters.push_back(name[0]);
  }
  for (const auto& name : kCities) {
    characters.push_back(name[0]);
  }
  return characters;
}

std::size_t place_at(const DecodedText& text, std::size_t at) {
  return places().longest_at(text, at).size();
}

std::size_t county_at(const DecodedText& text, std::size_t at) {
  // The shortest one, and only those that say what they are.
  const WordIndex::Words names = counties_by_start().of(text[at], text[at + 1]);
  for (std::size_t i = names.size(); i > 0; --i) {
    const std::u32string_view name = names[i - 1];
    if (ends_county(name.back()) && text.starts(at, name)) {
      return name.size();
    }
  }
  return 0;
}

std::size_t county_stem_at(const DecodedText& text, std::size_t at) {
  for (const std::u32string_view name : counties_by_start().of(text[at], text[at + 1])) {
    const bool of_a_people = name.size() > 4 && name[name.size() - 2] == U'治';  // 陵水|黎族自治县
    const std::u32string_view stem = name.substr(0, of_a_people ? 2 : name.size() - 1);
    if (stem.size() >= 2 && ends_county(name.back()) && text.starts(at, stem)) return stem.size();
  }
  return 0;
}

std::size_t county_before(const DecodedText& text, std::size_t stop) {
  // Only 自治县 and 自治旗 have long names.
  const std::size_t most = text[stop - 2] == U'治' ? kLongest : kLongestPlain;
  for (const std::u32string_view name : counties_by_end().of(text[stop - 2], text[stop - 1])) {
    if (name.size() <= most && text.stops(stop, name)) {
      return name.size();
    }
  }
  return 0;
}

}  // namespace emr::desensitize
