// The techniques through the catalogue: R-042 .. R-049 (the eight of the paper) and what was added.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/hex.h"
#include "desensitize/detect/check_digits.h"
#include "desensitize/keyring.h"
#include "desensitize/technique.h"
#include "desensitize/techniques/ff1.h"
#include "desensitize/techniques/microaggregate.h"
#include "desensitize/techniques/token_text.h"

namespace emr::desensitize {
namespace {

std::shared_ptr<const KeyRing> ring(char fill = 'k') {
  return *KeyRing::create(as_bytes(std::string(32, fill)));
}

/// What a technique makes of a text; "(keep)", "(null)", "(delete)" or "(error)".
std::string run(std::string_view technique, const char* arguments, std::string_view text,
                std::string_view field_class = "NAME", int shift = 0,
                ValueKind kind = ValueKind::kString) {
  const auto made = find_technique(technique)->make(nlohmann::json::parse(arguments));
  REQUIRE_MESSAGE(made.ok(), technique);
  const auto keys = ring();
  PatientContext patient;
  patient.offer_identity(1, "P1");
  patient.shift_days = shift;
  const Scope scope{field_class, keys.get(), &patient, nullptr};
  Outcome out;
  if (!(*made)->apply({text, kind}, scope, out)) return "(error)";
  switch (out.action) {
    case Action::kKeep: return "(keep)";
    case Action::kNull: return "(null)";
    case Action::kDelete: return "(delete)";
    case Action::kReplace: break;
  }
  return out.text;
}

struct Case {
  const char* technique;
  const char* arguments;
  const char* input;
  const char* output;
};

TEST_CASE("each technique gives the documented text (R-042..R-049)") {
  const Case cases[] = {
      {"mask", R"({"first":3})", "13800000000", "138********"},
      {"mask", R"({"first":3,"last":4})", "12345", "1***5"},  // never more than half stays
      {"mask", R"({"style":"surname"})", "张三丰", "张某某"},
      {"mask", R"({"style":"surname"})", "欧阳修", "欧阳某某"},
      {"mask", R"({"style":"surname"})", "Mary Ann Smith", "M. A. S."},
      {"mask", R"({"style":"surname"})", "Lee 1381 5550", "L."},
      {"mask", R"({"style":"email"})", "zhang@example.cn", "z****@example.cn"},
      {"truncate", R"({"length":2})", "北京市朝阳区", "北京"},
      {"truncate", R"({"length":2,"from":"back"})", "abcdef", "ef"},
      {"substitute", R"({"by":"text","with":"***"})", "x", "***"},
      {"substitute", R"({"by":"label"})", "x", "[NAME]"},
      {"generalise", R"({"to":"year"})", "2025年3月5日", "2025"},
      {"generalise", R"({"to":"month"})", "2025-03-05T08:00:00Z", "2025-03"},
      {"generalise", R"({"to":"quarter"})", "20250305", "2025-Q1"},
      {"generalise", R"({"to":"year","full":true})", "20250305", "20250101"},
      {"generalise", R"({"to":"age-band"})", "48岁", "45-49"},
      {"generalise", R"({"to":"age-band","width":10})", "93", "90+"},
      {"generalise", R"({"to":"age-band"})", "unknown", "(delete)"},
      {"generalise", R"({"to":"province"})", "四川省成都市武侯区浆洗街183号", "四川省"},
      {"generalise", R"({"to":"city"})", "四川省成都市武侯区浆洗街183号", "四川省成都市"},
      {"generalise", R"({"to":"province"})", "somewhere", "(delete)"},
      {"generalise", R"({"to":"zip3"})", "90210", "902"},
      {"generalise", R"({"to":"zip3"})", "03601-1234", "000"},
      {"generalise", R"({"to":"icd10-3"})", "J18.900", "J18"},
      {"generalise", R"({"to":"icd10-chapter"})", "F32.1", "V"},
      {"generalise", R"({"to":"range","width":10})", "-3", "[-10,0)"},
      {"generalise", R"({"to":"hierarchy","csv":"a;low;*\nb;high;*","level":1})", "b", "high"},
      {"generalise", R"({"to":"hierarchy","csv":"a;low;*","level":1})", "z", "(delete)"},
      {"standardise", R"({"as":"sex"})", "女性", "2"},
      {"standardise", R"({"as":"sex"})", "Male", "1"},
      {"standardise", R"({"as":"text"})", " ＡＢ　 c ", "AB c"},
      {"standardise", R"({"as":"date"})", "2025年3月5日", "2025-03-05"},
      {"null", "{}", "x", "(null)"},
      {"delete", "{}", "x", "(delete)"},
      {"keep", "{}", "x", "(keep)"},
      {"redact-text", "{}", "x", "(delete)"},  // no redactor: free text must not pass
  };
  for (const Case& one : cases) {
    CAPTURE(one.technique);
    CAPTURE(one.input);
    CHECK(run(one.technique, one.arguments, one.input) == one.output);
  }
}

TEST_CASE("date-shift keeps spelling, time and intervals") {
  CHECK(run("date-shift", "{}", "2025年3月5日 8时", "DATE", 10) == "2025年3月15日 8时");
  CHECK(run("date-shift", "{}", "2025-03-05T08:00:00+08:00", "DATE", -5) ==
        "2025-02-28T08:00:00+08:00");
  CHECK(run("date-shift", "{}", "20250305", "DATE", 1) == "20250306");
  CHECK(run("date-shift", "{}", "二〇二五年三月五日", "DATE", 26) == "二〇二五年三月三十一日");
  CHECK(run("date-shift", "{}", "March 5, 2025", "DATE", 27) == "April 1, 2025");
  CHECK(run("date-shift", "{}", "5 Mar 2025", "DATE", 1) == "6 Mar 2025");
  CHECK(run("date-shift", "{}", "2025-03", "DATE", 30) == "2025-04");
  CHECK(run("date-shift", "{}", "2025-03-05", "DATE", 0) == "2025");  // no patient: the year only
  const char* year_first = R"({"order":"year-first"})";
  CHECK(run("date-shift", year_first, "24/02/21", "DATE", 10) == "24/03/02");  // leap year 2024
  CHECK(run("date-shift", year_first, "24.2.9", "DATE", 1) == "24.2.10");
  CHECK(run("date-shift", year_first, "21/02/24 08:30", "DATE", 7) == "21/03/03 08:30");
  CHECK(run("date-shift", year_first, "3/25/2025", "DATE", 7) == "4/01/2025");
  CHECK(run("date-shift", year_first, "24/15/06", "DATE", 1) == "(null)");
  CHECK(run("date-shift", "{}", "24/02/21", "DATE", 10) == "06/03/21");
  CHECK(run("date-shift", "{}", "98/12/30", "DATE", 3) == "99/01/02");  // 98 is no day
  CHECK(run("date-shift", "{}", "next week", "DATE", 3) == "(null)");
  CHECK(run("date-shift", "{}", "2025-03-05/2025-03-09", "DATE", 3) == "(null)");
  const auto keys = ring();
  for (const char* who : {"a", "b", "c", "110105194912310021"}) {
    const int days = keys->shift_days(who, 180, true);
    CHECK(days != 0);
    CHECK(days % 7 == 0);
    CHECK(days == keys->shift_days(who, 180, true));
    CHECK((days >= -180 && days <= 180));
  }
}

TEST_CASE("tokens are the same everywhere and differ by class, key and value") {
  const std::string one = run("token", "{}", "110105194912310021", "ID_CARD");
  CHECK(one == run("token", "{}", "１１０１０５ 19491231 0021", "ID_CARD"));  // spelling folded
  CHECK(one != run("token", "{}", "110105194912310021", "NAME"));
  CHECK(one != run("token", "{}", "110105194912310022", "ID_CARD"));
  for (const char* number : {"MRN", "ID", "VISIT_ID", "ORDER_ID", "DOCTOR", "USCC", "DEVICE_ID"}) {
    CHECK(one == run("token", "{}", "110105194912310021", number));  // FHIR tells them not apart
  }
  CHECK(one.size() == 35);
}

TEST_CASE("suppress-record ends the record for the values that it names") {
  const auto suppresses = [](const char* arguments, std::string_view text) {
    const auto made = find_technique("suppress-record")->make(nlohmann::json::parse(arguments));
    REQUIRE(made.ok());
    Outcome out;
    REQUIRE((*made)->apply({text}, Scope{}, out).ok());
    CHECK(out.suppress_record == (out.action == Action::kDelete));
    return out.suppress_record;
  };
  CHECK(suppresses(R"({"values":["B20*","z21"]})", "b20.1"));
  CHECK(suppresses(R"({"values":["B20*","z21"]})", "Z21"));
  CHECK_FALSE(suppresses(R"({"values":["B20*"]})", "J18"));
  CHECK(suppresses(R"({"above":120})", "121"));
  CHECK_FALSE(suppresses(R"({"above":120,"below":0})", "80"));
  CHECK(suppresses(R"({"below":0})", "-1"));
  CHECK_FALSE(suppresses(R"({"above":120})", "abc"));
  CHECK(suppresses("{}", "any"));
  CHECK_FALSE(suppresses("{}", ""));
  CHECK_FALSE(find_technique("suppress-record")->make({{"values", "B20"}}).ok());
  CHECK_FALSE(find_technique("suppress-record")->make({{"value", {"B20"}}}).ok());
}

TEST_CASE("microaggregate: groups of k, the best that there are, and the same sum") {
  const std::vector<double> values{1, 2, 3, 10, 11, 12, 13};
  const std::vector<double> means = microaggregate(values, 3);
  CHECK(means == std::vector<double>{2, 2, 2, 11.5, 11.5, 11.5, 11.5});
  // Fixed groups of two would join 2 and 9.
  CHECK(microaggregate({1, 1, 2, 9, 9}, 2) ==
        std::vector<double>{4.0 / 3, 4.0 / 3, 4.0 / 3, 9, 9});
  CHECK(microaggregate({7, 1}, 3) == std::vector<double>{4, 4});  // too few rows: one group
  CHECK(microaggregate({}, 3).empty());
  // Every optimal grouping of a brute force over all cuts, for small random columns.
  std::uint32_t seed = 7;
  for (int round = 0; round < 50; ++round) {
    std::vector<double> column;
    for (int i = 0; i < 9; ++i) {
      seed = seed * 1664525 + 1013904223;
      column.push_back((seed >> 24) % 50);
    }
    std::vector<double> sorted = column;
    std::sort(sorted.begin(), sorted.end());
    const auto spread = [](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0;
      for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
      return sum;
    };
    double best = 1e300;
    for (unsigned cuts = 0; cuts < 256; ++cuts) {
      std::vector<double> mean(9);
      std::size_t start = 0;
      bool fits = true;
      for (std::size_t i = 0; i < 9; ++i) {
        if (i < 8 && (cuts >> i & 1U) == 0) continue;
        fits = fits && i + 1 - start >= 2;
        double sum = 0;
        for (std::size_t j = start; j <= i; ++j) sum += sorted[j];
        for (std::size_t j = start; j <= i; ++j) {
          mean[j] = sum / static_cast<double>(i + 1 - start);
        }
        start = i + 1;
      }
      if (fits) best = std::min(best, spread(sorted, mean));
    }
    CHECK(spread(column, microaggregate(column, 2)) == doctest::Approx(best));
  }
  CHECK(find_technique("microaggregate")->make({}).error().reason == "table_technique");
}

TEST_CASE("restore: fpe gives the number back with its check digit; numbers stay (R-042)") {
  const auto keys = ring();
  const Scope scope{"ID_CARD", keys.get(), nullptr, nullptr};
  const auto round_trip = [&](const char* arguments, Value value) {
    const auto made = find_technique("fpe")->make(nlohmann::json::parse(arguments));
    Outcome coded;
    REQUIRE((*made)->apply(value, scope, coded).ok());
    CHECK(coded.text != value.text);
    Outcome back;
    REQUIRE((*made)->restore({coded.text, coded.kind}, scope, back).ok());
    CHECK(back.text == value.text);
    return coded.text;
  };
  for (const char* id : {"11010519491231002X", "650102197712272014"}) {
    if (!is_valid_id_card(id)) continue;
    round_trip(R"({"kind":"id-card"})", {id});
    round_trip(R"({"kind":"id-card","check":"valid"})", {id});
  }
  round_trip("{}", {"00-1234567"});
  for (int i = 1'000'000; i < 1'000'050; ++i) {
    const std::string number = std::to_string(i);
    CHECK(round_trip("{}", {number, ValueKind::kNumber})[0] != '0');
  }
  const std::string token = run("encrypt", "{}", "1.10", "NUM", 0, ValueKind::kNumber);
  CHECK(token.find(":n.") != std::string::npos);
}

TEST_CASE("encrypt is undone by the key, and by no other (R-042)") {
  const auto keys = ring();
  for (const char* value : {"张三", "欧阳修", "a", "a longer value of more than a block, 中文"}) {
    const std::string token = run("encrypt", "{}", value, "NAME");
    CHECK(token.ends_with("=="));
    const auto back = restore_tokens(*keys, "患者" + token + "x==，" + token);
    REQUIRE(back.ok());
    CHECK(back->text == "患者" + std::string(value) + "x==，" + value);
    CHECK(restore_tokens(*ring('z'), token).error().reason == "other_key");
    std::string changed = token;
    changed[changed.size() - 8] = changed[changed.size() - 8] == 'A' ? 'B' : 'A';
    CHECK_FALSE(restore_tokens(*keys, changed).ok());
  }
  // Names of two and three characters cannot be told apart by length.
  CHECK(run("encrypt", "{}", "张三", "NAME").size() == run("encrypt", "{}", "张三丰", "NAME").size());
}

TEST_CASE("perturb is keyed, bounded and keeps its decimals") {
  const std::string moved = run("perturb", R"({"percent":5,"min":0})", "1000.00", "COST", 0,
                                ValueKind::kNumber);
  CHECK(moved != "1000.00");
  CHECK(moved.find('.') == moved.size() - 3);
  const double number = std::stod(moved);
  CHECK((number >= 950 && number <= 1050));
  CHECK(run("perturb", R"({"percent":5})", "12 mg", "COST") == "(null)");
}

TEST_CASE("uid-remap keeps registered UIDs and the urn prefix") {
  CHECK(run("uid-remap", "{}", "1.2.840.10008.1.2", "UID") == "(keep)");
  const std::string mapped = run("uid-remap", "{}", "1.2.3.4.5", "UID");
  CHECK(mapped.starts_with("2.25."));
  CHECK(mapped.size() <= 44);
  CHECK(run("uid-remap", "{}", "urn:oid:1.2.3.4.5", "UID") == "urn:oid:" + mapped);
}

TEST_CASE("FF1: the nine vectors of NIST SP 800-38G, both ways") {
  struct Vector {
    int key_bytes;
    std::uint32_t radix;
    const char* tweak;
    const char* plain;
    const char* cipher;
  };
  const Vector vectors[] = {
      {16, 10, "", "0123456789", "2433477484"},
      {16, 10, "39383736353433323130", "0123456789", "6124200773"},
      {16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"},
      {24, 10, "", "0123456789", "2830668132"},
      {24, 10, "39383736353433323130", "0123456789", "2496655549"},
      {24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"},
      {32, 10, "", "0123456789", "6657667009"},
      {32, 10, "39383736353433323130", "0123456789", "1001623463"},
      {32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"}};
  const Bytes key = *from_hex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94");
  const std::string digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (const Vector& vector : vectors) {
    const auto cipher =
        Ff1::create(ByteView(key).first(static_cast<std::size_t>(vector.key_bytes)), vector.radix);
    REQUIRE(cipher.ok());
    std::vector<std::uint16_t> numerals;
    for (const char* c = vector.plain; *c != 0; ++c) {
      numerals.push_back(static_cast<std::uint16_t>(digits.find(*c)));
    }
    const Bytes tweak = *from_hex(vector.tweak);
    const auto coded = cipher->encrypt(tweak, numerals);
    REQUIRE(coded.ok());
    std::string text;
    for (const std::uint16_t numeral : *coded) text.push_back(digits[numeral]);
    CHECK(text == vector.cipher);
    CHECK(*cipher->decrypt(tweak, *coded) == numerals);
  }
  const auto cipher = Ff1::create(key, 10);
  CHECK(cipher->encrypt({}, {1, 2, 3, 4}).error().reason == "small_domain");
}

TEST_CASE("fpe of an ID number keeps its shape and is no valid number unless asked") {
  const std::string id = "11010519491231002X";
  const std::string wrong = run("fpe", R"({"kind":"id-card"})", id, "ID_CARD");
  const std::string right = run("fpe", R"({"kind":"id-card","check":"valid"})", id, "ID_CARD");
  CHECK(wrong.size() == 18);
  CHECK(wrong.substr(0, 17) == right.substr(0, 17));
  CHECK(id_card_check_digit(right.substr(0, 17)) == right[17]);
  CHECK_FALSE(is_valid_id_card(wrong));
  CHECK(run("fpe", "{}", "0571-87654321", "PHONE").find('-') == 4);
  CHECK(run("fpe", "{}", "1234", "PHONE") == "(error)");
}

TEST_CASE("arguments are strict: a misspelt or wrong one is refused") {
  const auto refused = [](std::string_view technique, const char* arguments) {
    return !find_technique(technique)->make(nlohmann::json::parse(arguments)).ok();
  };
  CHECK(refused("mask", R"({"frist":3})"));
  CHECK(refused("mask", R"({"first":"3"})"));
  CHECK(refused("mask", R"({"first":-1})"));
  CHECK(refused("generalise", R"({})"));
  CHECK(refused("generalise", R"({"to":"galaxy"})"));
  CHECK(refused("truncate", R"({})"));
  CHECK(refused("perturb", R"({})"));
  CHECK(refused("keep", R"([1])"));
  CHECK(find_technique("shred") == nullptr);
}

TEST_CASE("a short key is refused") {
  const auto made = KeyRing::create(as_bytes(std::string(31, 'k')));
  REQUIRE_FALSE(made.ok());
  CHECK(made.error().code == Code::kDenied);
}

}  // namespace
}  // namespace emr::desensitize
