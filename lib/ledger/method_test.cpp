// The closed list of argument kinds, one table of values each: what fits, what does not, and what a
// wallet shows. Nothing that a person wrote enters a core, so each kind takes one spelling only.
#include "ledger/method.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "ledger/limits.h"

namespace emr::ledger {
namespace {

using Json = nlohmann::json;

MethodSpec with(const ArgSpec& spec) {
  return {.contract = "c", .method = "m", .primary_type = "T", .action = "{x}", .args = {spec}};
}

std::string reason(const MethodSpec& method, Json value) {
  const Status status = check_args(method, {{"x", std::move(value)}}, "/args");
  if (status) return "";
  CHECK(status.error().code == Code::kData);
  return status.error().reason + " " + status.error().pointer;
}

void check_kind(const ArgSpec& spec, const std::vector<Json>& good, const std::vector<Json>& bad) {
  const MethodSpec method = with(spec);
  for (const Json& value : good) {
    CAPTURE(value.dump());
    CHECK(reason(method, value) == "");
  }
  for (const Json& value : bad) {
    CAPTURE(value.dump());
    CHECK(reason(method, value) == "argument /args/x");
  }
}

std::string digits(std::size_t count, char digit = 'a') { return std::string(count, digit); }

TEST_CASE("arguments: hashes, keys and addresses are hex of one length, in lower case") {
  check_kind({.name = "x", .kind = ArgKind::kHash}, {digits(64), digits(64, '9'), digits(64, 'f')},
             {digits(63), digits(65), digits(64, 'A'), digits(64, 'g'), digits(64, '/'),
              digits(64, ':'), digits(64, '`'), "", 7, nullptr, Json::array({digits(64)})});
  check_kind({.name = "x", .kind = ArgKind::kPublicKey}, {digits(66)}, {digits(64), digits(67), 1});
  check_kind({.name = "x", .kind = ArgKind::kAddress}, {"0x" + digits(40)},
             {digits(42), "0X" + digits(40), "0x" + digits(39), "0x" + digits(41),
              "0x" + digits(40, 'F'), "0x"});
}

TEST_CASE("arguments: names and codes have their letters and their length") {
  check_kind({.name = "x", .kind = ArgKind::kIdentifier, .max = 8}, {"a", "09az-", "hosp-a-1", "z"},
             {"", "-a", "abcdefghi", "A", "a_b", "a b", "a/", "a:", "a`", "a{", "病"});
  check_kind({.name = "x", .kind = ArgKind::kCode, .max = 8},
             {"a", "Az09._-", "C0002", "Zz", "-", "12345678"},
             {"", "123456789", "a b", "a/", "a:", "a@", "a[", "a`", "a{", "病", "a\n"});
  check_kind({.name = "x", .kind = ArgKind::kEndpoint, .max = 24},
             {"host:1", "https://[::1]:8080/x-y", "AZaz09.:-/[]", digits(24)},
             {"", digits(25), "a b", "a@b", "a?b", "a#b", "a\\b", "a`", "a{", "病"});
}

TEST_CASE("arguments: choices, months and times have one spelling") {
  check_kind({.name = "x", .kind = ArgKind::kChoice, .choices = {{"yes", "YES"}, {"no", "NO"}}},
             {"yes", "no"},
             {"", "Yes", "YES", "maybe", "yes ", true});
  check_kind({.name = "x", .kind = ArgKind::kMonth}, {"2026-01", "2026-12"},
             {"2026-13", "2026-00", "2026-1", "2026-001", "2026/01", "", "2026-01-01"});
  check_kind({.name = "x", .kind = ArgKind::kTime}, {"2026-12-22T00:00:00Z"},
             {"2026-12-22", "2026-12-22T00:00:00", "2026-12-22T00:00:00+08:00",
              "2026-13-22T00:00:00Z", "", 1});
}

TEST_CASE("arguments: whole numbers from nought to the limit") {
  check_kind({.name = "x", .kind = ArgKind::kInteger, .max = 9}, {0, 1, 9, 9U},
             {-1, 10, 1.0, 1.5, "1", true, nullptr, std::uint64_t{1} << 63});
}

TEST_CASE("arguments: objects have their members, each checked, and no other") {
  const ArgSpec spec{.name = "x", .kind = ArgKind::kObject,
                     .fields = {{.name = "id", .kind = ArgKind::kInteger, .max = 9},
                                {.name = "to", .kind = ArgKind::kMonth, .required = false}}};
  const MethodSpec method = with(spec);
  CHECK(reason(method, {{"id", 1}}) == "");
  CHECK(reason(method, {{"id", 1}, {"to", "2026-01"}}) == "");
  CHECK(reason(method, Json::object()) == "missing /args/x/id");
  CHECK(reason(method, {{"id", 10}}) == "argument /args/x/id");
  CHECK(reason(method, {{"id", 1}, {"to", 1}}) == "argument /args/x/to");
  CHECK(reason(method, {{"id", 1}, {"y", 1}}) == "unknown_member /args/x");
  CHECK(reason(method, {1}) == "argument /args/x");
  CHECK(reason(method, 1) == "argument /args/x");
}

TEST_CASE("arguments: lists have their length, and name nothing twice") {
  ArgSpec spec{.name = "x", .kind = ArgKind::kMonth, .list = true, .items_min = 1, .items = 2};
  const MethodSpec method = with(spec);
  CHECK(reason(method, {"2026-01"}) == "");
  CHECK(reason(method, {"2026-01", "2026-02"}) == "");
  CHECK(reason(method, Json::array()) == "argument /args/x");
  CHECK(reason(method, {"2026-01", "2026-02", "2026-03"}) == "argument /args/x");
  CHECK(reason(method, "2026-01") == "argument /args/x");
  CHECK(reason(method, {{"0", "2026-01"}}) == "argument /args/x");
  CHECK(reason(method, {"2026-01", "2026"}) == "argument /args/x/1");
  CHECK(reason(method, {"2026-01", "2026-01"}) == "duplicate_item /args/x/1");
}

TEST_CASE("arguments: the whole is an object, and what is missing or too much is named") {
  const MethodSpec method = with({.name = "x", .kind = ArgKind::kInteger, .max = 9});
  CHECK(check_args(method, {{"x", 1}}, "").ok());
  CHECK(check_args(method, Json::array(), "/args").error().pointer == "/args");
  CHECK(check_args(method, Json::object(), "/args").error().reason == "missing");
  CHECK(check_args(method, {{"x", 1}, {"y", 1}}, "/args").error().reason == "unknown_member");
  const ArgSpec choice{.name = "x", .kind = ArgKind::kChoice, .choices = {{"a", ""}, {"b", ""}}};
  const Status wrong = check_args(with(choice), {{"x", "c"}}, "");
  CHECK(wrong.error().hint == "one of a, b");
}

ArgSpec of(ArgKind kind) { return {.name = "x", .kind = kind}; }

std::string shown(const ArgSpec& spec, const Json& args, const char* text = "{x}") {
  return render_text(with(spec), text, args);
}

TEST_CASE("texts: what a wallet shows of each kind") {
  CHECK(shown(of(ArgKind::kHash), {{"x", digits(64)}}) == digits(12) + "…");
  CHECK(shown(of(ArgKind::kPublicKey), {{"x", digits(66)}}) == digits(12) + "…");
  CHECK(shown(of(ArgKind::kAddress), {{"x", "0x" + digits(40)}}) == "0x" + digits(40));
  CHECK(shown(of(ArgKind::kTime), {{"x", "2026-12-22T09:30:00Z"}}) == "2026-12-22 09:30 UTC");
  CHECK(shown({.name = "x", .kind = ArgKind::kInteger, .max = 9}, {{"x", 7}}) == "7");
  ArgSpec choice = of(ArgKind::kChoice);
  choice.choices = {{"a", "AYE"}, {"b", "BEE"}};
  CHECK(shown(choice, {{"x", "b"}}) == "BEE");
  CHECK(shown(choice, Json::object()) == "-");
  CHECK(shown(choice, {{"x", "a"}}, "SAY {x} TWICE {x}") == "SAY AYE TWICE AYE");
  CHECK(shown(choice, {{"x", "a"}}, "nothing") == "nothing");
  const ArgSpec object{.name = "x", .kind = ArgKind::kObject,
                       .fields = {{.name = "id", .kind = ArgKind::kCode, .max = 9},
                                  {.name = "y", .kind = ArgKind::kCode, .absent = "none"}}};
  CHECK(shown(object, {{"x", {{"id", "me"}}}}, "{x.id} {x.y}") == "me none");
}

TEST_CASE("texts: a list is shown as long as it fits a line, then its number") {
  const ArgSpec list{.name = "x", .kind = ArgKind::kCode, .list = true, .items = 64, .max = 64};
  CHECK(shown(list, {{"x", {"a", "b"}}}) == "a, b");
  CHECK(shown(list, {{"x", {digits(29), digits(29)}}}) == digits(29) + ", " + digits(29));
  static_assert(kTypedTextCharsMax == 60);
  CHECK(shown(list, {{"x", {digits(29), digits(30)}}}) == "2 items 项");
}

TEST_CASE("parts: by their names and back") {
  for (const Part part : {Part::kPublic, Part::kOriginal, Part::kManifest, Part::kReason}) {
    CHECK(*part_from_name(part_name(part)) == part);
  }
  CHECK_FALSE(part_from_name("").ok());
  CHECK_FALSE(part_from_name("Public").ok());
}

}  // namespace
}  // namespace emr::ledger
