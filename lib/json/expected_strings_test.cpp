// read_expected_strings and take_stop against next(): whatever the text and the guesses, the walk
// is the same.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "base/utf8.h"
#include "json/tokenizer_inline.h"

namespace emr::json {
namespace {

using Random = std::mt19937;

/// Guesses what a plain walk will read, or sometimes something else, and checks what was taken.
struct Oracle {
  Tokenizer plain;
  Random& random;
  WrittenKey key;
  int taken = 0;
  int stops = 0;

  const WrittenKey& expected() {
    Tokenizer ahead = plain;
    const Token token = ahead.next();
    const bool named = token.kind == TokenKind::kKey && random() % 8 != 0;
    key = named ? WrittenKey::of(ahead.content(token)) : WrittenKey::of("other");
    return key;
  }
  void take(std::size_t key_start, std::size_t start, std::size_t stop) {
    CHECK(plain.next().start == key_start);
    const Token value = plain.next();
    CHECK(value.kind == TokenKind::kString);
    CHECK_FALSE(value.escaped);
    CHECK(value.start == start);
    CHECK(value.stop == stop);
    ++taken;
  }
};

/// Takes a stop, where the walk that guesses does.
bool compare_stops(Tokenizer& guessing, Oracle& oracle) {
  if (!guessing.take_stop()) return false;
  const Token stop = oracle.plain.next();
  CHECK((stop.kind == TokenKind::kObjectStop || stop.kind == TokenKind::kArrayStop));
  CHECK(stop.stop == guessing.position());
  ++oracle.stops;
  return true;
}

struct Taken {
  int members = 0;
  int stops = 0;
};
/// What was taken; every other token is compared here.
Taken compare_walks(const std::string& text, Random& random) {
  Limits limits;
  limits.utf8_checked = is_valid_utf8(text);
  Tokenizer guessing(text, Profile::kForeign, limits);
  Oracle oracle{guessing, random, {}};
  for (;;) {
    const int members = oracle.taken;
    const bool may_have_member = guessing.may_have_member();
    guessing.read_expected_strings(oracle);
    CHECK((may_have_member || oracle.taken == members));
    if (compare_stops(guessing, oracle)) continue;
    CHECK(guessing.position() == oracle.plain.position());
    const Token got = guessing.next();
    const Token wanted = oracle.plain.next();
    CHECK(got.kind == wanted.kind);
    CHECK(got.start == wanted.start);
    CHECK(got.stop == wanted.stop);
    CHECK(guessing.fault() == oracle.plain.fault());
    if (got.kind != wanted.kind || wanted.kind == TokenKind::kEnd ||
        wanted.kind == TokenKind::kError) {
      return {oracle.taken, oracle.stops};
    }
  }
}

std::string pick(Random& random, std::initializer_list<const char*> texts) {
  return *(texts.begin() + random() % texts.size());
}

std::string any_value(Random& random, unsigned depth) {
  const unsigned kind = depth == 0 ? 4 : static_cast<unsigned>(random()) % (depth > 3 ? 4 : 6);
  if (kind < 3) {
    return "\"" + pick(random, {"", "张三丰", "a longer text than one block", "\\n", "x\\\""}) + "\"";
  }
  if (kind == 3) return pick(random, {"0", "-1.5e3", "true", "null"});
  const bool object = kind == 4;
  std::string text;
  for (std::size_t left = random() % 6; left > 0; --left) {
    text += text.empty() ? "" : pick(random, {",", ",", ", "});
    text += object ? "\"" + pick(random, {"name", "姓名", "a\\u0062", "note"}) +
                         pick(random, {"\":", "\":", "\" : "})
                   : "";
    text += any_value(random, depth + 1);
  }
  return object ? "{" + text + "}" : "[" + text + "]";
}

void break_somewhere(std::string& text, Random& random) {
  const std::size_t at = random() % (text.size() + 1);
  if (random() % 3 == 0) {
    text.resize(at);
  } else if (at < text.size() && random() % 2 == 0) {
    text[at] = static_cast<char>(random());
  } else {
    text.insert(at, pick(random, {"\"", "\\", ",", ":", "}", "\x01", " ", "1"}));
  }
}

TEST_CASE("expected strings: the walk of whole and broken texts does not depend on guesses") {
  Random random(20250305);
  Taken taken;
  for (int round = 0; round < 4000; ++round) {
    std::string text = any_value(random, 0);
    for (std::size_t breaks = random() % 3; breaks > 0; --breaks) break_somewhere(text, random);
    const Taken more = compare_walks(text, random);
    taken.members += more.members;
    taken.stops += more.stops;
  }
  CHECK(taken.members > 1000);
  CHECK(taken.stops > 1000);
}

TEST_CASE("expected strings: not where UTF-8 was not checked") {
  Random random(1);
  const std::string text = "{\"name\":\"\xFF\"}";
  CHECK(compare_walks(text, random).members == 0);
}

}  // namespace
}  // namespace emr::json
