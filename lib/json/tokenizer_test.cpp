// field/cli.md 0.4: what nlohmann's own parser lets through or dies of, our reader refuses by name.
#include "json/tokenizer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace emr::json {
namespace {

/// The fault of a whole document, kNone when it is accepted.
Fault fault_of(std::string_view text, Profile profile, const Limits& limits = {}) {
  Tokenizer tokens(text, profile, limits);
  while (true) {
    const Token token = tokens.next();
    if (token.kind == TokenKind::kEnd) return Fault::kNone;
    if (token.kind == TokenKind::kError) return tokens.fault();
  }
}

/// One letter a token: a readable trace.
std::string trace(std::string_view text, Profile profile) {
  Tokenizer tokens(text, profile);
  std::string out;
  while (true) {
    const Token token = tokens.next();
    out += "{}[]ksntfz.!"[static_cast<std::size_t>(token.kind)];
    if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kError) return out;
  }
}

struct Case {
  const char* text;
  Fault strict;
  Fault foreign;
};

const std::vector<Case>& cases() {
  using enum Fault;
  static const std::vector<Case> table = {
      {"", kEmpty, kEmpty},
      {" \n", kEmpty, kEmpty},
      {"{}", kNone, kNone},
      {"[]", kNone, kNone},
      {"null", kNone, kNone},
      {" {\"a\" : [ 1 , true , false , null , \"x\" ] } ", kNone, kNone},
      {"\xEF\xBB\xBF{}", kBom, kBom},
      {"{} {}", kTrailing, kTrailing},
      {"1 2", kTrailing, kTrailing},
      {"truex", kTrailing, kTrailing},
      {"{", kTruncated, kTruncated},
      {"{\"a", kTruncated, kTruncated},
      {"{\"a\"", kTruncated, kTruncated},
      {"{\"a\":", kTruncated, kTruncated},
      {"[1", kTruncated, kTruncated},
      {"[1,", kTruncated, kTruncated},
      {"tru", kTruncated, kTruncated},
      {"\"\\", kTruncated, kTruncated},
      {"-", kTruncated, kTruncated},
      {"{a:1}", kSyntax, kSyntax},
      {"{'a':1}", kSyntax, kSyntax},
      {"{\"a\":1,}", kSyntax, kSyntax},
      {"[1,]", kSyntax, kSyntax},
      {"[,1]", kSyntax, kSyntax},
      {"[1 2]", kSyntax, kSyntax},
      {"[1}", kSyntax, kSyntax},
      {"{\"a\":1]", kSyntax, kSyntax},
      {"{\"a\" 1}", kSyntax, kSyntax},
      {"{1:1}", kSyntax, kSyntax},
      {"NaN", kSyntax, kSyntax},
      {"nul_", kSyntax, kSyntax},
      {"// c", kSyntax, kSyntax},
      {"+1", kSyntax, kSyntax},
      {".5", kSyntax, kSyntax},
      {"01", kNumber, kNumber},
      {"-01", kNumber, kNumber},
      {"1.", kNumber, kNumber},
      {"1e", kNumber, kNumber},
      {"-x", kNumber, kNumber},
      {"0x10", kTrailing, kTrailing},
      {"1.5", kFraction, kNone},
      {"1e3", kFraction, kNone},
      {"-0", kNumber, kNone},
      {"0", kNone, kNone},
      {"-1", kNone, kNone},
      {"9007199254740991", kNone, kNone},
      {"-9007199254740991", kNone, kNone},
      {"9007199254740992", kIntegerRange, kNone},
      {"9007199254740993", kIntegerRange, kNone},
      {"-9007199254740992", kIntegerRange, kNone},
      {"18446744073709551616", kIntegerRange, kNone},
      {"123456789012345678901234567890", kIntegerRange, kNone},
      {"\"\xC3\xA9\xE5\xBC\xA0\xF0\x9F\x98\x80\"", kNone, kNone},
      {"\"\xFF\"", kUtf8, kUtf8},
      {"\"\xC0\x80\"", kUtf8, kUtf8},
      {"\"\xED\xA0\x80\"", kUtf8, kUtf8},
      {"\"\xE5\xBC\"", kUtf8, kUtf8},
      {"{\"\xE5\":1}", kUtf8, kUtf8},
      {"\xE5\xBC\xA0", kSyntax, kSyntax},
      {"\"a\tb\"", kControl, kControl},
      {"\"a\nb\"", kControl, kControl},
      {"\"\\x\"", kEscape, kEscape},
      {"\"\\u12G4\"", kEscape, kEscape},
      {"\"\\u12\"", kEscape, kEscape},
      {"\"\\ud83d\\ude00\"", kNone, kNone},
      {"\"\\ud83d\"", kSurrogate, kNone},
      {"\"\\ude00\"", kSurrogate, kNone},
      {"\"\\ud83d\\u0041\"", kSurrogate, kNone},
      {"\"\\ud83dx\"", kSurrogate, kNone},
  };
  return table;
}

TEST_CASE("tokenizer: what is refused, by profile") {
  for (const Case& item : cases()) {
    CAPTURE(item.text);
    CHECK(fault_word(fault_of(item.text, Profile::kStrict)) == fault_word(item.strict));
    CHECK(fault_word(fault_of(item.text, Profile::kForeign)) == fault_word(item.foreign));
  }
}

TEST_CASE("tokenizer: every prefix of a document is refused and none crashes") {
  const std::string text = R"({"a":[1,-2.5e3,"x\u00e9\n",{"b":null}],"é":[true,false,{}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(fault_of(std::string_view(text).substr(0, size), Profile::kForeign) != Fault::kNone);
  }
  CHECK(fault_of(text, Profile::kForeign) == Fault::kNone);
}

TEST_CASE("tokenizer: depth is bounded (100,000 open brackets kill nlohmann's dump)") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(fault_of(nested(64), Profile::kStrict) == Fault::kNone);
  CHECK(fault_of(nested(65), Profile::kStrict) == Fault::kDepth);
  CHECK(fault_of(nested(512), Profile::kForeign) == Fault::kNone);
  CHECK(fault_of(nested(513), Profile::kForeign) == Fault::kDepth);
  CHECK(fault_of(nested(100'000), Profile::kStrict) == Fault::kDepth);
  CHECK(fault_of(std::string(100'000, '['), Profile::kForeign) == Fault::kDepth);
  CHECK(fault_of(nested(1024), Profile::kForeign, {.max_depth = 1024}) == Fault::kNone);
  std::string objects;
  for (int i = 0; i < 65; ++i) objects += "{\"a\":";
  CHECK(fault_of(objects, Profile::kStrict) == Fault::kDepth);
}

TEST_CASE("tokenizer: size is bounded") {
  CHECK(fault_of("[1234567]", Profile::kStrict, {.max_bytes = 9}) == Fault::kNone);
  CHECK(fault_of("[1234567]", Profile::kStrict, {.max_bytes = 8}) == Fault::kTooLarge);
}

TEST_CASE("tokenizer: fractions by option only") {
  CHECK(fault_of("[1.5,2e8]", Profile::kStrict, {.allow_fractions = true}) == Fault::kNone);
  CHECK(fault_of("[9007199254740993]", Profile::kStrict, {.allow_fractions = true}) ==
        Fault::kIntegerRange);
}

TEST_CASE("tokenizer: kinds in order, mixed nesting") {
  CHECK(trace(R"({"a":{"b":[]},"c":[{},[1,"x",true,false,null]]})", Profile::kStrict) ==
        "{k{k[]}k[{}[nstfz]]}.");
  CHECK(trace("[[1],{\"a\":[2]},3]", Profile::kForeign) == "[[n]{k[n]}n].");
}

TEST_CASE("tokenizer: spans give back every byte") {
  const std::string text = " {\"n\\u0061me\" : -1.50E+2 ,\"x\":\"张\"}\n";
  Tokenizer tokens(text, Profile::kForeign);
  Token token = tokens.next();
  CHECK(token.kind == TokenKind::kObjectStart);
  CHECK(token.start == 1);
  CHECK(token.depth == 0);
  token = tokens.next();
  CHECK(tokens.raw(token) == "\"n\\u0061me\"");
  CHECK(tokens.content(token) == "n\\u0061me");
  CHECK(token.escaped);
  CHECK(token.depth == 1);
  CHECK(unescape(tokens.content(token)) == "name");
  token = tokens.next();
  CHECK(tokens.raw(token) == "-1.50E+2");
  CHECK_FALSE(token.integer);
  token = tokens.next();
  CHECK_FALSE(token.escaped);
  CHECK(token.ascii);
  token = tokens.next();
  CHECK(tokens.content(token) == "张");
  CHECK_FALSE(token.ascii);
  token = tokens.next();
  CHECK(token.kind == TokenKind::kObjectStop);
  CHECK(token.depth == 0);
  CHECK(token.stop == text.size() - 1);
  CHECK(tokens.next().kind == TokenKind::kEnd);
  CHECK(tokens.next().kind == TokenKind::kEnd);
}

TEST_CASE("tokenizer: long strings cross the vector width at every offset") {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain = "\"" + std::string(size, 'x') + "\"";
    CHECK(fault_of(plain, Profile::kStrict) == Fault::kNone);
    CHECK(fault_of("\"" + std::string(size, 'x') + "\x01\"", Profile::kStrict) == Fault::kControl);
    const std::string with_tail = "[\"" + std::string(size, 'x') + "\",\"é\"]";
    Tokenizer two(with_tail, Profile::kStrict);
    two.next();
    const Token first = two.next();
    CHECK(first.ascii);  // the é behind the closing quote is not this string's
    CHECK(first.stop - first.start == size + 2);
    CHECK_FALSE(two.next().ascii);
  }
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string spaced = std::string(size, ' ') + "1" + std::string(size, '\n');
    CHECK(fault_of(spaced, Profile::kStrict) == Fault::kNone);
  }
}

TEST_CASE("tokenizer: skip_value and skip_container validate what they skip") {
  const std::string text = R"({"a":{"x":[1,{"y":2}]},"b":[[],[3]],"c":4})";
  Tokenizer tokens(text, Profile::kStrict);
  tokens.next();
  tokens.next();
  const Token a = tokens.skip_value();
  CHECK(tokens.raw(a) == R"({"x":[1,{"y":2}]})");
  CHECK(tokens.content(tokens.next()) == "b");
  CHECK(tokens.next().kind == TokenKind::kArrayStart);
  const Token stop = tokens.skip_container();
  CHECK(stop.kind == TokenKind::kArrayStop);
  CHECK(tokens.content(tokens.next()) == "c");
  CHECK(tokens.raw(tokens.skip_value()) == "4");
  CHECK(tokens.next().kind == TokenKind::kObjectStop);
  CHECK(tokens.next().kind == TokenKind::kEnd);

  Tokenizer broken(R"({"a":[1,}})", Profile::kStrict);
  broken.next();
  broken.next();
  CHECK(broken.skip_value().kind == TokenKind::kError);
  CHECK(broken.fault() == Fault::kSyntax);
}

TEST_CASE("a guessed key is taken where it stands as written, and nowhere else") {
  const std::string long_name(29, 'k');
  const std::string longest = "{\"" + long_name + "\":1}";
  struct Guess {
    std::string text;
    std::string_view key;
    bool taken;
  };
  for (const Guess& item : std::vector<Guess>{
           {R"({"a":1,"b":2})", "a", true},
           {R"({"姓名":"x","pad":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})", "姓名", true},
           {longest, long_name, true},
           {"{\"" + long_name + "k\":1}", long_name + "k", false},  // beyond 32 bytes
           {R"({"ab":1})", "a", false},
           {R"({"a" :1})", "a", false},
           {R"({ "a":1})", "a", false},
           {R"({"a\u0062":1})", "ab", false},
           {R"({"a\"b":1})", "a\"b", false},
           {R"(["a":1])", "a", false},
           {R"({"a)", "a", false},
           {R"({"a")", "a", false}}) {
    CAPTURE(item.text);
    Tokenizer tokens(item.text, Profile::kForeign);
    const WrittenKey key = WrittenKey::of(item.key);
    CHECK_FALSE(tokens.take_key(key));  // before the object
    tokens.next();
    Tokenizer plain = tokens;
    Tokenizer at_once = tokens;
    std::size_t key_start = 0;
    const Token token = at_once.next(key, key_start);
    Token wanted = plain.next();
    CHECK(key_start == (item.taken ? wanted.start : Tokenizer::kNoKey));
    if (item.taken) wanted = plain.next();
    CHECK(token.kind == wanted.kind);
    CHECK(token.start == wanted.start);
    CHECK(token.stop == wanted.stop);
    CHECK(at_once.position() == plain.position());
    const std::size_t before = tokens.position();
    CHECK(tokens.take_key(key) == item.taken);
    CHECK(tokens.position() == before + (item.taken ? key.size : 0));
    if (item.taken) {
      CHECK_FALSE(tokens.take_key(key));  // a value must come
      CHECK(tokens.next().depth == 1);
    }
  }
  Tokenizer second(R"({"a":1,"b":2,"c":[1,"b"]})", Profile::kForeign);
  second.next();
  CHECK_FALSE(second.take_key(WrittenKey::of("b")));
  CHECK(second.take_key(WrittenKey::of("a")));
  CHECK(second.raw(second.next()) == "1");
  CHECK(second.take_key(WrittenKey::of("b")));
  CHECK(second.raw(second.next()) == "2");
  CHECK_FALSE(second.take_key(WrittenKey::of("b")));
  second.next();
  second.next();
  second.next();
  CHECK_FALSE(second.take_key(WrittenKey::of("b")));  // a string of an array is no key
}

TEST_CASE("errors: position, pointer, reason; never the input") {
  const auto error_of = [](std::string_view text) {
    Tokenizer tokens(text, Profile::kStrict);
    while (tokens.next().kind != TokenKind::kError) {
    }
    return tokens.error();
  };
  const Error error = error_of(R"({"patient":{"ids":["110101199001011234",1.5]}})");
  CHECK(error.code == Code::kData);
  CHECK(error.pointer == "/patient/ids/1");
  CHECK(error.reason == "fraction");
  CHECK(error.message == "byte 41: number has a fraction or an exponent");
  CHECK(error_of("[1,[2,[x]]]").pointer == "/1/1/0");
  CHECK(error_of("{\"a\":1,\"b\" 2}").pointer.empty());
  CHECK(error_of("x").pointer.empty());
  // A value that somebody put into a key does not reach the log.
  CHECK(error_of(R"({"110101199001011234":x})").pointer == "/?");
  CHECK(error_of(R"({"张三":x})").pointer == "/?");
  CHECK(error_of(R"({"a b":x})").pointer == "/?");
  CHECK(error_of("{\"" + std::string(65, 'a') + "\":x}").pointer == "/?");
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "{\"abcdefgh\":";
  CHECK(error_of(deep).pointer.size() <= kMaxPointerBytes);
}

TEST_CASE("text: unescape and quote") {
  struct Pair {
    const char* content;
    const char* text;
  };
  for (const Pair& item : std::vector<Pair>{
           {"plain", "plain"},
           {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
           {"\\u0041\\u00e9\\u5F20", "Aé张"},
           {"\\ud83d\\ude00", "😀"},
           {"a\\ud83db", "a\xEF\xBF\xBD" "b"},
           {"\\ude00", "\xEF\xBF\xBD"},
           {"\\ud83d\\u0041", "\xEF\xBF\xBD" "A"},
       }) {
    CHECK(unescape(item.content) == item.text);
  }
  std::string out;
  append_quoted(out, std::string_view("a\"\\\n\x01\x1f/é张\0", 13));
  CHECK(out == "\"a\\\"\\\\\\n\\u0001\\u001f/é张\\u0000\"");
}

}  // namespace
}  // namespace emr::json
