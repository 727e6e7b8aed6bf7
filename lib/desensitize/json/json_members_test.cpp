// Names of members that tell a person: a reviewer used numbers and names as keys, and they stayed.
#include <doctest/doctest.h>

#include "desensitize/formats/testing.h"
#include "desensitize/json/json_rewriter.h"
#include "desensitize/policy/member_names.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

std::shared_ptr<const Policy> policy_with(const std::string& unknown) {
  return *Policy::parse(R"({"type":"emr.policy","v":1,"id":"x","unknown":")" + unknown +
                        R"(","rules":[{"technique":"keep","match":{"key":["dx","过敏史"]}},)"
                        R"({"technique":"keep","match":{"path":"kept"}}]})");
}

testing::Run run(const std::string& unknown, std::string_view text) {
  return testing::run_format(json_format(), policy_with(unknown), text);
}

}  // namespace

TEST_CASE("json: the elements of an array are what a rule means by strings and numbers") {
  for (const char* preset : {"hipaa-safe-harbor", "gbt37964", "ws445"}) {
    CAPTURE(preset);
    const testing::Run result = testing::run_format(
        *find_format("json"), testing::preset(preset),
        R"({"firstName":["Zeb","Zue"],"surname":["Qoxx"],"name":{"given":["Zeb"],)"
        R"("name":[["Zeb"]]},)"
        R"("patients":[{"firstName":"Zeb"},{"firstName":["Zue"]}],"first":["Fall","fieber"]})");
    REQUIRE(result.errors.empty());
    CAPTURE(result.out);
    for (const char* name : {"Zeb", "Zue", "Qoxx"}) {
      CHECK(result.out.find(name) == std::string::npos);
    }
  }
}

TEST_CASE("member names: a member whose name tells a person goes as a whole") {
  const struct {
    const char* unknown;
    std::string_view in;
    std::string_view out;
  } cases[] = {
      {"drop", R"({"13800138000":{"dx":"I10"},"dx":1})", R"({"dx":1})"},
      {"drop", R"({"张伟":{"dx":"I10"},"李娜":"x","dx":1})", R"({"dx":1})"},
      {"drop", R"({"kept":{"11010519491231002X":1,"b":2,"患者张伟":[3]}})", R"({"kept":{"b":2}})"},
      {"drop", R"({"kept":{"\u5f20\u4f1f":1,"00123456":{"dx":1}}})", R"({"kept":{}})"},
      {"drop", R"({"kept":{"白细胞":5.2,"血压":1,"8867-4":2,"过敏史":3,"a@b.org":4}})",
       R"({"kept":{"白细胞":5.2,"血压":1,"8867-4":2,"过敏史":3}})"},
      {"drop", R"({"John Smith":{"dx":1},"Maria Lopez":2,"dx":{"Carbon Dioxide":1}})",
       R"({"dx":{"Carbon Dioxide":1}})"},
      {"drop", R"({"kept":{"Rose Bengal":1,"Gentian Violet":2,"Rose Miller":4}})",
       R"({"kept":{"Rose Bengal":1,"Gentian Violet":2}})"},
      {"scan", R"({"13800138000":{"dx":"I10"},"张伟":{"dx":1},"00123456":2})",
       R"({"张伟":{"dx":1},"00123456":2})"},
      {"keep", R"({"13800138000":{"dx":"I10"}})", R"({"13800138000":{"dx":"I10"}})"},
      {"fail", R"({"dx":1,"kept":{"b":2}})", R"({"dx":1,"kept":{"b":2}})"},
  };
  for (const auto& one : cases) {
    CAPTURE(std::string(one.in));
    const testing::Run result = run(one.unknown, one.in);
    CHECK(result.errors.empty());
    CHECK(result.out == one.out);
  }
}

TEST_CASE("member names: under fail they are an error, which does not repeat them") {
  for (const std::string_view text :
       {R"({"kept":{"13800138000":1}})", R"({"kept":{"a":{"dx":0},"张伟":{"b":[]}}})"}) {
    const testing::Run result = run("fail", text);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].code == Code::kData);
    CHECK(result.errors[0].reason == "member_name");
    CHECK(result.errors[0].pointer == "/kept");
  }
}

TEST_CASE("own values: the blanks of an empty form are no name") {
  const std::string in = R"({"name":"    ","note":"咳嗽    3天"})";
  CHECK(testing::run_format(json_format(), testing::preset("gbt37964"), in)
            .out.find("咳嗽    3天") != std::string::npos);
}

TEST_CASE("member names: they count as unknown, --explain hides them, the way back keeps them") {
  struct Sink final : ExplainSink {
    void explain(const Field& field, const Rule*, const Value&, Action action) override {
      if (action == Action::kDelete) seen.append(field.path).append(";");
    }
    std::string seen;
  } sink;
  FieldTransformer with(policy_with("drop"), nullptr);
  with.set_explain(&sink);
  JsonRewriter rewriter;
  std::string out;
  CHECK(rewriter.rewrite(R"({"kept":{"13800138000":{"b":1}}})", with, out).ok());
  CHECK(out == R"({"kept":{}})");
  CHECK(sink.seen == "kept.*;");
  CHECK(with.report().unknown() == 1);
  FieldTransformer back(policy_with("drop"), testing::test_keys());
  back.restore_values();
  out.clear();
  CHECK(JsonRewriter().rewrite(R"({"kept":{"13800138000":{"b":1}}})", back, out).ok());
  CHECK(out == R"({"kept":{"13800138000":{"b":1}}})");
}

TEST_CASE("member names: the words of every preset and of exports tell nobody") {
  for (const Preset& preset : policy_presets()) {
    const auto policy = testing::preset(preset.name);
    for (const char* word : {"name", "姓名", "patientName", "DE02.01.039.00", "2.16.840.1.113883.1.3",
                             "resourceType", "住院号", "主任医师查房意见", "血红蛋白", "万古霉素",
                             "收缩压", "上级医师查房记录", "medicationAdministration"}) {
      CAPTURE(preset.name);
      CAPTURE(word);
      CHECK_FALSE(name_identifies(*policy, word));
    }
  }
}
