// Rules that keep are made for codes, numbers and dates: a reviewer put telephone numbers and names
// where codes stand, and they passed.
#include "desensitize/policy/shape.h"

#include <doctest/doctest.h>

#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/testing.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

/// "" where the run refused a record.
std::string out_of(const char* format, std::string_view preset, std::string_view input,
                   std::string_view purpose = "") {
  const auto policy = Policy::preset(preset, purpose, find_format(format)->default_policy);
  REQUIRE(policy.ok());
  const testing::Run run = testing::run_format(*find_format(format), *policy, input);
  CHECK(run.errors.empty());
  return run.out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The rest of the patient: what no rule may let through in any place.
constexpr std::string_view kText = "患者张伟电话13800138000";

}  // namespace

TEST_CASE("shape: what a code, a number, a date and a place look like") {
  using enum Shape;
  const struct {
    Shape shape;
    std::string_view text;
    bool has;
  } cases[] = {
      {kWord, "Patient", true},          {kWord, "searchset", true},
      {kWord, "2.5.1", true},            {kWord, "POCD_HD000040", true},
      {kWord, "张伟", false},            {kWord, "Zhang Wei", false},
      {kWord, "138-0013-8000", false},   {kCode, "mm[Hg]", true},
      {kCode, "10*3/uL", true},          {kCode, "W/\"1\"", true},
      {kCode, "a@b.org", false},         {kCode, "beats per minute", false},
      {kUri, "http://loinc.org", true},  {kUri, "urn:oid:2.16.840.1.113883", true},
      {kUri, "http://a.org/?n=1", false}, {kUri, "urn:x Zhang", false},
      {kOid, "2.16.840.1.113883.1.3", true}, {kOid, "张伟", false},
      {kUrnOid, "urn:oid:1.2.840.1.2.3", true}, {kUrnOid, "urn:oid:320102", false},
      {kSamples, "2041 -2.5 E U 2060 L", true}, {kSamples, "1 13800138000", false},
      {kSamples, "1 Zhang", false},      {kSamples, "", false},
      {kNumber, "-1.5e3", true},         {kNumber, "120/80", true},
      {kNumber, ">=", true},             {kNumber, "see Zhang", false},
      {kDate, "2025-03-05T08:00:00+08:00", true}, {kDate, "20250305083000", true},
      {kDate, "2025年3月5日", true},     {kDate, "101530.25", true},
      {kDate, "2025-03-05 张伟", false}, {kDate, "13800138000", false},
      {kAge, "45岁", true},              {kAge, "045Y", true},
      {kAge, "张伟 45", false},          {kPlace, "Massachusetts", true},
      {kPlace, "上海市", true},          {kPlace, "MA 02101", false},
      {kTerm, "ISO_IR 100", true},       {kTerm, "Zhang Wei", false},
      {kCharset, "UNICODE UTF-8", true}, {kCharset, "GB 18030-2000", true},
      {kCharset, "张伟", false},         {kWord, "", false},
  };
  for (const auto& one : cases) {
    CAPTURE(std::string(one.text));
    CHECK(has_shape(one.text, one.shape) == one.has);
  }
  CHECK_FALSE(shape_from("word ").has_value());
  CHECK(Policy::parse(R"({"type":"emr.policy","v":1,"id":"x","rules":[{"technique":"keep",)"
                      R"("match":{"key":"a","shape":"rhomb"}}]})")
            .error()
            .code == Code::kConfig);
}

TEST_CASE("shape: every rule of a preset that keeps texts says what they look like") {
  constexpr std::string_view kAsked = "dicom-1131";  // an option of PS3.15 that the user names
  for (const Preset& preset : policy_presets()) {
    for (const char* purpose : {"", "treatment", "research", "public"}) {
      const auto policy = Policy::preset(preset.name, purpose);
      REQUIRE(policy.ok());
      for (const Rule& rule : (*policy)->rules()) {
        CAPTURE(preset.name);
        CAPTURE(rule.id);
        const bool texts = rule.match.kinds.empty() && rule.id != "dicom-numbers" &&
                           !rule.id.starts_with(kAsked);
        CHECK((rule.spec->name != "keep" || !texts || !rule.match.shapes.empty()));
      }
    }
  }
}

TEST_CASE("shape: free text in the structure of FHIR, HL7 and CDA does not pass") {
  const std::string text(kText);
  const std::string fhir = R"({"resourceType":")" + text + R"(","type":")" + text +
                           R"(","status":")" + text + R"(","code":{"coding":[{"system":")" + text +
                           R"(","code":")" + text + R"(","display":")" + text +
                           R"("}]},"gender":")" + text + R"(","unit":")" + text +
                           R"(","address":[{"country":")" + text + R"("}]})";
  const std::string hl7 = "MSH|^~\\&|" + text + "|B|" + text + "|D|20250305||ADT^" + text +
                          "|1|P|" + text + "||||||" + text + "\rEVN|" + text + "\rPID|1||7^^^^" +
                          text + "||A^B^^^^^" + text + "\rNK1|1|A|" + text + "\rOBX|1|" + text +
                          "|1||x\rOBX|2|NM|1||" + text + "\rOBX|3|SN|1||" + text + "\r";
  const std::string cda = "<ClinicalDocument xmlns='urn:hl7-org:v3'><typeId root='" + text +
                          "' extension='" + text + "'/><code code='" + text + "' displayName='" +
                          text + "' codeSystemName='" + text + "'/><x><typeId root='" + text +
                          "'/></x><observation classCode='" + text + "'><referenceRange><text>" +
                          text + "</text></referenceRange></observation></ClinicalDocument>";
  for (const Preset& preset : policy_presets()) {
    if (preset.name == "dicom-basic") continue;
    for (const char* purpose : {"", "treatment"}) {
      CAPTURE(preset.name);
      for (const std::string& out :
           {out_of("fhir", preset.name, fhir, purpose), out_of("hl7", preset.name, hl7, purpose),
            out_of("cda", preset.name, cda, purpose)}) {
        CAPTURE(out);
        CHECK_FALSE(holds(out, "13800138000"));
        CHECK_FALSE(holds(out, "张伟"));
      }
    }
  }
}

TEST_CASE("shape: codes stay where they were, and a number that proves itself is no code") {
  const std::string fhir = out_of(
      "fhir", "strict", R"({"resourceType":"Bundle","type":"searchset","total":1})");
  CHECK(holds(fhir, R"("resourceType":"Bundle","type":"searchset")"));
  CHECK(holds(out_of("fhir", "fhir-r4", R"({"resourceType":"Observation","code":{"coding":[)"
                                        R"({"system":"http://loinc.org","code":"8867-4",)"
                                        R"("display":"Heart rate"}]}})"),
              R"([{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}])"));
  CHECK_FALSE(holds(out_of("fhir", "strict", R"({"resourceType":"13800138000"})"), "138"));
  const std::string hl7 = out_of("hl7", "strict",
                                 "MSH|^~\\&|A|B|C|D|20250305||ORU^R01|1|P|2.5.1||||||GB 18030-2000"
                                 "\rOBX|1|NM|1||5\r");
  CHECK(holds(hl7, "||ORU^R01||P|2.5.1||||||GB 18030-2000"));
  CHECK(holds(hl7, "OBX||NM"));
  CHECK(holds(out_of("hl7", "hl7v2", "MSH|^~\\&|A\rOBX|1|NM|1||5.2\rOBX|2|SN|1||>^100\r"),
              "OBX|1|NM|1||5.2\rOBX|2|SN|1||>^100\r"));
  CHECK(holds(out_of("cda", "cda", "<a><typeId root='2.16.840.1.113883.1.3'/></a>"),
              "root='2.16.840.1.113883.1.3'"));
}

TEST_CASE("shape: a kept date, age or diagnosis is one in records, too") {
  const std::string text(kText);
  const std::string in = R"({"type":")" + text + R"(","dob":")" + text + R"(","age":")" + text +
                         R"(","start":")" + text + R"(","dept":")" + text + R"(","relation":")" +
                         text + R"(","diagnosis":{"name":")" + text +
                         R"("},"visit":{"type":")" + text + R"(","start":")" + text +
                         R"("},"address":{"province":")" + text + R"(","city":")" + text +
                         R"("},"labs":[{"value":13800138000}]})";
  for (const char* preset : {"ws445", "paper", "strict", "gbt37964", "hipaa-safe-harbor"}) {
    for (const char* purpose : {"", "treatment", "research", "public"}) {
      CAPTURE(preset);
      CAPTURE(purpose);
      const std::string out = out_of("json", preset, in, purpose);
      CAPTURE(out);
      CHECK_FALSE(holds(out, "13800138000"));
      CHECK_FALSE(holds(out, "张伟"));
    }
  }
  const std::string kept = out_of(
      "json", "ws445",
      R"({"dob":"1980-02-03","age":45,"dept":"心内科","diagnosis":{"name":"2型糖尿病"}})",
      "treatment");
  CHECK(holds(kept, R"("dob":"1980-02-03","age":45,"dept":"心内科","diagnosis":{"name":"2型糖尿病"})"));
}

TEST_CASE("shape: free text in the codes, numbers, dates and UIDs of DICOM does not pass") {
  const DicomSyntax syntax;
  std::string in(128, '\0');
  in += "DICM";
  append_element(in, 0x00020010, "UI", "1.2.840.10008.1.2.1", syntax);
  append_element(in, 0x00080005, "CS", "ISO_IR 192", syntax);
  append_element(in, 0x00080008, "CS", "ORIGINAL\\PRIMARY", syntax);
  append_element(in, 0x00080016, "UI", kText, syntax);
  append_element(in, 0x00080020, "DA", kText, syntax);
  append_element(in, 0x00080030, "TM", kText, syntax);
  append_element(in, 0x00080060, "CS", kText, syntax);
  append_element(in, 0x00101010, "AS", kText, syntax);
  append_element(in, 0x00180050, "DS", kText, syntax);
  append_element(in, 0x00200013, "IS", kText, syntax);
  FormatOptions options;
  options.allow_pixels = true;
  for (const char* preset :
       {"dicom-basic", "dicom-basic+retain-full-dates+retain-patient-characteristics",
        "dicom-basic+retain-modified-dates+retain-uids", "strict", "gbt37964"}) {
    CAPTURE(preset);
    const auto policy = Policy::preset(preset, "", "dicom-basic");
    REQUIRE(policy.ok());
    const testing::Run run = testing::run_format(*find_format("dicom"), *policy, in, options);
    REQUIRE(run.errors.empty());
    CHECK_FALSE(holds(run.out, "13800138000"));
    CHECK_FALSE(holds(run.out, "张伟"));
    CHECK(holds(run.out, "ISO_IR 192"));
    CHECK(holds(run.out, "ORIGINAL\\PRIMARY"));
  }
}
