// HIPAA Safe Harbor tells no age over 89, and no year that tells one: 164.514(b)(2)(i)(C).
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "desensitize/formats/testing.h"
#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

/// What the policy makes of one record in the year 2026.
std::string run(std::string_view format, std::string_view text) {
  const FormatSpec& spec = *find_format(format);
  const auto policy = Policy::preset("hipaa-safe-harbor", "", spec.default_policy);
  REQUIRE_MESSAGE(policy.ok(), policy.error().message);
  FieldTransformer with(*policy, testing::test_keys());
  with.set_this_year(2026);
  const auto rewriter = *spec.make_rewriter({});
  std::string out;
  const Status status = rewriter->rewrite(text, with, out);
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  return out;
}

Json fhir(std::string_view members) {
  return Json::parse(run("fhir", "{\"resourceType\":\"Condition\"," + std::string(members) + "}"));
}

TEST_CASE("old ages: a quantity of years, months or days over 89 years is the least of them") {
  CHECK(generalise_old_age("92", "a") == "90");
  CHECK(generalise_old_age("90.5", "years") == "90");
  CHECK_FALSE(generalise_old_age("89.9", "a"));
  CHECK(generalise_old_age("1100", "mo") == "1080");
  CHECK_FALSE(generalise_old_age("92", "mo"));
  CHECK(generalise_old_age("33000", "d") == "32872");
  CHECK_FALSE(generalise_old_age("95", "kg"));
  CHECK_FALSE(generalise_old_age("95", ""));
}

TEST_CASE("old ages: FHIR's numbers stay numbers") {
  const Json ages = fhir(
      R"("onsetAge":{"value":92,"unit":"a"},"abatementAge":{"code":"mo","value":92},)"
      R"("valueQuantity":{"value":94.5,"code":"a"},"x":{"value":94},"y":{"value":95,"unit":"kg"},)"
      R"("onsetRange":{"low":{"value":91,"unit":"years"},"high":{"value":89,"unit":"years"}},)"
      R"("ageAge":{"value":98},"ageString":"98","deceasedString":"very old")");
  CHECK(ages["onsetAge"]["value"] == 90);
  CHECK(ages["abatementAge"]["value"] == 92);
  CHECK(ages["valueQuantity"]["value"] == 90);
  CHECK(ages["x"]["value"] == 94);
  CHECK(ages["y"]["value"] == 95);
  CHECK(ages["onsetRange"]["low"]["value"] == 90);
  CHECK(ages["onsetRange"]["high"]["value"] == 89);
  CHECK(ages["ageAge"]["value"] == 90);
  CHECK(ages["ageString"] == "90+");
  CHECK_FALSE(ages.contains("deceasedString"));
}

TEST_CASE("old ages: a number of HL7 has its unit behind it") {
  const std::string out =
      run("hl7", "MSH|^~\\&|A|B|||20250310||ORU^R01|1|P|2.4\rOBX|1|NM|30525-0^Age||95|a^year^UCUM\r"
                 "OBX|2|NM|1^b||96|mo\rOBX|3|NM|8867-4^Rate||97|/min\r");
  CHECK(out.find("||90|a^year^UCUM\r") != std::string::npos);
  CHECK(out.find("||96|mo\r") != std::string::npos);
  CHECK(out.find("||97|/min\r") != std::string::npos);
}

TEST_CASE("old ages: the year of 90 years ago stands for all before it, in every format") {
  const Json dates = fhir(
      R"("birthDate":"1928-05-06","onsetDateTime":"1937-01-02","issued":"1930-02-03T10:00:00Z")");
  CHECK(dates["birthDate"] == "1936");
  CHECK(dates["onsetDateTime"] == "1937");
  CHECK(dates["issued"] == "1936-01-01T00:00:00Z");
  CHECK(run("json", R"({"dob":"05/06/1928","note":"born on 5/6/1928, seen 3/4/2025"})") ==
        R"({"dob":"1936","note":"born on 1936, seen 2025"})");
  CHECK(run("hl7", "MSH|^~\\&|A|B|||20250310||ADT^A01|1|P|2.4\rPID|1||7||X||19280506\r")
            .find("|19360101\r") != std::string::npos);
  CHECK(run("cda", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><birthTime value=\"19280506\"/>"
                   "</ClinicalDocument>")
            .find("value=\"1936") != std::string::npos);
}

}  // namespace
}  // namespace emr::desensitize
