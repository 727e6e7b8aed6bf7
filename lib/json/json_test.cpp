#include "json/json.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "json/access.h"

namespace emr::json {
namespace {

std::string reason_of(std::string_view text) {
  const Result<Json> tree = parse_strict(text);
  return tree ? "" : tree.error().reason;
}

TEST_CASE("parse_strict: the tree is what the text says") {
  const Result<Json> tree = parse_strict(
      R"( {"b":[1,-2,"x\u00e9",null,true,{"c":{}}],"a":9007199254740991,"":[[],[[0]]]} )");
  REQUIRE(tree.ok());
  CHECK(*tree == Json::parse(
                     R"({"b":[1,-2,"xé",null,true,{"c":{}}],"a":9007199254740991,"":[[],[[0]]]})"));
  CHECK((*tree)["a"].is_number_unsigned());
}

TEST_CASE("parse_strict: duplicate names are refused after unescaping") {
  CHECK(reason_of(R"({"a":1,"a":2})") == "duplicate_key");
  CHECK(reason_of(R"({"a":1,"\u0061":2})") == "duplicate_key");
  CHECK(reason_of(R"({"x":{"a":1,"b":2,"a":3}})") == "duplicate_key");
  CHECK(reason_of(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})").empty());
  const Result<Json> twice = parse_strict(R"({"x":{"a":1,"a":2}})");
  CHECK(twice.error().pointer == "/x/a");
}

TEST_CASE("parse_strict: refusals keep their names") {
  CHECK(reason_of("\xEF\xBB\xBF{}") == "bom");
  CHECK(reason_of("{}x") == "trailing");
  CHECK(reason_of("[9007199254740993]") == "integer_range");
  CHECK(reason_of("[18446744073709551616]") == "integer_range");
  CHECK(reason_of(std::string(100'000, '[')) == "depth");
  CHECK(reason_of("\"\xFF\"") == "utf8");
  const Limits loose{.allow_fractions = true};
  CHECK(parse_strict("[1.5]", loose).value()[0].get<double>() == 1.5);
  CHECK(parse_strict("[1e400]", loose).error().reason == "number");
  CHECK(parse_object("[1]").error().reason == "kind");
}

TEST_CASE("canonical: sorted, compact, stable") {
  struct Pair {
    const char* text;
    const char* canonical;
  };
  for (const Pair& item : std::vector<Pair>{
           {R"({ "b" : 1, "a" : [ true , null ] })", R"({"a":[true,null],"b":1})"},
           {R"({"Z":1,"a":2,"é":3,"张":4})", R"({"Z":1,"a":2,"é":3,"张":4})"},
           {R"("\u0041\u002f\/\u0007\u001F\n\u007f\u5f20")", "\"A//\\u0007\\u001f\\n\x7F张\""},
           {"[-1,0,9007199254740991,-9007199254740991]",
            "[-1,0,9007199254740991,-9007199254740991]"},
           {"[[],{}]", "[[],{}]"},
       }) {
    const std::string out = canonical_checked(*parse_strict(item.text));
    CHECK(out == item.canonical);
    CHECK(canonical_checked(*parse_strict(out)) == out);
    CHECK(out == parse_strict(item.text)->dump());  // DECISIONS: what nlohmann dump() gives
  }
}

TEST_CASE("canonical: what cannot be hashed is refused") {
  CHECK(canonical(Json(1.5)).error().reason == "fraction");
  CHECK(canonical(Json("\xFF")).error().reason == "utf8");
  CHECK(canonical(Json(std::uint64_t{1} << 53)).error().reason == "integer_range");
  CHECK(canonical(Json(std::numeric_limits<std::int64_t>::min())).error().reason ==
        "integer_range");
  Json deep = Json::array();
  for (int i = 0; i < 64; ++i) deep = Json::array({std::move(deep)});
  CHECK(canonical(deep).error().reason == "depth");
}

TEST_CASE("write: floats in their shortest form") {
  CHECK(write(Json{{"b", 0.1}, {"a", 2.0}}).value() == R"({"a":2.0,"b":0.1})");
  CHECK_FALSE(write(Json(std::numeric_limits<double>::infinity())).ok());
}

TEST_CASE("accessors: presence, kind, bounds, pointer") {
  const Json tree = *parse_strict(
      R"({"s":"x","e":"","n":7,"neg":-1,"t":true,"o":{"k":1},"a":[1,2,3],"z":null,
          "h":"00000000000000000000000000000000000000000000000000000000000000ff",
          "H":"00000000000000000000000000000000000000000000000000000000000000FF",
          "b":"AQI=","w":"2026-11-22T08:00:00Z"})");
  CHECK(get_string(tree, "s").value() == "x");
  CHECK(get_string(tree, "e").error().reason == "empty");
  CHECK(get_string(tree, "e", {.allow_empty = true}).ok());
  CHECK(get_string(tree, "b", {.max = 3}).error().reason == "too_long");
  CHECK(get_string(tree, "n", {}, "/x").error().pointer == "/x/n");
  CHECK(get_string(tree, "q").error().reason == "missing");
  CHECK(get_string(tree, "z").error().reason == "kind");
  CHECK(get_u64(tree, "n").value() == 7);
  CHECK(get_u64(tree, "n", {.max = 6}).error().reason == "range");
  CHECK(get_u64(tree, "n", {.min = 8}).error().reason == "range");
  CHECK(get_u64(tree, "neg").error().reason == "range");
  CHECK(get_u64(tree, "s").error().reason == "kind");
  CHECK(get_u64(Json{{"n", 5}}, "n").value() == 5);  // built in C++: a signed number
  CHECK(get_bool(tree, "t").value());
  CHECK(get_bool(tree, "n").error().reason == "kind");
  CHECK(get_u64(**get_object(tree, "o"), "k").value() == 1);
  CHECK(get_object(tree, "a").error().reason == "kind");
  CHECK((*get_array(tree, "a"))->size() == 3);
  CHECK(get_array(tree, "a", 2).error().reason == "too_many");
  CHECK(get_hex32(tree, "h").value()[31] == 0xFF);
  CHECK(get_hex32(tree, "H").error().reason == "hex");
  CHECK(get_hex32(tree, "s").error().reason == "hex");
  CHECK(get_base64(tree, "b", 2).value() == Bytes{1, 2});
  CHECK(get_base64(tree, "b", 1).error().reason == "too_long");
  CHECK(get_base64(tree, "s", 9).error().reason == "base64");
  CHECK(get_utc(tree, "w").value() == 1795334400);
  CHECK(get_utc(tree, "s").error().reason == "time");
  CHECK(get_choice(tree, "s", {"x", "y"}).value() == "x");
  CHECK(get_choice(tree, "w", {"x", "y"}).error().message == "must be one of x, y");
}

TEST_CASE("accessors: optional members may be absent, never wrong") {
  const Json tree = *parse_strict(R"({"s":"x","z":null})");
  CHECK(find_string(tree, "s").value() == "x");
  CHECK_FALSE(find_string(tree, "q").value().has_value());
  CHECK_FALSE(find_string(tree, "z").ok());
  CHECK_FALSE(find_u64(tree, "s").ok());
  CHECK_FALSE(find_u64(tree, "q").value().has_value());
  CHECK_FALSE(find_bool(tree, "q").value().has_value());
  CHECK_FALSE(find_hex32(tree, "q").value().has_value());
  CHECK_FALSE(find_utc(tree, "q").value().has_value());
  CHECK(find_object(tree, "q").value() == nullptr);
  CHECK_FALSE(find_array(tree, "s").ok());
}

TEST_CASE("records: unknown members and versions") {
  const Json tree = *parse_strict(R"({"type":"emr.tx","v":1,"x":2})");
  CHECK(expect_type(tree, "emr.tx").ok());
  CHECK(expect_type(tree, "emr.record").error().reason == "type");
  CHECK(expect_type(tree, "emr.tx", 2).error().reason == "version");
  CHECK(refuse_unknown_members(tree, {"type", "v", "x"}).ok());
  CHECK(refuse_unknown_members(tree, {"type", "v"}).error().pointer == "/x");
}

}  // namespace
}  // namespace emr::json
