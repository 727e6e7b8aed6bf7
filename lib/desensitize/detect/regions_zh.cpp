#include "desensitize/detect/regions_zh.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "desensitize/detect/words_zh.h"

namespace emr::desensitize {
namespace {

#include "desensitize/detect/counties_zh.inc"
#include "desensitize/detect/places_zh.inc"

/// "积石山保安族东乡族撒拉族自治县" is the longest.
constexpr std::size_t kLongest = 15;
constexpr std::size_t kLongestPlain = 7;

const std::unordered_set<std::u32string_view>& counties() {
  static const auto kAll = [] {
    std::unordered_set<std::u32string_view> all;
    for (std::u32string_view rest = kCounties; !rest.empty();) {
      const std::size_t stop = std::min(rest.find(U'|'), rest.size());
      all.insert(rest.substr(0, stop));
      rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    return all;
  }();
  return kAll;
}

bool is_county(const DecodedText& text, std::size_t start, std::size_t stop) {
  std::array<char32_t, kLongest> name{};
  for (std::size_t i = start; i < stop; ++i) {
    name[i - start] = text[i];
  }
  return counties().contains(std::u32string_view(name.data(), stop - start));
}

/// The first two characters of every county: most places in a text are no start of one.
const PairSet& county_pairs() {
  static const PairSet kPairs = [] {
    const std::vector<std::u32string_view> names(counties().begin(), counties().end());
    return PairSet(names);
  }();
  return kPairs;
}

const WordsByCharacter& places() {
  static const WordsByCharacter kByFirst = [] {
    WordsByCharacter words;
    for (const auto& name : kProvinces) {
      words.add(name[0], name);
    }
    for (const auto& name : kCities) {
      words.add(name[0], name);
    }
    words.sort_longest_first();
    return words;
  }();
  return kByFirst;
}

const PairSet& place_pairs() {
  static const PairSet kPairs = [] {
    std::vector<std::u32string_view> names(kProvinces.begin(), kProvinces.end());
    names.insert(names.end(), kCities.begin(), kCities.end());
    return PairSet(names);
  }();
  return kPairs;
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
  if (!place_pairs().has(text[at], text[at + 1])) {
    return 0;
  }
  for (const std::u32string_view name : places().of(text[at])) {
    if (text.starts(at, name)) {
      return name.size();
    }
  }
  return 0;
}

std::size_t county_at(const DecodedText& text, std::size_t at) {
  if (!county_pairs().has(text[at], text[at + 1])) {
    return 0;
  }
  for (std::size_t length = 1; length <= kLongest && is_cjk(text[at + length - 1]); ++length) {
    if (length > 1 && ends_county(text[at + length - 1]) && is_county(text, at, at + length)) {
      return length;
    }
  }
  return 0;
}

std::size_t county_before(const DecodedText& text, std::size_t stop) {
  // Only 自治县 and 自治旗 have long names.
  const std::size_t most = text[stop - 2] == U'治' ? kLongest : kLongestPlain;
  std::size_t longest = 0;
  for (std::size_t length = 2; length <= most && length <= stop; ++length) {
    if (!is_cjk(text[stop - length])) {
      break;
    }
    longest = is_county(text, stop - length, stop) ? length : longest;
  }
  return longest;
}

}  // namespace emr::desensitize
