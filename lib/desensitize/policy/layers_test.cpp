// Policies of records over the policy of a format: a reviewer found record numbers and identifiers
// of FHIR and HL7 under keys that they do not know, and DICOM without its SOP class.
#include "desensitize/policy/layers.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

constexpr std::string_view kFhir =
    R"({"resourceType":"Patient","id":"pat-4711","identifier":[{"system":"urn:oid:1.2.3",)"
    R"("value":"MRN-990417"}],"name":[{"family":"Quartermain","given":["Zebulon"]}],)"
    R"("birthDate":"1980-02-03","address":[{"line":["7 Elm St"],"city":"Salem",)"
    R"("postalCode":"01970"}],"meta":{"lastUpdated":"2025-03-05T08:00:00Z",)"
    R"("profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},)"
    R"("link":[{"other":{"reference":"Patient/pat-4711"}}],"deceasedDateTime":"2025-03-04"})";
constexpr std::string_view kHl7 =
    "MSH|^~\\&|A|B|C|D|20250305||ORU^R01|77|P|2.5\rPID|1||990417^^^HOSP^MR||Quartermain^Zebulon||"
    "19800203|M|||7 Elm St^^Salem^MA^01970||5551234567\rPV1|1||||||||||||||||||V8812\r"
    "OBX|1|NM|8867-4||72\rOBX|2|ST|DE02.01.039.00||Quartermain\r";
constexpr std::string_view kCda =
    "<ClinicalDocument xmlns='urn:hl7-org:v3'><effectiveTime value='20250305'/><recordTarget>"
    "<patientRole><id root='1.2.3' extension='990417'/><patient><name>Quartermain</name><birthTime "
    "value='19800203'/></patient></patientRole></recordTarget></ClinicalDocument>";

std::string out_of(const char* format, std::string_view preset, std::string_view input,
                   std::string_view purpose = "") {
  const FormatSpec& spec = *find_format(format);
  const auto policy = Policy::preset(preset, purpose, spec.default_policy);
  REQUIRE(policy.ok());
  FormatOptions options;
  options.allow_pixels = true;
  const testing::Run run = testing::run_format(spec, *policy, input, options);
  CHECK(run.errors.empty());
  return run.out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("layers: the identifiers of a format go under policies of records, too") {
  for (const char* preset : {"hipaa-safe-harbor", "gbt37964"}) {
    for (const char* purpose : {"", "treatment", "research", "public"}) {
      CAPTURE(preset);
      CAPTURE(purpose);
      for (const std::string& out :
           {out_of("fhir", preset, kFhir, purpose), out_of("hl7", preset, kHl7, purpose),
            out_of("cda", preset, kCda, purpose)}) {
        CAPTURE(out);
        for (const char* secret : {"4711", "990417", "Quartermain", "Zebulon", "7 Elm", "V8812",
                                   "5551234567"}) {
          CHECK_FALSE(holds(out, secret));
        }
      }
    }
  }
}

TEST_CASE("layers: what the format knows keeps its form") {
  for (const char* preset : {"hipaa-safe-harbor", "gbt37964"}) {
    CAPTURE(preset);
    const auto patient = nlohmann::json::parse(out_of("fhir", preset, kFhir));
    CHECK(patient["resourceType"] == "Patient");
    CHECK(patient["birthDate"] == "1980");
    CHECK(patient["meta"]["profile"][0].get<std::string>().ends_with("us-core-patient"));
    CHECK(patient["link"][0]["other"]["reference"] ==
          "Patient/" + patient["id"].get<std::string>());
    const std::string hl7 = out_of("hl7", preset, kHl7);
    CHECK(holds(hl7, "|ORU^R01|"));
    CHECK((holds(hl7, "|1980|M|") || holds(hl7, "|19800101|M|")));
    CHECK(holds(hl7, "OBX|1|NM|8867-4||72\r"));
    CHECK(holds(out_of("cda", preset, kCda), "birthTime value='1980'"));
  }
}

TEST_CASE("layers: Safe Harbor has years only and no token of a patient's number") {
  for (const char* purpose : {"", "treatment", "public"}) {
    CAPTURE(purpose);
    const auto patient =
        nlohmann::json::parse(out_of("fhir", "hipaa-safe-harbor", kFhir, purpose));
    CHECK(patient["deceasedDateTime"] == "2025");
    CHECK(patient["meta"]["lastUpdated"] == "2025-01-01T00:00:00Z");
    CHECK(patient["identifier"][0]["value"] == "[MRN]");
    CHECK(patient["address"][0]["postalCode"] == "019");
    const std::string hl7 = out_of("hl7", "hipaa-safe-harbor", kHl7, purpose);
    CHECK(holds(hl7, "PID|1||^^^"));
    CHECK(holds(hl7, "^MA^019|"));
    CHECK_FALSE(holds(hl7, "0305"));
    CHECK(holds(out_of("cda", "hipaa-safe-harbor", kCda, purpose), "effectiveTime value='2025'"));
  }
}

TEST_CASE("layers: strict DICOM is DICOM still") {
  const DicomSyntax syntax;
  std::string in(128, '\0');
  in += "DICM";
  append_element(in, 0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.2", syntax);
  append_element(in, 0x00020010, "UI", "1.2.840.10008.1.2.1", syntax);
  append_element(in, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2", syntax);
  append_element(in, 0x00080018, "UI", "1.2.3.4", syntax);
  append_element(in, 0x00080060, "CS", "CT", syntax);
  append_element(in, 0x00080070, "LO", "Quartermain", syntax);
  append_element(in, 0x00100010, "PN", "Quartermain^Zebulon", syntax);
  append_element(in, 0x00100020, "LO", "990417", syntax);
  append_element(in, 0x00180050, "DS", "2.5", syntax);
  append_element(in, 0x00280010, "US", std::string_view("\x01\0", 2), syntax);
  append_element(in, 0x7FE00010, "OW", "pixels", syntax);
  for (const char* preset : {"strict", "paper", "ws445", "gbt37964", "hipaa-safe-harbor"}) {
    CAPTURE(preset);
    const std::string out = out_of("dicom", preset, in);
    CHECK(parse_dicom_file(as_bytes(out)).ok());
    CHECK(holds(out.substr(200), "1.2.840.10008.5.1.4.1.1.2"));
    CHECK(holds(out, std::string_view("CS\x02\0CT", 6)));
    CHECK(holds(out, "DS\x04"));
    CHECK(holds(out, "pixels"));
    CHECK_FALSE(holds(out, "Zebulon"));
    CHECK_FALSE(holds(out, "990417"));
    CHECK_FALSE(holds(out, "1.2.3.4"));
    CHECK_FALSE(holds(out, "Quartermain"));
  }
}

TEST_CASE("layers: a policy that extends one keeps the first word; a misspelt layer is refused") {
  const auto policy = Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"x","extends":"gbt37964","rules":[)"
      R"({"technique":"null","match":{"hl7":"OBX-5"}}]})",
      "", "hl7v2");
  REQUIRE(policy.ok());
  const testing::Run run = testing::run_format(*find_format("hl7"), *policy, kHl7);
  CHECK(holds(run.out, "OBX|1|NM|8867-4||\r"));
  CHECK_FALSE(holds(run.out, "990417"));
  const auto bad = Policy::parse(
      R"({"type":"emr.policy","v":1,"id":"x","rules":[],"over":{"hl7v2":{"rule":[]}}})", "",
      "hl7v2");
  CHECK(bad.error().pointer == "/over/hl7v2/rule");
}

TEST_CASE("presets: a member that is a name by its key is a name at any depth, whatever it says") {
  for (const char* preset : {"strict", "paper", "ws445", "gbt37964", "hipaa-safe-harbor"}) {
    for (const char* name : {"佐藤", "赵", "诸葛", "买买提", "Ng", "Xiu", "Smith2", "de la Cruz"}) {
      const std::string text = std::string(":\"").append(name).append("\"");
      const std::string bundle =
          R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":[)"
          R"({"family")" + text + R"(,"given":[")" + name + R"("],"text")" + text + "}]}}]}";
      CHECK_FALSE(holds(out_of("fhir", preset, bundle), name));
      for (const char* key : {"family", "given", "surname", "last_name", "firstName", "full_name",
                              "mother's maiden name", "maidenName", "name", "姓名", "姓", "名"}) {
        CAPTURE(preset);
        CAPTURE(key);
        const std::string member = std::string("{\"").append(key).append("\"") + text + "}";
        CHECK_FALSE(holds(out_of("json", preset, member), name));
        CHECK_FALSE(holds(out_of("json", preset, R"({"list":[{"person":)" + member + "}]}"), name));
      }
    }
  }
}

TEST_CASE("presets: the name of a thing and the history of a family are no names") {
  const std::string things =
      R"({"medications":[{"name":"阿司匹林"}],"history":{"family":"父亲高血压"}})";
  CHECK(out_of("json", "gbt37964", things) == things);
  const std::string measured = R"({"vitals":[{"name":"HR","value":80}],)"
                               R"("medications":[{"given":"500 mg"}],)"
                               R"("organism":{"name":"Escherichia coli"}})";
  CHECK(out_of("json", "gbt37964", measured) == measured);
  CHECK(out_of("json", "hipaa-safe-harbor", measured) == measured);
  const std::string pneumonia = R"({"diagnosis":{"code":"J18.9","name":"肺炎"}})";
  CHECK(out_of("json", "hipaa-safe-harbor", pneumonia) == pneumonia);
  // Who does a thing is none.
  for (const char* person : {"recorder", "examiner", "therapist", "prescriber", "reporter"}) {
    CAPTURE(person);
    const std::string record = "{\"" + std::string(person) + R"(":{"name":"赵"}})";
    CHECK_FALSE(holds(out_of("json", "gbt37964", record), "赵"));
  }
}

TEST_CASE("presets: strict leaves nothing that paper does not, whatever the purpose") {
  const std::string record =
      R"({"idNo":"110105194912310021","mrn":"B77","patientName":"张伟","phone":"13800138000",)"
      R"("patient":{"identifiers":[{"type":"idCard","value":"110105194912310021"}],)"
      R"("name":"张伟"},"visitDate":"2025-03-10","age":48,"note":"头痛","dept":"内科"})";
  for (const char* purpose : {"", "treatment", "research", "public"}) {
    CAPTURE(purpose);
    const auto strict = nlohmann::json::parse(out_of("json", "strict", record, purpose)).flatten();
    const auto paper = nlohmann::json::parse(out_of("json", "paper", record, purpose)).flatten();
    for (const auto& member : strict.items()) {
      CAPTURE(member.key());
      CHECK(paper.contains(member.key()));
    }
  }
}

TEST_CASE("presets: a hospital that is called by the patient's own town goes as a whole") {
  const std::string out = out_of("json", "hipaa-safe-harbor",
                                 R"({"patient":{"address":{"city":"乌鲁木齐市"}},)"
                                 R"("visit":{"orgName":"乌鲁木齐市第一人民医院"}})");
  CHECK(holds(out, R"("orgName":"[HOSPITAL]")"));
}

TEST_CASE("presets: what is printed names the members of each list, not the list") {
  for (const Preset& preset : policy_presets()) {
    CAPTURE(preset.name);
    CHECK_FALSE(holds(std::string(preset.text), "\"list:"));
  }
  CHECK(holds(*preset_text("ws445"), R"(["*date","*time","*datetime","start")"));
}
