#include "desensitize/detect/text.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "desensitize/detect/name_evidence_zh.h"

namespace emr::desensitize {
namespace {

/// What names and their proofs are made of, and what stands between them.
std::string any_text(std::mt19937& random, std::size_t most) {
  constexpr std::u32string_view kCharacters = U"王李张伟芳娜买提尔男女岁主任医师、，,:：·| \n1aＡ的患者床𠮷";
  std::string bytes;
  for (std::size_t size = random() % most; size > 0; --size) {
    append_utf8(bytes, kCharacters[random() % kCharacters.size()]);
  }
  return bytes;
}

bool has_bit(std::uint64_t bits, std::size_t i) { return (bits >> (i % 64) & 1) != 0; }

}  // namespace

TEST_CASE("decoded text: nothing stands before and behind it, also after a longer text") {
  std::mt19937 random(20250305);
  DecodedText text;
  for (int round = 0; round < 300; ++round) {
    const std::string bytes = any_text(random, 400);
    text.assign(bytes);
    std::size_t size = 0;
    for (std::size_t at = 0; at < bytes.size(); ++size) {
      CHECK(text[size] == fold(next_code_point(bytes, at)));
    }
    REQUIRE(text.size() == size);
    for (std::size_t away = 0; away < DecodedText::kOutside / 2; ++away) {
      CHECK((text[size + away] | text.marks(size + away)) == 0);
      CHECK((text[0 - away - 1] | text.marks(0 - away - 1)) == 0);
    }
  }
}

TEST_CASE("decoded text: the bits of a block are the marks of its characters") {
  std::mt19937 random(20250306);
  DecodedText text;
  for (int round = 0; round < 300; ++round) {
    const std::string bytes = any_text(random, 300);
    text.assign(bytes);
    const auto wanted = static_cast<std::uint32_t>(random() & random());
    const int before = 1 + static_cast<int>(random() % 8);
    const std::size_t all = (text.size() + 63) / 64 * 64;
    for (std::size_t i = 0; i < all; ++i) {
      CHECK(has_bit(text.marked_block(wanted, i / 64), i) == ((text.marks(i) & wanted) != 0));
      CHECK(has_bit(text.marked_ahead(wanted, i / 64, before), i) ==
            ((text.marks(i + static_cast<std::size_t>(before)) & wanted) != 0));
    }
    CHECK(text.marked_block(~std::uint32_t{0}, all / 64) == 0);
  }
}

TEST_CASE("places: those with a mark and those without take turns") {
  std::mt19937 random(20250307);
  for (int round = 0; round < 300; ++round) {
    const std::string bytes = any_text(random, 200);
    const DecodedText text(bytes);
    Places ideographs(text, kIdeograph);
    for (std::size_t i = 0; i < text.size();) {
      const bool marked = (text.marks(i) & kIdeograph) != 0;
      const std::size_t stop = marked ? ideographs.next_other(i) : ideographs.next(i);
      REQUIRE((stop > i && stop <= text.size()));
      for (; i < stop; ++i) {
        CHECK(((text.marks(i) & kIdeograph) != 0) == marked);
      }
    }
  }
}

TEST_CASE("names: no place of a proof is missed where sixty-four are asked at once") {
  constexpr std::uint32_t kStarts = kCommonSurname | kCompoundStart | kTransliteration;
  std::mt19937 random(20250308);
  std::size_t proved = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string bytes = any_text(random, 200);
    const DecodedText text(bytes);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if ((provable_classes(text, i, text.marks(i)) & kStarts) != 0) {
        CHECK(has_bit(provable_block(text, i / 64), i));
        ++proved;
      }
    }
  }
  CHECK(proved > 1000);
}

}  // namespace emr::desensitize
