// FHIR R4: types by key, links that still lead somewhere, dates that move together (R-040).
#include "desensitize/formats/fhir.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/time.h"
#include "desensitize/formats/testing.h"
#include "desensitize/json/json_rewriter.h"

using namespace emr;
using namespace emr::desensitize;

namespace {

testing::Run run(std::string_view text) {
  return testing::run_format(fhir_format(), testing::preset("fhir-r4"), text);
}

void strings_of(const nlohmann::json& tree, const std::string& key, std::set<std::string>& found) {
  for (const auto& item : tree.items()) {
    if (tree.is_object() && item.key() == key && item.value().is_string()) {
      found.insert(item.value().get<std::string>());
    }
    if (item.value().is_structured()) strings_of(item.value(), key, found);
  }
}

}  // namespace

TEST_CASE("fhir: types follow from key, parent and shape") {
  using enum ValueKind;
  const struct {
    std::string_view parent;
    std::string_view key;
    ValueKind kind;
    std::string_view type;
  } cases[] = {
      {"Resource", "name", kArray, "HumanName"},
      {"Resource", "name", kString, "name"},
      {"Resource", "birthDate", kString, "date"},
      {"Resource", "deceasedDateTime", kString, "dateTime"},
      {"Resource", "id", kString, "id"},
      {"Coding", "id", kString, "elementId"},
      {"BackboneElement", "reference", kString, "reference"},
      {"Coding", "display", kString, "string"},
      {"BackboneElement", "display", kString, "referenceDisplay"},
      {"Resource", "text", kObject, "Narrative"},
      {"CodeableConcept", "text", kString, "markdown"},
      {"Identifier", "value", kString, "Identifier.value"},
      {"Quantity", "value", kNumber, "decimal"},
      {"BundleRequest", "url", kString, "requestUrl"},
      {"Extension", "url", kString, "string"},
      {"Resource", "_birthDate", kObject, "Extension"},
      {"Resource", "start", kString, "instant"},
      {"Timing", "start", kString, "dateTime"},
      {"Parameter", "name", kString, "code"},
      {"Resource", "contained", kArray, "Resource"},
      {"Resource", "servicedPeriod", kObject, "Period"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.key);
    CHECK(fhir_type_of(one.parent, one.key, one.kind) == one.type);
  }
}

TEST_CASE("fhir: what is no object is refused, not passed on") {
  for (const std::string_view text :
       {"\"张三\"", "13800138000", "[[{\"resourceType\":\"Patient\"}]]",
                                      " null", "true"}) {
    const testing::Run result = run(text);
    CHECK(result.errors.size() == 1);
    CHECK(result.out.empty());
  }
}

TEST_CASE("fhir: references are cut at their id") {
  const auto parts = [](std::string_view text) {
    const FhirReference cut = split_fhir_reference(text);
    return std::string(cut.before) + "[" + std::string(cut.id) + "]" + std::string(cut.after);
  };
  CHECK(parts("Patient/12") == "Patient/[12]");
  CHECK(parts("http://x.org/fhir/Patient/12/_history/3") ==
        "http://x.org/fhir/Patient/[12]/_history/3");
  CHECK(parts("urn:uuid:ab") == "urn:uuid:[ab]");
  CHECK(parts("#med") == "#[med]");
  CHECK(parts("#") == "#[]");
  CHECK(parts("identifier=http://h/mrn|1") == "[identifier=http://h/mrn|1]");
  CHECK(parts("Patient/12/$everything") == "Patient/[12]/$everything");
  CHECK(parts("Patient?identifier=s|1") == "Patient?[identifier=s|1]");
  CHECK(parts("http://x.org/Patient?_id=1") == "http://x.org/Patient?[_id=1]");
  CHECK(parts("Patient/12?_summary=true") == "Patient/[12]?_summary=true");
  CHECK(parts("Patient") == "Patient[]");
  CHECK(parts("13800138000") == "[13800138000]");  // no type: whatever it is, it goes
  CHECK(parts("Wang") == "[Wang]");
  CHECK(parts("$process-message") == "$process-message[]");
  CHECK(parts("http://x.org/Questionnaire/12|4.0.1") == "http://x.org/Questionnaire/[12]|4.0.1");
  CHECK(parts("Patient/12|13800138000") == "Patient/[12|13800138000]");
  CHECK(parts("Patient/12345678/_history/99999999") == "Patient/[12345678/_history/99999999]");
  CHECK(parts("http://x.org/fhir/Patient/12/Observation/Zhang") ==
        "http://x.org/fhir/Patient/[12/Observation/Zhang]");
  CHECK(parts("Patient/12345678/") == "Patient/[12345678]/");
  CHECK(parts("http://x.org/a/12/_history/3") == "http://x.org/a/[12]/_history/3");
  CHECK(parts("http://x.org/12/Zhang") == "http://x.org/12/[Zhang]");
  CHECK(parts("Wang/138/x") == "[Wang/138/x]");
}

TEST_CASE("fhir: bulk lines of one patient move by the same days, and links hold") {
  const testing::Run result = run(
      "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"birthDate\":\"1980-01-10\","
      "\"name\":[{\"family\":\"Quartermain\"}]}\n"
      "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"subject\":{\"reference\":\"Patient/p1\","
      "\"display\":\"Quartermain\"},\"effectiveDateTime\":\"1980-01-15\"}\n");
  REQUIRE(result.errors.empty());
  CHECK(result.out.find("Quartermain") == std::string::npos);
  const std::size_t feed = result.out.find('\n');
  const auto patient = nlohmann::json::parse(result.out.substr(0, feed));
  const auto observation = nlohmann::json::parse(result.out.substr(feed + 1));
  CHECK(observation["subject"]["reference"] == "Patient/" + patient["id"].get<std::string>());
  CHECK(patient["id"] != "p1");
  const auto days = [](const nlohmann::json& text) {
    const std::string date = text.get<std::string>();
    return days_from_civil({std::stoi(date.substr(0, 4)), std::stoi(date.substr(5, 2)),
                            std::stoi(date.substr(8, 2))});
  };
  CHECK(patient["birthDate"] != "1980-01-10");
  CHECK(days(observation["effectiveDateTime"]) - days(patient["birthDate"]) == 5);
}

TEST_CASE("fhir: Synthea bundles lose their people and keep their links") {
  for (const std::string name : {"Carolee951_Sanford861_d88f994a-5efa-421d-9c40-5f116d2114a6.json",
                                 "Luisa710_Carranza218_2feb4fc9-0b59-4d72-bc87-aafcf11083d9.json",
                                 "practitionerInformation1583281853074.json", "Patient-1.ndjson"}) {
    CAPTURE(name);
    const std::string in = testing::sample("fhir/" + name);
    if (in.empty()) {
      MESSAGE("skipped: no sample");
      continue;
    }
    CHECK(recognise_format(in.substr(0, 4096)) == &fhir_format());
    const testing::Run result = run(in);
    REQUIRE(result.errors.empty());
    for (const std::string_view secret :
         {"Carolee951", "Sanford861", "Luisa710", "d88f994a-5efa", "Murazik203", "555-657-5098",
          "Orn Bypass", "du March"}) {
      CHECK(result.out.find(secret) == std::string::npos);
    }
    if (name.ends_with(".ndjson")) continue;
    const auto tree = nlohmann::json::parse(result.out);
    std::set<std::string> urls;
    std::set<std::string> references;
    strings_of(tree, "fullUrl", urls);
    strings_of(tree, "reference", references);
    std::size_t resolved = 0;
    for (const std::string& reference : references) resolved += urls.count(reference);
    std::set<std::string> old_urls;
    std::set<std::string> old_references;
    const auto original = nlohmann::json::parse(in);
    strings_of(original, "fullUrl", old_urls);
    strings_of(original, "reference", old_references);
    std::size_t resolved_before = 0;
    for (const std::string& old : old_references) resolved_before += old_urls.count(old);
    CHECK(urls.size() == old_urls.size());
    CHECK(resolved == resolved_before);
  }
}

TEST_CASE("fhir: the patient's own name is no term, wherever a code is worded with it") {
  for (const char* preset : {"fhir-r4", "hipaa-safe-harbor", "gbt37964"}) {
    CAPTURE(preset);
    const auto policy = Policy::preset(preset, "", "fhir-r4");
    REQUIRE(policy.ok());
    const auto out = testing::run_format(
        fhir_format(), *policy,
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":)"
        R"("Patient","name":[{"family":"Kowalczyk","given":["Minh"]}]}},{"resource":)"
        R"({"resourceType":"Condition","code":{"text":"Minh Kowalczyk"}}},{"resource":)"
        R"({"resourceType":"Condition","code":{"text":"Kowalczyk"}}}]})");
    CHECK(out.out.find("Kowalczyk") == std::string::npos);
    CHECK(out.out.find("Minh") == std::string::npos);
  }
}

TEST_CASE("fhir: the wording of a code is a term, unless it proves to be a person") {
  const auto said = [](const char* preset, const std::string& text) {
    const auto policy = Policy::preset(preset, "", "fhir-r4");
    REQUIRE(policy.ok());
    const auto out = testing::run_format(
        fhir_format(), *policy,
        R"({"resourceType":"Observation","code":{"text":")" + text + "\"}}");
    return nlohmann::json::parse(out.out)["code"].value("text", "");
  };
  for (const char* preset : {"fhir-r4", "hipaa-safe-harbor", "gbt37964"}) {
    for (const char* term : {"Triglycerides", "Influenza", "Carbon Dioxide", "Serum Triglycerides",
                             "Laceration of forearm", "Influenza A", "Factor V Leiden",
                             "Frank Hematuria"}) {
      CHECK(said(preset, term) == term);
    }
    for (const char* text :
         {"John Smith", "Dr. Quartermain", "Odom reports pain", "Quartermain, RN", "Smith, Jane",
          "spoke with Odom", "K. Brennan", "Nurse Odom", "Seen By Odom", "Quartermain, Zebulon",
          "call 555-123-4567", "患者张伟"}) {
      CAPTURE(text);
      CHECK(said(preset, text) != text);
    }
  }
}

TEST_CASE("fhir: a Chinese name that is all of a value is one, a herb, a sign, a ward is not") {
  const auto out_of = [](const std::string& text) {
    return run(R"({"resourceType":"Observation","status":"final","code":{"text":")" + text +
               R"(","coding":[{"system":"http://x","code":"1","display":")" + text +
               R"("}]},"valueString":")" + text + "\"}")
        .out;
  };
  for (const std::string name : {"张伟", "王秀英", "欧阳娜娜", "诸葛亮", "李建华", "徐子涵"}) {
    CAPTURE(name);
    CHECK(out_of(name).find(name) == std::string::npos);
  }
  for (const std::string term :
       {"王氏征", "白带", "黄疸", "高血压", "方便面", "华法林", "丁香", "雷公藤", "金银花", "蒲公英",
        "何首乌", "阿司匹林", "万艾可", "施慧达", "安定", "心内科", "石膏", "江南", "温度", "易醒"}) {
    CAPTURE(term);
    const std::string out = out_of(term);
    CHECK(out.find("\"text\":\"" + term) != std::string::npos);
    CHECK(out.find("\"valueString\":\"" + term) != std::string::npos);
    CHECK(out.find("\"display\":\"" + term) != std::string::npos);
  }
}

TEST_CASE("fhir: a display that is an English person is none of a code") {
  const auto shown = [](const std::string& text) {
    return run(R"({"resourceType":"Basic","code":{"coding":[{"code":"1","display":")" + text +
               "\"}]}}")
        .out;
  };
  for (const std::string name : {"John Smith", "Smith, Jane", "Maria Lopez"}) {
    CHECK(shown(name).find(name) == std::string::npos);
  }
  for (const std::string term : {"Primary Care Provider", "Frank Starling mechanism", "White",
                                 "Influenza A virus", "Rose Bengal", "Ann Arbor stage II"}) {
    CAPTURE(term);
    CHECK(shown(term).find(term) != std::string::npos);
  }
}
