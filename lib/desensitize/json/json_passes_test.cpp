// Records that are told of before they are rewritten come out as they would one by one.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "desensitize/formats/testing.h"
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {
namespace {

using Records = std::vector<std::string>;

Records patients() {
  return {
      R"({"patient":{"name":"欧阳明慧","idNo":"11010519491231002X","phone":"13800138000"},)"
      R"("cost":1234.5,"admitTime":"2025-03-05","note":"患者欧阳明慧，电话13800138000，2025年3月6日查房。"})",
      R"({"patient":{"name":"John Example","idNo":"440305199001011234"},)"
      R"("note":"Mr. Example was seen on 2025-03-05, phone (217)555-0101."})",
      R"({"patient":{"name":"周建国"},"note":"患者周建国\n家属：王丽&#44;陪同","dept":"心内科"})",
      R"({"patient":{"name":"broken"})",
      "  \n",
      R"({"patient":{"name":"李強"},"note":"患者李強，住臺北市中正區，電話0912345678。"})",
      R"([{"note":"姓 名 ： 张 三 丰"},{"note":"无特殊"},{"note":"无特殊"},5,null])",
      R"({"admitTime":"2025-03-05","note":"患者欧阳明慧来院"})",
      R"({"note":17,"patient":{"idNo":"11010519491231002X"},"admitTime":"2025-03-05"})",
  };
}

std::string one(JsonRewriter& rewriter, FieldTransformer& with, std::string_view record) {
  std::string out;
  const Status done = rewriter.rewrite(record, with, out);
  return done ? out : "error " + done.error().reason + " at " + done.error().pointer;
}

FieldTransformer chinese() {
  return FieldTransformer(testing::preset("gbt37964"), testing::test_keys());
}

Records one_by_one(const Records& records) {
  FieldTransformer with = chinese();
  JsonRewriter rewriter;
  Records out;
  for (const std::string& record : records) out.push_back(one(rewriter, with, record));
  return out;
}

/// A Bundle of two people; an Observation of nobody.
Records resources() {
  return {
      R"({"resourceType":"Bundle","type":"collection","entry":[)"
      R"({"resource":{"resourceType":"Patient","id":"a","birthDate":"1970-03-05",)"
      R"("name":[{"text":"Jordan Example"}]}},)"
      R"({"resource":{"resourceType":"Observation","subject":{"reference":"Patient/a"},)"
      R"("effectiveDateTime":"2025-03-05","valueString":"Seen\nwith Jordan Example"}},)"
      R"({"resource":{"resourceType":"Patient","id":"b","birthDate":"1971-03-05"}},)"
      R"({"resource":{"resourceType":"Encounter","subject":{"reference":"Patient/b"},)"
      R"("period":{"start":"2025-03-05"}}}]})",
      R"({"resourceType":"Observation","effectiveDateTime":"2025-03-05","valueInteger":17})",
      R"([1])",
      R"({"resourceType":"Patient","id":"a","birthDate":"1970-03-05"})",
  };
}

std::vector<std::string_view> views(const Records& records) {
  return {records.begin(), records.end()};
}

TEST_CASE("expected records come out as they do one by one") {
  const Records records = patients();
  const Records alone = one_by_one(records);
  CHECK(alone[0].find("欧阳") == std::string::npos);
  FieldTransformer with = chinese();
  JsonRewriter rewriter;
  for (int round = 0; round < 2; ++round) {  // in the second one every path and word is known
    rewriter.expect(views(records), with);
    for (std::size_t i = 0; i < records.size(); ++i) {
      CAPTURE(records[i]);
      CHECK(one(rewriter, with, records[i]) == alone[i]);
    }
  }
}

TEST_CASE("expected resources come out as they do one by one, each person's dates moved alike") {
  const Records records = resources();
  const std::unique_ptr<Rewriter> alone = *fhir_format().make_rewriter({});
  const std::unique_ptr<Rewriter> together = *fhir_format().make_rewriter({});
  FieldTransformer with_one(testing::preset("fhir-r4"), testing::test_keys());
  FieldTransformer with_all(testing::preset("fhir-r4"), testing::test_keys());
  together->expect(views(records), with_all);
  for (const std::string& record : records) {
    CAPTURE(record);
    std::string one_out;
    std::string all_out;
    CHECK(alone->rewrite(record, with_one, one_out).ok() ==
          together->rewrite(record, with_all, all_out).ok());
    CHECK(one_out == all_out);
  }
}

TEST_CASE("whoever brings other records than were expected gets those") {
  const Records records = patients();
  const Records alone = one_by_one(records);
  FieldTransformer with = chinese();
  JsonRewriter rewriter;
  rewriter.expect(views(records), with);
  CHECK(one(rewriter, with, records[0]) == alone[0]);
  CHECK(one(rewriter, with, records[7]) == alone[7]);
  CHECK(one(rewriter, with, records[1]) == alone[1]);
  rewriter.expect(views(records), with);
  rewriter.expect({}, with);
  CHECK(one(rewriter, with, records[0]) == alone[0]);
}

TEST_CASE("a record that is given up takes none of those that come with it along") {
  const auto policy = Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"t","unknown":"keep","rules":[
        {"match":{"path":"optOut"},"technique":"suppress-record","args":{"values":["yes"]}}]})");
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  FieldTransformer with(*policy, nullptr);
  JsonRewriter rewriter;
  const Records records = {R"({"optOut":"no","a":1})", R"({"optOut":"yes","a":2})", "\n",
                           R"({"optOut":"no","a":3})"};
  const std::vector<bool> given_up = {false, true, false, false};
  rewriter.expect(views(records), with);
  for (std::size_t i = 0; i < records.size(); ++i) {
    one(rewriter, with, records[i]);
    CHECK(with.suppressed() == given_up[i]);
  }
}

}  // namespace
}  // namespace emr::desensitize
