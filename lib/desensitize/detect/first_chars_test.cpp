#include "desensitize/detect/first_chars.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "desensitize/detect/text.h"

namespace emr::desensitize {
namespace {

/// ASCII, full width, ideographs, beyond the basic plane.
char32_t any_character(std::mt19937& random) {
  const char32_t first[] = {U' ', 0xFF01, 0x4E00, 0x20000};
  return first[random() % 4] + static_cast<char32_t>(random() % 94);
}

std::vector<std::size_t> places(const DecodedText& text, const FirstChars& firsts) {
  std::vector<std::size_t> all;
  for_each_first(text, firsts, [&](std::size_t at) { all.push_back(at); });
  return all;
}

}  // namespace

TEST_CASE("first characters: every place is named, and no other than a filter would name") {
  std::mt19937 random(20250305);
  for (int round = 0; round < 400; ++round) {
    std::string bytes;
    for (std::size_t size = random() % 200; size > 0; --size) {
      append_utf8(bytes, any_character(random));
    }
    const DecodedText text(bytes);
    FirstChars firsts;
    CharFilter filter;
    std::set<char32_t> wanted;
    for (std::size_t count = random() % 24; count > 0; --count) {  // also more than are compared
      const char32_t c = fold(any_character(random));
      firsts.add(c);
      filter.add(c);
      wanted.insert(c);
    }
    const std::vector<std::size_t> found = places(text, firsts);
    CHECK(std::is_sorted(found.begin(), found.end()));
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool named = std::binary_search(found.begin(), found.end(), i);
      CHECK((!wanted.contains(text[i]) || named));
      CHECK(named == filter.may_hold(text[i]));
    }
  }
}

TEST_CASE("first characters: cleared, they are nowhere") {
  FirstChars firsts;
  firsts.add(U'王');
  const DecodedText text("王，王");
  CHECK(places(text, firsts) == std::vector<std::size_t>{0, 2});
  firsts.clear();
  CHECK(places(text, firsts).empty());
}

}  // namespace emr::desensitize
