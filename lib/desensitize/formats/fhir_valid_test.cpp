// What comes out of FHIR R4 is FHIR R4 again, under every policy and for every purpose: the
// validator of fhir.resources found ids with a colon, objects without a member and resources
// without what they must have.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "desensitize/formats/fhir_query.h"
#include "desensitize/formats/testing.h"
#include "desensitize/json/json_rewriter.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

using Json = nlohmann::json;

/// One line each, so that nothing but the resource's own patient moves its dates.
constexpr std::string_view kResources[] = {
    R"({"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div>Wang</div>"},)"
    R"("extension":[{"url":"http://x.org/race","valueString":"Han"}],"name":[{"family":"Wang",)"
    R"("_family":{"extension":[{"url":"http://x.org/own","valueString":"Wang"}]},"given":["Wei"],)"
    R"("_given":[{"extension":[{"url":"http://x.org/q","valueCode":"IN"}]}]}],"birthDate":)"
    R"("1980-02-03","_birthDate":{"extension":[{"url":"http://x.org/time","valueDateTime":)"
    R"("1980-02-03T10:00:00Z"}]},"deceasedBoolean":false,"link":[{"other":{"reference":)"
    R"("Patient/p0"},"type":"seealso"}],"photo":[{"data":"aGVsbG8="}]})",
    R"({"resourceType":"Observation","id":"o1","_status":{"extension":[{"url":)"
    R"("http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},)"
    R"("code":{"text":"Triglycerides"},"subject":{"display":"Wang Wei"},"valueInteger":)"
    R"(13800138000,"note":[{"text":"seen"}]})",
    R"({"resourceType":"Condition","id":"c1","contained":[{"resourceType":"Practitioner","id":)"
    R"("pr1","name":[{"family":"Smith"}]}],"code":{"text":"flu"},"subject":{"display":"Wang"},)"
    R"("recorder":{"reference":"#pr1"},"meta":{"lastUpdated":"2021-03-04T10:00:00Z"}})",
    R"({"resourceType":"AuditEvent","id":"a1","type":{"code":"rest"},"recorded":)"
    R"("2021-03-04T10:00:00Z","agent":[{"requestor":true,"who":{"display":"Smith"}}],"source":)"
    R"({"observer":{"display":"hospital"}}})",
    R"({"resourceType":"Composition","id":"d1","status":"final","type":{"text":"letter"},)"
    R"("date":"2021-03-04","author":[{"display":"Dr. Smith"}],"title":"Letter on Wang"})",
    R"({"resourceType":"Media","id":"m1","status":"completed","content":{"url":"http://h/1"}})",
    R"({"resourceType":"Media","id":"m2","status":"completed","content":{"data":"aGVsbG8="}})",
    R"({"resourceType":"DocumentReference","id":"r1","status":"current","content":[{"attachment":)"
    R"({"data":"aGVsbG8=","hash":"V2FuZw=="}}]})",
    R"({"resourceType":"Composition","id":"d2","status":"final","type":{"text":"letter"},"date":)"
    R"("2021-03-04","author":[{"display":"Dr. Smith"}],"title":"Letter","section":[{"title":"x",)"
    R"("text":{"status":"generated","div":"<div>Wang</div>"},"section":[{"text":{"status":)"
    R"("generated","div":"<div>Wang</div>"}}]}]})",
    R"({"resourceType":"Slot","id":"s1","schedule":{"display":"Dr. Smith"},"status":"free",)"
    R"("start":"2021-03-04T10:00:00Z","end":"2021-03-04T11:00:00Z"})",
    R"({"resourceType":"Parameters","id":"q1","parameter":[{"name":"patient","valueReference":)"
    R"({"reference":"Patient/p1"}}]})",
    R"({"resourceType":"PaymentNotice","id":"n1","status":"active","payment":{"display":"x"},)"
    R"("recipient":{"display":"x"},"amount":{"value":1.5}})",
    R"({"resourceType":"Questionnaire","id":"t1","status":"active","url":"http://h/q","item":[)"
    R"({"linkId":"1","type":"string","enableWhen":[{"question":"2","operator":"=",)"
    R"("answerBoolean":true}]}]})",
};

const std::map<std::string, std::set<std::string>> kRequired = {
    {"AuditEvent", {"type", "recorded", "agent", "source"}},
    {"Bundle", {"type"}},
    {"Claim", {"status", "type", "use", "patient", "created", "provider", "priority", "insurance"}},
    {"Composition", {"status", "type", "date", "author", "title"}},
    {"Condition", {"subject"}},
    {"DocumentReference", {"status", "content"}},
    {"Encounter", {"status", "class"}},
    {"ExplanationOfBenefit", {"status", "type", "use", "patient", "created", "insurer", "outcome"}},
    {"Media", {"status", "content"}},
    {"Parameters", {"parameter"}},
    {"PaymentNotice", {"status", "payment", "recipient", "amount"}},
    {"Provenance", {"target", "recorded", "agent"}},
    {"Questionnaire", {"status", "item"}},
    {"Slot", {"schedule", "status", "start", "end"}},
};

bool is_id(const std::string& text) {
  constexpr std::string_view kLegal =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(kLegal) == text.npos;
}

/// Members whose values are instants, wherever they stand here.
bool is_instant(const std::string& key) {
  return key == "recorded" || key == "start" || key == "lastUpdated" || key == "issued";
}

void check_text(const std::string& key, const std::string& text, bool in_resource) {
  CHECK_FALSE(text.empty());
  if (key == "id" && in_resource) CHECK(is_id(text));
  if (key == "reference") CHECK(is_id(text.substr(text.find_last_of("/#:") + 1)));
  if (text.starts_with("urn:uuid:")) CHECK(text.size() == 45);
  if (is_instant(key) && in_resource) CHECK(text.find('T') == 10);
}

void check_valid(const Json& tree, const std::string& holder) {
  CAPTURE(holder);
  if (tree.is_null()) FAIL_CHECK("null");
  if (tree.is_structured()) CHECK_FALSE(tree.empty());
  const bool resource = tree.is_object() && tree.contains("resourceType");
  if (resource) {
    const auto required = kRequired.find(tree["resourceType"].get<std::string>());
    for (const std::string& key : required == kRequired.end() ? std::set<std::string>()
                                                              : required->second) {
      CAPTURE(key);
      CHECK(tree.contains(key));
    }
  }
  if (tree.is_object() && holder == "section") {  // constraint cmp-1
    CHECK((tree.contains("text") || tree.contains("entry") || tree.contains("section")));
  }
  for (const auto& item : tree.items()) {
    if (item.value().is_string() && tree.is_object()) {
      CAPTURE(item.key());
      check_text(item.key(), item.value().get<std::string>(), resource || holder == "meta");
    } else if (item.value().is_structured() || item.value().is_null()) {
      check_valid(item.value(), tree.is_object() ? item.key() : holder);
    }
  }
}

std::string out_of(std::string_view preset, std::string_view purpose, std::string_view text) {
  const auto policy = Policy::preset(preset, purpose, "fhir-r4");
  REQUIRE(policy.ok());
  const testing::Run run = testing::run_format(fhir_format(), *policy, text);
  CHECK(run.errors.empty());
  return run.out;
}

constexpr const char* kPresets[] = {"fhir-r4", "strict", "paper", "ws445", "gbt37964",
                                    "hipaa-safe-harbor"};
constexpr const char* kPurposes[] = {"", "treatment", "research", "public"};

}  // namespace

TEST_CASE("fhir: what comes out has legal ids, its required members and nothing empty") {
  for (const char* preset : kPresets) {
    for (const char* purpose : kPurposes) {
      CAPTURE(preset);
      CAPTURE(purpose);
      for (const std::string_view resource : kResources) {
        CAPTURE(resource);
        const std::string out = out_of(preset, purpose, resource);
        CAPTURE(out);
        check_valid(Json::parse(out), "");
        for (const char* secret : {"Wang", "Smith", "13800138000", "Han\""}) {
          CHECK(out.find(secret) == out.npos);
        }
      }
    }
  }
}

TEST_CASE("fhir: the samples stay valid under every policy") {
  for (const std::string name : {"Luisa710_Carranza218_2feb4fc9-0b59-4d72-bc87-aafcf11083d9.json",
                                 "practitionerInformation1583281853074.json", "Patient-1.ndjson"}) {
    const std::string in = testing::sample("fhir/" + name);
    if (in.empty()) {
      MESSAGE("skipped: no sample");
      continue;
    }
    for (const char* preset : kPresets) {
      CAPTURE(preset);
      check_valid(Json::parse(out_of(preset, "", in)), "");
      check_valid(Json::parse(out_of(preset, "public", in)), "");
    }
  }
}

TEST_CASE("fhir: ids, URNs, contained resources and queries name one thing as before") {
  const Json out = Json::parse(out_of(
      "fhir-r4", "",
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:oid:1.2.3",)"
      R"("resource":{"resourceType":"Condition","id":"77","contained":[{"resourceType":)"
      R"("Practitioner","id":"77"}],"recorder":{"reference":"#77"},"subject":{"reference":)"
      R"("Patient?identifier=s|990417"},"evidence":[{"detail":[{"reference":"urn:oid:1.2.3"}]}]},)"
      R"("request":{"method":"POST","url":)"
      R"("Condition","ifNoneExist":"identifier=s|990417"}}]})"));
  const Json& entry = out["entry"][0];
  const Json& condition = entry["resource"];
  CHECK(condition["recorder"]["reference"] ==
        "#" + condition["contained"][0]["id"].get<std::string>());
  CHECK(entry["fullUrl"] == condition["evidence"][0]["detail"][0]["reference"]);
  CHECK(entry["fullUrl"].get<std::string>().starts_with("urn:uuid:"));
  CHECK(condition["subject"]["reference"] ==
        "Patient?" + entry["request"]["ifNoneExist"].get<std::string>());
  CHECK(entry["request"]["url"] == "Condition");
  CHECK(out.dump().find("990417") == std::string::npos);
}

TEST_CASE("fhir: a query finds the resource that it found, by its new number, id or reference") {
  const std::string text = out_of(
      "fhir-r4", "",
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"http://h.org/Patient?)"
      R"(identifier=990417","resource":{"resourceType":"Patient","id":"p770088","identifier":[)"
      R"({"system":"http://h.org/mrn","value":"990417"}]},"request":{"method":"PUT","url":)"
      R"("Patient?identifier=http%3A%2F%2Fh.org%2Fmrn%7C990417&name=Quartermain&990417"}},)"
      R"({"resource":{"resourceType":"Condition","subject":{"reference":)"
      R"("Patient?identifier=http://h.org/mrn|990417"},"recorder":{"reference":)"
      R"("Patient/p770088?_summary=true"}},"request":{"method":"GET","url":)"
      R"("Condition?_id=p770088,Q1&subject=Patient/p770088&subject.identifier=990417"}}]})");
  CAPTURE(text);
  for (const char* secret : {"990417", "770088", "Quartermain", "true", "Q1"}) {
    CHECK(text.find(secret) == text.npos);
  }
  const Json out = Json::parse(text);
  const Json& patient = out["entry"][0]["resource"];
  const std::string number = percent_encoded(patient["identifier"][0]["value"].get<std::string>());
  const std::string id = patient["id"].get<std::string>();
  CHECK(out["entry"][0]["fullUrl"] == "http://h.org/Patient?identifier=" + number);
  const std::string by_number = "Patient?identifier=http://h.org/mrn|" + number;
  const Json& condition = out["entry"][1]["resource"];
  CHECK(condition["subject"]["reference"] == by_number);
  const std::string recorder = condition["recorder"]["reference"].get<std::string>();
  CHECK(recorder.starts_with("Patient/" + id + "?_summary="));
  const std::string url = out["entry"][0]["request"]["url"].get<std::string>();
  CHECK(url.starts_with(by_number + "&name="));
  const std::string search = out["entry"][1]["request"]["url"].get<std::string>();
  CHECK(search.starts_with("Condition?_id=" + id + ","));
  CHECK(search.find("&subject=Patient/" + id + "&") != search.npos);
  CHECK(search.ends_with("&subject.identifier=" + number));
  CHECK(out_of("hipaa-safe-harbor", "",
               R"({"resourceType":"Claim","patient":{"reference":"Patient?identifier=s|990417"}})")
            .find("990417") == std::string::npos);
}

TEST_CASE("fhir: numbers of insurances and addresses of other names go as well") {
  const std::string in =
      R"({"resourceType":"Coverage","dependent":"DEP77","class":[{"type":{"text":"group"},)"
      R"("value":"GRP5512"}],"preAuthRef":["PA9981"],"insurance":[{"businessArrangement":"BA8817",)"
      R"("preAuthRef":["PA9981"]}],"locationAddress":{"line":["Oak"],"city":"Troy"}})";
  for (const char* preset : kPresets) {
    const std::string out = out_of(preset, "", in);
    CAPTURE(out);
    for (const char* secret : {"DEP77", "GRP5512", "PA9981", "BA8817", "Oak", "Troy"}) {
      CHECK(out.find(secret) == out.npos);
    }
  }
}

TEST_CASE("fhir: percent signs in a query") {
  CHECK(percent_decoded("a%7Cb%2fc%zz%4") == "a|b/c%zz%4");
  CHECK(percent_encoded("[NAME] a|b") == "%5bNAME%5d%20a%7cb");
  CHECK(percent_decoded(percent_encoded("王 & 100%")) == "王 & 100%");
}

TEST_CASE("fhir: bytes that hold a query, a device or a hash go, samples stay, UIDs are DICOM's") {
  const std::string out = out_of(
      "fhir-r4", "",
      R"({"resourceType":"Basic","entity":[{"query":"bmFtZT1XYW5n"}],"udiCarrier":[{"carrierAIDC":)"
      R"("U04=","issuer":"http://x.org/i"}],"valueAttachment":{"hash":"aGFzaA==","size":3},)"
      R"("valueSampledData":{"data":"2041 2043 -2037.5 E 2060 U 2062 L"},"related":[{"reference":)"
      R"({"value":"C-77"}}],"identifier":[{"value":"urn:oid:1.2.3.4.5.6.7"}],"series":[{"uid":)"
      R"("1.2.3.4.5.6.7"}]})");
  for (const char* secret : {"bmFtZT1XYW5n", "U04=", "aGFzaA==", "C-77", "1.2.3.4"}) {
    CAPTURE(out);
    CHECK(out.find(secret) == out.npos);
  }
  CHECK(out.find("2041 2043 -2037.5 E 2060 U 2062 L") != out.npos);
  const Json tree = Json::parse(out);
  const auto made = tree["series"][0]["uid"].get<std::string>();
  CHECK(made.starts_with("2.25."));
  CHECK(tree["identifier"][0]["value"] == "urn:oid:" + made);
}
