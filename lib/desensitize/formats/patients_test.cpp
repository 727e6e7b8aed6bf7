// Dates move with their patient: intervals stay within one patient in every format, are the same
// between formats, and two patients in one file do not share a shift (issue 4).
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "desensitize/dates.h"
#include "desensitize/formats/fhir_people.h"
#include "desensitize/formats/testing.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

std::int64_t day_of(std::string_view text) {
  const auto date = parse_date(text, DateOrder::kMonthFirst);
  REQUIRE_MESSAGE(date.has_value(), text);
  return days_from_civil(date->date);
}

/// By how many days did `before` move?
std::int64_t moved(std::string_view before, std::string_view after) {
  return day_of(after) - day_of(before);
}

std::string run(std::string_view format, std::string_view preset, std::string_view text) {
  const testing::Run result =
      testing::run_format(*find_format(format), testing::preset(preset), text);
  REQUIRE_MESSAGE(result.errors.empty(), result.errors.front().message);
  return result.out;
}

/// The shift of a patient known by this number, as JSON Lines of the strict policy shift.
std::int64_t expected(const std::string& id) {
  const std::string out =
      run("json", "strict", "{\"idNo\":\"" + id + "\",\"visitDate\":\"2025-03-10\"}\n");
  return moved("2025-03-10", Json::parse(out)["visitDate"].get<std::string>());
}

constexpr const char* kAnn = "110105199003071234";
constexpr const char* kBob = "310101198512120011";

std::string field(std::string_view out, std::size_t line, std::string_view segment,
                  std::size_t number) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t stop = std::min(out.find('\r', at), out.size());
    std::string_view text = out.substr(at, stop - at);
    at = stop + 1;
    if (!text.starts_with(segment) || seen++ != line) continue;
    for (std::size_t i = 0; i < number; ++i) text.remove_prefix(text.find('|') + 1);
    return std::string(text.substr(0, text.find('|')));
  }
  return {};
}

TEST_CASE("two patients have two shifts, and neither is zero") {
  CHECK(expected(kAnn) != expected(kBob));
  CHECK(expected(kAnn) != 0);
  CHECK(expected(kBob) != 0);
}

TEST_CASE("JSON: lines, and elements of one array, are records of their own") {
  const std::string a = std::string("{\"idNo\":\"") + kAnn + "\",\"visitDate\":\"2025-03-10\"}";
  const std::string b = std::string("{\"idNo\":\"") + kBob + "\",\"visitDate\":\"2025-03-10\"}";
  const Json tree = Json::parse(run("json", "strict", "[" + a + ",\n" + b + "," + a + "]"));
  REQUIRE(tree.size() == 3);
  CHECK(moved("2025-03-10", tree[0]["visitDate"].get<std::string>()) == expected(kAnn));
  CHECK(moved("2025-03-10", tree[1]["visitDate"].get<std::string>()) == expected(kBob));
  CHECK(tree[2] == tree[0]);
}

TEST_CASE("CSV: each row moves with its patient") {
  const std::string out = run("csv", "strict", std::string("idNo,visitDate,admitDate\n") + kAnn +
                                                   ",2025-03-10,2025/3/1\n" + kBob +
                                                   ",2025-03-10,20250302\n");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t at = out.find('\n') + 1; at < out.size();) {
    const std::size_t stop = out.find('\n', at);
    std::string line = out.substr(at, stop - at);
    rows.emplace_back();
    for (std::size_t comma = 0; comma != std::string::npos; line = line.substr(comma + 1)) {
      comma = line.find(',');
      rows.back().push_back(line.substr(0, comma));
      if (comma == std::string::npos) break;
    }
    at = stop + 1;
  }
  REQUIRE(rows.size() == 2);
  CHECK(moved("2025-03-10", rows[0].at(1)) == expected(kAnn));
  CHECK(moved("2025-03-01", rows[0].at(2)) == expected(kAnn));
  CHECK(moved("2025-03-10", rows[1].at(1)) == expected(kBob));
  CHECK(moved("2025-03-02", rows[1].at(2)) == expected(kBob));
}

std::string message(const char* id) {
  return std::string("MSH|^~\\&|A|B|||20250310120000||ADT^A01|1|P|2.4\rPID|1||") + id +
         "||X^Y||19800101\rPV1|1|I||||||||||||||||||||||||||||||||||||||||||20250309\r";
}

TEST_CASE("HL7: messages of a batch, and the PIDs of one message, have their own shifts") {
  const std::string batch =
      std::string("BHS|^~\\&|A\r") + message(kAnn) + message(kBob) + "BTS|2\r";
  const std::string out = run("hl7", "hl7v2", batch);
  CHECK(moved("2025-03-09", field(out, 0, "PV1", 44)) == expected(kAnn));
  CHECK(moved("2025-03-09", field(out, 1, "PV1", 44)) == expected(kBob));
  CHECK(moved("2025-03-10", field(out, 0, "MSH", 6).substr(0, 8)) == expected(kAnn));

  // ADT^A17: two patients change beds. The header is nobody's: its date is cut to the year.
  const std::string swap =
      std::string("MSH|^~\\&|A|B|||20250310||ADT^A17|1|P|2.4\rPID|1||") + kAnn +
      "||X^Y||19800101\rPID|2||" + kBob + "||Z^W||19800101\r";
  const std::string swapped = run("hl7", "hl7v2", swap);
  CHECK(field(swapped, 0, "MSH", 6) == "2025");
  CHECK(moved("1980-01-01", field(swapped, 0, "PID", 7)) == expected(kAnn));
  CHECK(moved("1980-01-01", field(swapped, 1, "PID", 7)) == expected(kBob));
}

TEST_CASE("HL7: the authority that assigned a number is nobody's name") {
  const std::string out = run("hl7", "hl7v2",
                              "MSH|^~\\&|AccMgr|1|||20250310||ADT^A01|1|P|2.4\rPID|1||7^^^A||X^Y\r"
                              "PV1|1|I|||||37^DISNEY^WALT^^^^^^AccMgr\r");
  CHECK(field(out, 0, "MSH", 2) == "AccMgr");
}

// --- FHIR ----------------------------------------------------------------------------------------

Json patient(const std::string& id) {
  return {{"fullUrl", "urn:uuid:u-" + id},
          {"resource", {{"resourceType", "Patient"}, {"id", id}, {"birthDate", "1980-01-10"}}}};
}
Json entry(const std::string& type, Json members, const std::string& id = "x") {
  members["resourceType"] = type;
  members["id"] = id;
  return {{"fullUrl", "urn:uuid:u-" + id}, {"resource", std::move(members)}};
}
Json subject(const std::string& reference) { return {{"reference", reference}}; }
const std::string kAnnReference = "Patient/" + std::string(kAnn);
const std::string kBobReference = "Patient/" + std::string(kBob);
constexpr const char* kWhen = "2025-03-10";

Json bundle(std::vector<Json> entries) {
  const Json in{{"resourceType", "Bundle"},
                {"timestamp", "2025-03-10T08:00:00Z"},
                {"entry", std::move(entries)}};
  return Json::parse(run("fhir", "fhir-r4", in.dump()));
}

/// By how many days did the date of this entry move, which was `before`?
std::int64_t shift_in(const Json& bundle, std::size_t entry, const char* where,
                      std::string_view before = kWhen) {
  const Json& resource = bundle["entry"][entry]["resource"];
  return moved(before, resource.at(Json::json_pointer(where)).get<std::string>());
}

TEST_CASE("FHIR: each entry of a Bundle moves with its own patient") {
  const Json period{{"start", kWhen}};
  const Json doctor = subject("Practitioner/9");
  const std::string whole_url = "http://h.cn/fhir/" + kBobReference + "/_history/2";
  const Json out = bundle(
      {patient(kAnn), patient(kBob),
       entry("Observation", {{"effectiveDateTime", kWhen},
                             {"subject", subject("urn:uuid:u-" + std::string(kBob))}}),
       entry("Observation", {{"subject", subject(kAnnReference)}, {"effectiveDateTime", kWhen}}),
       entry("Encounter", {{"participant", {{{"individual", doctor}}}},
                           {"subject", subject(whole_url)},
                           {"period", period}}, "e1"),
       entry("Procedure", {{"encounter", subject("Encounter/e1")}, {"performedDateTime", kWhen}}),
       entry("Immunization", {{"patient", subject(kAnnReference)}, {"occurrenceDateTime", kWhen}}),
       entry("Appointment", {{"participant", {{{"actor", doctor}},
                                              {{"actor", subject(kBobReference)}}}},
                             {"start", kWhen}}),
       entry("Coverage", {{"subscriber", subject(kBobReference)},
                          {"beneficiary", subject(kAnnReference)},
                          {"period", period}})});
  CHECK(shift_in(out, 0, "/birthDate", "1980-01-10") == expected(kAnn));
  CHECK(shift_in(out, 1, "/birthDate", "1980-01-10") == expected(kBob));
  CHECK(shift_in(out, 2, "/effectiveDateTime") == expected(kBob));
  CHECK(shift_in(out, 3, "/effectiveDateTime") == expected(kAnn));
  CHECK(shift_in(out, 4, "/period/start") == expected(kBob));
  CHECK(shift_in(out, 5, "/performedDateTime") == expected(kBob));
  CHECK(shift_in(out, 6, "/occurrenceDateTime") == expected(kAnn));
  CHECK(shift_in(out, 7, "/start") == expected(kBob));
  CHECK(shift_in(out, 8, "/period/start") == expected(kAnn));
  CHECK(out["timestamp"] == "2025-01-01T00:00:00Z");  // of nobody in particular
}

TEST_CASE("FHIR: a patient in the Bundle is the same one by his number") {
  Json both = patient(kAnn);
  both["resource"]["identifier"] = {{{"value", "77"}}, {{"value", "BAH-9"}}};
  const Json logical{{"identifier", {{"value", "bah9"}}}};
  const Json out = bundle({both, patient(kBob),
                           entry("Claim", {{"patient", subject("Patient?identifier=x%7C77")},
                                           {"created", kWhen}}),
                           entry("Claim", {{"patient", logical}, {"created", kWhen}}),
                           entry("Claim", {{"patient", subject(kAnnReference + "?_summary=true")},
                                           {"created", kWhen}})});
  for (const std::size_t claim : {2, 3, 4}) {
    CHECK(shift_in(out, claim, "/created") == expected(kAnn));
  }
}

TEST_CASE("FHIR: what cannot be attributed loses all but the year; one patient has everything") {
  const Json nobody{{"authoredOn", kWhen}};
  const Json both = {subject(kAnnReference), subject(kBobReference)};
  const Json out =
      bundle({patient(kAnn), patient(kBob), entry("ServiceRequest", nobody),
              entry("Observation", {{"subject", subject("Group/1")}, {"recordedDate", kWhen}}),
              entry("Observation", {{"subject", both}, {"recordedDate", kWhen}})});
  CHECK(out["entry"][2]["resource"]["authoredOn"] == "2025");
  CHECK(out["entry"][3]["resource"]["recordedDate"] == "2025");
  CHECK(out["entry"][4]["resource"]["recordedDate"] == "2025");
  const Json single = bundle({patient(kAnn), entry("ServiceRequest", nobody)});
  CHECK(shift_in(single, 1, "/authoredOn") == expected(kAnn));
  CHECK(moved(kWhen, single["timestamp"].get<std::string>().substr(0, 10)) == expected(kAnn));
}

TEST_CASE("FHIR: contained patients and logical references are known by their identifiers") {
  const auto identity = [](const Json& resource) {
    return fhir_people(resource.dump()).front().identity;
  };
  const Json identifier{{"value", "77"}};
  const Json inner{{"resourceType", "Patient"}, {"id", "p"}, {"identifier", {identifier}}};
  Json contained{{"resourceType", "Observation"},
                 {"contained", {inner}},
                 {"subject", subject("#p")}};
  CHECK(identity(contained) == "77");
  contained["contained"][0].erase("identifier");
  CHECK(identity(contained).empty());  // "p" would be anybody
  const Json logical{{"identifier", identifier}};
  CHECK(identity({{"resourceType", "Observation"}, {"subject", logical}}) == "77");
  const Json conditional = subject("Patient?identifier=urn:x|77");
  CHECK(identity({{"resourceType", "Claim"}, {"patient", conditional}}) == "77");
  CHECK(identity({{"subject", subject("urn:uuid:88")}, {"resourceType", "Condition"}}) == "88");
  CHECK(identity({{"resourceType", "Practitioner"}, {"id", "9"}}).empty());
  const Json link{{"other", subject("Patient/8")}};
  CHECK(identity({{"resourceType", "Patient"}, {"id", "9"}, {"link", {link}}}) == "9");
  CHECK(fhir_people("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":").size() == 2);
  CHECK(fhir_people("[]").size() == 1);
}

TEST_CASE("CDA and HL7: the same patient as in the other formats") {
  const std::string cda =
      std::string("<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><effectiveTime value=\"20250310\"/>"
                  "<recordTarget><patientRole><id extension=\"") + kAnn +
      "\" root=\"1.2.3\"/></patientRole></recordTarget></ClinicalDocument>";
  const std::string out = run("cda", "cda", cda);
  const std::size_t at = out.find("effectiveTime value=\"") + 21;
  CHECK(moved("2025-03-10", out.substr(at, 8)) == expected(kAnn));
  const std::string hl7 = run("hl7", "hl7v2", message(kAnn));
  CHECK(moved("2025-03-09", field(hl7, 0, "PV1", 44)) == expected(kAnn));
}

TEST_CASE("CDA: a document of two people is of nobody in particular") {
  const auto target = [](const char* id) {
    return std::string("<recordTarget><patientRole><id extension=\"") + id +
           "\" root=\"1.2.3\"/></patientRole></recordTarget>";
  };
  const std::string out =
      run("cda", "cda", "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><effectiveTime "
                        "value=\"20250310\"/>" + target(kAnn) + target(kBob) +
                            "</ClinicalDocument>");
  CHECK(out.find("effectiveTime value=\"2025\"") != std::string::npos);
}

/// The study dates of a data set in explicit little endian, in their order.
std::vector<std::string> study_dates(std::string_view bytes) {
  constexpr std::string_view kMark("\x08\x00\x20\x00\x44\x41\x08\x00", 8);
  std::vector<std::string> dates;
  for (std::size_t at = bytes.find(kMark); at != bytes.npos; at = bytes.find(kMark, at + 1)) {
    dates.emplace_back(bytes.substr(at + kMark.size(), 8));
  }
  return dates;
}

TEST_CASE("DICOMDIR: the studies of each patient move with him") {
  const std::string in = testing::sample("dicom/DICOMDIR");
  if (in.empty()) {
    MESSAGE("skipped: no DICOMDIR");
    return;
  }
  const std::string out = run("dicom", "dicom-basic+retain-modified-dates", in);
  const auto before = study_dates(in);
  const auto after = study_dates(out);
  REQUIRE(before.size() == after.size());
  std::map<std::int64_t, int> shifts;
  for (std::size_t i = 0; i < before.size(); ++i) ++shifts[moved(before[i], after[i])];
  CHECK(shifts.size() == 2);  // two patients
}

}  // namespace
}  // namespace emr::desensitize
