#include "json/scan.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "json/tokenizer.h"

namespace emr::json {
namespace {

TEST_CASE("string stops: found in texts of every length as byte by byte") {
  std::mt19937 random(20250305);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 70, 'x');
    for (char& c : text) {
      const unsigned kind = static_cast<unsigned>(random() % 64);
      c = kind == 0 ? '"' : kind == 1 ? '\\' : kind == 2 ? '\x1F' : kind < 6 ? '\xE5' : c;
    }
    const std::size_t start = random() % (text.size() + 1);
    std::size_t wanted = start;
    bool wanted_high = false;
    for (; wanted < text.size() && !is_string_stop(text[wanted]); ++wanted) {
      wanted_high = wanted_high || static_cast<unsigned char>(text[wanted]) > 0x7F;
    }
    bool high = false;
    CHECK(find_string_stop(text, start, high) == wanted);
    CHECK(high == wanted_high);
    const std::string rest = text.substr(start);
    std::string copy(rest.size() + 1, '-');
    CHECK(copy_plain(copy.data(), rest) == (wanted == text.size()));
    CHECK(copy.back() == '-');
    if (wanted == text.size()) CHECK(copy.compare(0, rest.size(), rest) == 0);
  }
}

}  // namespace
}  // namespace emr::json
