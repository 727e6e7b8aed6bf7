// JSON splicing: what no rule touches keeps its bytes; commas; errors without values.
#include <doctest/doctest.h>

#include "desensitize/formats/testing.h"
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {
namespace {

std::shared_ptr<const Policy> policy(const std::string& rules, const std::string& unknown) {
  const auto made = Policy::parse(R"({"type":"emr.policy","v":1,"id":"t","unknown":")" + unknown +
                                  R"(","rules":[)" + rules + "]}");
  REQUIRE_MESSAGE(made.ok(), made.error().message);
  return *made;
}

std::string rewrite(std::shared_ptr<const Policy> rules, std::string_view record) {
  FieldTransformer with(std::move(rules), nullptr);
  JsonRewriter rewriter;
  std::string out;
  const Status done = rewriter.rewrite(record, with, out);
  return done ? out : "error " + done.error().reason + " at " + done.error().pointer;
}

constexpr const char* kDeleteB = R"({"match":{"path":"b"},"technique":"delete"})";

TEST_CASE("untouched bytes stay untouched") {
  const std::string text =
      "{ \"z\" : 1.10e+2 ,\t\"a\":[ 1,2 , {\"k\":\"\\u4e2d\\/\"} ], \"a\":null,\"z\":-0 }\r\n";
  CHECK(rewrite(policy("", "keep"), text) == text);
}

TEST_CASE("a deleted member takes exactly one comma with it") {
  struct Case {
    const char* in;
    const char* out;
  };
  const Case cases[] = {
      {R"({"b":1})", R"({})"},
      {R"({"b":1,"c":2})", R"({"c":2})"},
      {R"({"a":0,"b":1})", R"({"a":0})"},
      {R"({"a":0,"b":1,"c":2})", R"({"a":0,"c":2})"},
      {R"({"b":1,"b":2,"c":3})", R"({"c":3})"},
      {R"({"a":0,"b":1,"b":2})", R"({"a":0})"},
      {R"({"a":0 , "b":{"x":[1,{}]} , "c":2})", R"({"a":0 , "c":2})"},
      {R"({ "b" : 1 , "b":2 })", R"({  })"},
      {R"({"a":{"q":[{"w":1}]},"b":1,"c":[]})", R"({"a":{"q":[{"w":1}]},"c":[]})"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.in);
    CHECK(rewrite(policy(kDeleteB, "keep"), one.in) == one.out);
  }
}

TEST_CASE("what the records before looked like changes nothing") {
  const auto rules = policy(
      R"({"match":{"path":"b"},"technique":"delete"},
         {"match":{"path":"a.n"},"technique":"mask","args":{"first":1}},
         {"match":{"path":"l.n"},"technique":"null"})",
      "keep");
  const char* records[] = {
      R"({"a":{"n":"abcd","m":1},"b":2,"l":[{"n":1,"m":2},{"n":3,"m":4}]})",
      R"({"a":{"n":"abcd","m":1},"b":2,"l":[{"n":1,"m":2},{"n":3,"m":4}]})",
      R"({"a":{"m":1,"n":"abcd"},"l":[{"m":2,"n":1},{"n":3}],"b":{"n":1}})",
      R"({"b":2,"a":"text","l":{"n":[1]},"a":{"n":4711},"b":[]})",
      R"({"a":{"n":"abcd","m":1},"b":2,"l":[{"n":1,"m":2},{"n":3,"m":4}]})",
      R"({"a":{"n" :"abcd", "m":1},"\u0062":2,"l":[],"c":{"a":{"n":"abcd"},"b":1}})",
      R"({"a":{"n":"abcd","m":1},"b":2,"l":[{"n":1,"m":2},{"n":3,"m":4},5]})",
  };
  FieldTransformer with(rules, nullptr);
  JsonRewriter rewriter;
  for (const char* record : records) {
    CAPTURE(record);
    std::string out;
    REQUIRE(rewriter.rewrite(record, with, out).ok());
    CHECK(out == rewrite(rules, record));
  }
}

TEST_CASE("first match wins; rules of an object cover what lies below") {
  const auto rules = policy(
      R"({"match":{"path":"p.name"},"technique":"mask","args":{"first":1}},
         {"match":{"path":"p"},"technique":"substitute","args":{"by":"text","with":"#"}},
         {"match":{"key":"Cost_Total"},"technique":"generalise","args":{"to":"range"}},
         {"match":{"de":"DE02.01.040*"},"technique":"standardise","args":{"as":"sex"}})",
      "drop");
  CHECK(
      rewrite(rules, R"({"p":{"name":"ABCD","x":[7,{"y":"v"}]},"costTotal":12,"q":1,)"
                     R"("DE02.01.040.00":"女"})") ==
      R"x({"p":{"name":"A***","x":["#",{"y":"#"}]},"costTotal":"[10,20)","DE02.01.040.00":"2"})x");
}

TEST_CASE("escapes are decoded for the rule and written again") {
  const auto rules =
      policy(R"({"match":{"path":"n"},"technique":"mask","args":{"first":1}})", "keep");
  CHECK(rewrite(rules, R"({"\u006e":"\u5f20\ud842\udfb7\"\n"})") == R"({"\u006e":"张***"})");
}

TEST_CASE("unknown fields: drop, keep with the second net, scan, fail (R-037)") {
  const std::string text = R"({"x":"id 11010519491231002X","y":13800000000,"z":"ok"})";
  CHECK(rewrite(policy("", "drop"), text) == "{}");
  CHECK(rewrite(policy("", "keep"), text) == R"({"x":"id [ID_CARD]","y":null,"z":"ok"})");
  CHECK(rewrite(policy("", "scan"), R"({"t":"患者张伟，电话13800000000"})") ==
        R"({"t":"患者[NAME]，电话[PHONE]"})");
  CHECK(rewrite(policy("", "fail"), R"({"a":{"secret":1}})") == "error unknown_field at /a/secret");
}

TEST_CASE("the record's own values are found in its own text") {
  const auto rules = policy(
      R"({"class":"NAME","match":{"path":"name"},"technique":"delete"},
         {"class":"PHONE","match":{"path":"phone"},"technique":"delete"},
         {"match":{"path":"note"},"technique":"redact-text"})",
      "drop");
  CHECK(rewrite(rules,
                R"({"note":"见 Zyx Qwert 及 555 01 23 后，与泽仁其友同来","name":"泽仁其友",)"
                R"("phone":"5550123"})") ==
        R"({"note":"见 Zyx Qwert 及 [PHONE] 后，与[NAME]同来"})");
}

TEST_CASE("what was clean in one record is looked at again where it hides an own value") {
  const auto rules = policy(
      R"({"class":"MRN","match":{"path":"mrn"},"technique":"delete"},
         {"match":{"path":"note"},"technique":"redact-text"})",
      "drop");
  FieldTransformer with(rules, nullptr);
  JsonRewriter rewriter;
  std::string out;
  for (const char* hidden : {"科室&#122;q88kx", "科室z<b>q88</b>kx", "科室zq88\u200bkx"}) {
    const std::string note = R"(,"note":")" + std::string(hidden) + "\"}";
    CAPTURE(note);
    out.clear();
    REQUIRE(rewriter.rewrite(R"({"mrn":"zq77kx")" + note, with, out).ok());
    CHECK(out.find("[MRN]") == std::string::npos);
    out.clear();
    REQUIRE(rewriter.rewrite(R"({"mrn":"zq88kx")" + note, with, out).ok());
    CHECK(out.find("[MRN]") != std::string::npos);
  }
}

TEST_CASE("a detector rule looks at the value") {
  const auto rules = policy(
      R"({"class":"PHONE","match":{"detector":"PHONE"},"technique":"mask","args":{"first":3}})",
      "keep");
  CHECK(rewrite(rules, R"({"whatever":"13800000000","other":"abc"})") ==
        R"({"whatever":"138********","other":"abc"})");
}

TEST_CASE("bad JSON: reason and place, never the value") {
  for (const char* text : {R"({"a":"CANARY)", R"({"a":CANARY})", R"({"a":1}CANARY)",
                           "{\"a\":\"CANARY\x01\"}", "{\"a\":\"\xFF\"}", R"([[[[)"}) {
    const std::string result = rewrite(policy("", "keep"), text);
    CHECK(result.starts_with("error "));
    CHECK(result.find("CANARY") == std::string::npos);
  }
  CHECK(rewrite(policy("", "keep"), std::string(300, '[')).starts_with("error depth"));
}

TEST_CASE("the framer cuts lines, pretty documents and a last line without newline") {
  const auto cut = [](std::string_view text) {
    JsonFramer framer;
    std::vector<std::string> records;
    std::string buffer;
    for (const char c : text) {  // one byte at a time: the worst case of a stream
      buffer.push_back(c);
      const auto frame = framer.next(buffer, false);
      REQUIRE(frame.ok());
      if (frame->size > 0) {
        records.push_back(buffer.substr(0, frame->size));
        buffer.erase(0, frame->size);
      }
    }
    if (!buffer.empty()) records.push_back(buffer.substr(0, framer.next(buffer, true)->size));
    return records;
  };
  CHECK(cut("{\"a\":1}\n{\"b\":2}\n{}") ==
        std::vector<std::string>{"{\"a\":1}\n", "{\"b\":2}\n", "{}"});
  CHECK(cut("{\n \"a\": \"}\\\"\"\n}\n{\n}\n") ==
        std::vector<std::string>{"{\n \"a\": \"}\\\"\"\n}\n", "{\n}\n"});
}

/// An array through framer and rewriter in chunks of every size must come out the same.
std::string stream(std::shared_ptr<const Policy> rules, std::string_view text) {
  std::string first;
  for (std::size_t chunk = 1; chunk <= text.size() + 1; ++chunk) {
    const testing::Run run = testing::run_format(json_format(), rules, text, {}, chunk);
    std::string result = run.out;
    for (const Error& error : run.errors) result += "!" + error.reason;
    if (chunk == 1) first = result;
    CHECK(result == first);
  }
  return first;
}

TEST_CASE("an array of objects is cut into its elements, and its bytes stay") {
  const auto keep = policy("", "keep");
  for (const std::string_view text :
       {"[{\"a\":1},{\"a\":\"]},{\"}]", "[{}]", "[1,2]\n[3]\n", "[]\n", "[ [1] , {} ]",
        " [\n  {\"a\":[1,{}]} ,\n 7, \"x,]\" , [2],{} \n]\n",
        "[{\"a\":1}]\n[{\"a\":2},{\"a\":3}]\n{\"a\":4}\n"}) {
    CAPTURE(text);
    CHECK(stream(keep, text) == text);
  }
}

TEST_CASE("an array of objects: what is not written takes one comma with it") {
  const auto fails = policy("", "fail");  // elements with members are rejected
  CHECK(stream(fails, "[{\"a\":1},{},{}]") == "[{},{}]!unknown_field");
  CHECK(stream(fails, "[{},{\"a\":1},{}]") == "[{},{}]!unknown_field");
  CHECK(stream(fails, "[{}, {},\n {\"a\":1}\n]\n") == "[{}, {}\n]\n!unknown_field");
  CHECK(stream(fails, "[{\"a\":1}]") == "[]!unknown_field");
}

TEST_CASE("an array of objects that is none: trailing comma, no comma, no end") {
  const auto keep = policy("", "keep");
  CHECK(stream(keep, "[{},]") == "[{}!json_element");
  CHECK(stream(keep, "[{} {}]") == "[{}!json_comma");
  CHECK(stream(keep, "[{},{}") == "[{},{}!json_end");
  CHECK(stream(keep, "[{},{\"a\":") == "[{}!json_end");
  CHECK(stream(keep, "[{},,{}]") == "[{}!json_element");
}

}  // namespace
}  // namespace emr::desensitize
