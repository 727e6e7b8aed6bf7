// Who links what two formats say about one patient links it by tokens: a number has the same one in
// every format, and whatever the field is called that it stands in.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "desensitize/formats/testing.h"

namespace emr::desensitize {
namespace {

constexpr const char* kId = "110105194912310021";
constexpr const char* kRecord = "BAH00012345";
constexpr const char* kVisit = "ZY20250310001";
constexpr const char* kOrder = "JC202503100077";
constexpr const char* kDoctor = "GH30217";
constexpr const char* kPlan = "YB998877665";

std::string run(std::string_view format, std::string_view preset, std::string_view text) {
  const testing::Run result =
      testing::run_format(*find_format(format), testing::preset(preset), text);
  REQUIRE_MESSAGE(result.errors.empty(), result.errors.front().message);
  return result.out;
}

std::set<std::string> tokens_in(std::string_view text) {
  std::set<std::string> tokens;
  constexpr std::size_t kTokenBytes = 35;
  for (std::size_t at = text.find("tk:"); at != text.npos; at = text.find("tk:", at + 1)) {
    tokens.emplace(text.substr(at, kTokenBytes));
  }
  return tokens;
}

/// The tokens of the patient's numbers, as a table has them.
std::set<std::string> expected() {
  return tokens_in(run("csv", "gbt37964",
                       std::string("idNo,mrn,inpatientNo,applyNo,doctorId,insuranceNo\n") + kId +
                           "," + kRecord + "," + kVisit + "," + kOrder + "," + kDoctor + "," +
                           kPlan + "\n"));
}

/// How many of the expected tokens does the text not hold?
std::size_t missing(std::string_view text) {
  const std::set<std::string> there = tokens_in(text);
  const std::set<std::string> wanted = expected();
  REQUIRE(wanted.size() == 6);
  return static_cast<std::size_t>(std::count_if(
      wanted.begin(), wanted.end(), [&](const auto& token) { return !there.contains(token); }));
}

std::string identifier(std::string_view number) {
  return "\"identifier\":[{\"value\":\"" + std::string(number) + "\"}]";
}

std::string fhir() {
  return "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\"," +
         identifier(std::string(kId) + "\"},{\"value\":\"" + kRecord) +
         "}},{\"resource\":{\"resourceType\":\"Encounter\"," + identifier(kVisit) +
         "}},{\"resource\":{\"resourceType\":\"ServiceRequest\"," + identifier(kOrder) +
         "}},{\"resource\":{\"resourceType\":\"Practitioner\"," + identifier(kDoctor) +
         "}},{\"resource\":{\"resourceType\":\"Coverage\"," + identifier(kPlan) + "}}]}";
}

std::string hl7() {
  return std::string("MSH|^~\\&|A|B|||20250310||ADT^A01|1|P|2.5\rPID|1||") + kRecord +
         "^^^H^MR||X^Y|||||||||||||" + "|" + kId + "\rPV1|1|I|||||" + kDoctor +
         "^L|||||||||||" + "|" + kVisit + "\rIN1|1|P|C" + std::string(33, '|') + kPlan +
         "\rORC|NW|" + kOrder + "\r";
}

std::string cda() {
  const auto id = [](const char* root, const char* number) {
    return std::string("<id root=\"") + root + "\" extension=\"" + number + "\"/>";
  };
  return "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><recordTarget><patientRole>" +
         id("2.16.156.10011.1.13", kRecord) + "<patient>" + id("2.16.156.10011.1.3", kId) +
         "</patient></patientRole></recordTarget><author><assignedAuthor>" +
         id("2.16.156.10011.1.7", kDoctor) + "</assignedAuthor></author><order>" +
         id("2.16.156.10011.1.24", kOrder) + "</order><encompassingEncounter>" +
         id("2.16.156.10011.1.12", kVisit) + id("1.2.3", kPlan) +
         "</encompassingEncounter></ClinicalDocument>";
}

TEST_CASE("the numbers of one patient have the same tokens in FHIR, HL7, CDA and tables") {
  CHECK(missing(run("fhir", "fhir-r4", fhir())) == 0);
  CHECK(missing(run("hl7", "hl7v2", hl7())) == 0);
  CHECK(missing(run("cda", "cda", cda())) == 0);
}

}  // namespace
}  // namespace emr::desensitize
