#include "desensitize/formats/dicom_profile.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "desensitize/limits.h"
#include "json/json.h"

namespace emr::desensitize {
namespace {

using json::Json;

constexpr DicomProfileRow kProfile[] = {
#include "desensitize/formats/dicom_profile.inc"
};
static_assert(std::size(kProfile) == 617);  // and four rows that are patterns

/// Tag in the upper bits, the two letters of the value representation in the lower 16.
constexpr std::uint64_t kDictionary[] = {
#include "desensitize/formats/dicom_dictionary.inc"
};

/// Numbers, codes and bulk data: known, and of no interest to a rule about texts.
constexpr std::uint32_t kNumbers[] = {
#include "desensitize/formats/dicom_numbers.inc"
};

constexpr std::array<DicomOption, 10> kOptions{{
    {"clean-graphics", "113103", "Clean Graphics Option", 0, kGraphicsClean},
    {"clean-structured-content", "113104", "Clean Structured Content Option", 0, kStructuredClean},
    {"clean-descriptors", "113105", "Clean Descriptors Option", 0, kDescriptorsClean},
    {"retain-full-dates", "113106",
     "Retain Longitudinal Temporal Information Full Dates Option", kFullDatesKeep, 0},
    {"retain-modified-dates", "113107",
     "Retain Longitudinal Temporal Information Modified Dates Option", 0, kModifiedDatesClean},
    {"retain-patient-characteristics", "113108", "Retain Patient Characteristics Option",
     kPatientKeep, kPatientClean},
    {"retain-device", "113109", "Retain Device Identity Option", kDeviceKeep, kDeviceClean},
    {"retain-uids", "113110", "Retain UIDs Option", kUidsKeep, 0},
    {"retain-safe-private", "113111", "Retain Safe Private Option", 0, kPrivateClean},
    {"retain-institution", "113112", "Retain Institution Identity Option", kInstitutionKeep, 0},
}};

/// Sequences whose items are cleaned element by element although the table says D or U: emptying
/// them would destroy structured reports, annotations and references.
constexpr std::array<std::uint32_t, 7> kDescend{0x00081111, 0x00081140, 0x00082112, 0x00340001,
                                                0x0040A073, 0x0040A730, 0x00700001};

struct SafePrivate {
  std::string_view creator;
  std::uint16_t group;
  std::uint8_t element;
};
constexpr std::array<SafePrivate, 17> kSafePrivate{{
    {"ELSCINT1", 0x00E1, 0x21},
    {"ELSCINT1", 0x01E1, 0x26},
    {"ELSCINT1", 0x01E1, 0x50},
    {"ELSCINT1", 0x01F1, 0x01},
    {"ELSCINT1", 0x01F1, 0x07},
    {"GEMS_ACQU_01", 0x0019, 0x23},
    {"GEMS_ACQU_01", 0x0019, 0x24},
    {"GEMS_ACQU_01", 0x0019, 0x27},
    {"GEMS_PARM_01", 0x0043, 0x27},
    {"GEMS_HELIOS_01", 0x0045, 0x01},
    {"GEMS_HELIOS_01", 0x0045, 0x02},
    {"Philips Imaging DD 001", 0x2001, 0x03},
    {"Philips Imaging DD 001", 0x2001, 0x04},
    {"Philips MR Imaging DD 001", 0x2005, 0x0D},
    {"Philips MR Imaging DD 001", 0x2005, 0x0E},
    {"Philips PET Private Group", 0x7053, 0x00},
    {"Philips PET Private Group", 0x7053, 0x09},
}};

/// "0010,0010" as policies write tags.
std::string policy_tag(std::uint32_t tag) {
  const std::string text = dicom_tag_text(tag);
  return text.substr(1, text.size() - 2);
}

/// What becomes of one row: rule id and technique.
struct Treatment {
  std::string id;
  std::string technique;
  std::string shape = {};  ///< of a value that is kept
  auto operator<=>(const Treatment&) const = default;
};

/// A date that is kept is a date: what else may stand in such an element is not meant.
std::string_view shape_of(std::string_view vr) {
  if (vr == "DA" || vr == "DT" || vr == "TM") return "date";
  if (vr == "DS" || vr == "IS") return "number";
  return vr == "UI" ? "oid" : vr == "AS" ? "age" : vr == "CS" ? "term" : "";
}

Treatment basic_treatment(const DicomProfileRow& row) {
  const bool sequence = dicom_vr(row.tag) == "SQ";
  if (row.action == 'X') return {"dicom-remove", "delete"};
  if (row.action == 'Z' || sequence) return {"dicom-empty", "null"};
  if (row.action == 'U') return {"dicom-uid", "uid-remap"};
  return {"dicom-dummy", "substitute"};
}

Treatment treatment_of(const DicomProfileRow& row, const std::vector<const DicomOption*>& chosen) {
  for (const DicomOption* option : chosen) {
    if ((row.options & option->keep) != 0) {
      return {"dicom-" + std::string(option->code) + "-keep", "keep",
              std::string(shape_of(dicom_vr(row.tag)))};
    }
  }
  for (const DicomOption* option : chosen) {
    if ((row.options & option->clean) == 0) continue;
    const std::string_view vr = dicom_vr(row.tag);
    const bool dates = option->clean == kModifiedDatesClean;
    const std::string id = "dicom-" + std::string(option->code) + "-clean";
    if (vr == "SQ") return {"", ""};  // descended into: its elements have rows of their own
    if (dates) return vr == "TM" ? Treatment{id, "keep", "date"} : Treatment{id, "date-shift"};
    if (vr.empty() || vr == "UI" || vr == "OB") continue;  // nothing there that could be read
    return {id, "redact-text"};
  }
  if (std::find(kDescend.begin(), kDescend.end(), row.tag) != kDescend.end()) return {"", ""};
  return basic_treatment(row);
}

Json rule(const std::string& id, std::string_view field_class, const std::string& technique,
          Json match) {
  Json json{{"id", id}, {"class", field_class}, {"technique", technique},
            {"match", std::move(match)}};
  if (technique == "keep" && json["match"].contains("vr")) {
    const std::string_view shape = shape_of(json["match"]["vr"].front().get<std::string>());
    if (!shape.empty()) json["match"]["shape"] = shape;
  }
  if (technique == "substitute") json["args"] = Json{{"by", "text"}, {"with", "ANONYMIZED"}};
  return json;
}

/// The elements that name the patient: their values are searched in the object's other texts.
void add_patient_rules(Json& rules) {
  Json id = rule("dicom-patient-id", "MRN", "token", {{"dicom", "0010,0020"}});
  id["patient"] = 1;
  rules.push_back(std::move(id));
  rules.push_back(rule("dicom-patient-name", "NAME", "null",
                       {{"dicom", Json::array({"0010,0010", "0010,1001", "0010,1005",
                                               "0010,1060"})}}));
  rules.push_back(rule("dicom-file-id", "FILE", "token", {{"dicom", "0004,1500"}}));
}

/// Elements that the table does not list.
void add_fallback_rules(Json& rules, const std::vector<const DicomOption*>& chosen) {
  std::string dates = "null";
  std::string times = "null";
  std::string uids = "uid-remap";
  for (const DicomOption* option : chosen) {
    if (option->keep == kFullDatesKeep) dates = times = "keep";
    if (option->clean == kModifiedDatesClean) {
      dates = "date-shift";
      times = "keep";
    }
    if (option->keep == kUidsKeep) uids = "keep";
  }
  rules.push_back(rule("dicom-curves", "GRAPHICS", "delete", {{"dicom", "50xx,xxxx"}}));
  rules.push_back(rule("dicom-overlays", "GRAPHICS", "delete",
                       {{"dicom", Json::array({"60xx,3000", "60xx,4000"})}}));
  rules.push_back(rule("dicom-private", "PRIVATE", "delete", {{"dicom", "private"}}));
  rules.push_back(rule("dicom-other-uid", "UID", uids, {{"vr", Json::array({"UI"})}}));
  rules.push_back(rule("dicom-other-name", "NAME", "null", {{"vr", Json::array({"PN", "AE"})}}));
  rules.push_back(rule("dicom-other-date", "DATE", dates, {{"vr", Json::array({"DA", "DT"})}}));
  rules.push_back(rule("dicom-other-time", "DATE", times, {{"vr", Json::array({"TM"})}}));
  rules.push_back(rule("dicom-no-uid", "UID", "uid-remap", {{"vr", "UI"}}));
  rules.push_back(rule("dicom-no-date", "DATE", "null", {{"vr", Json::array({"DA", "DT", "TM"})}}));
  rules.push_back(rule("dicom-unknown-bytes", "UNKNOWN", "delete",
                       {{"vr", Json::array({"UN", "UR"})}}));
  rules.push_back(rule("dicom-numbers", "NUMBER", "keep",
                       {{"vr", Json::array({"AT", "FD", "FL", "OB", "OD", "OF", "OL", "OV", "OW",
                                            "SL", "SS", "SV", "UL", "US", "UV"})}}));
  rules.push_back(rule("dicom-digits", "NUMBER", "keep",
                       {{"vr", Json::array({"DS", "IS"})}}));
  rules.push_back(rule("dicom-age", "NUMBER", "keep", {{"vr", Json::array({"AS"})}}));
  rules.push_back(rule("dicom-term", "CODE", "keep", {{"vr", Json::array({"CS"})}}));
}

}  // namespace

std::span<const DicomProfileRow> dicom_profile() noexcept { return kProfile; }
std::span<const DicomOption> dicom_options() noexcept { return kOptions; }

std::string_view dicom_vr(std::uint32_t tag) noexcept {
  const auto found = std::lower_bound(std::begin(kDictionary), std::end(kDictionary),
                                      std::uint64_t{tag} << 16);
  if (found == std::end(kDictionary) || *found >> 16 != tag) {
    const bool known = std::binary_search(std::begin(kNumbers), std::end(kNumbers), tag);
    return known ? std::string_view("OB") : std::string_view();
  }
  constexpr std::array<std::string_view, 35> kNames{
      "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT",
      "OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST",
      "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV", ""};
  for (const std::string_view name : kNames) {
    if (name.empty()) break;
    const auto first = static_cast<unsigned char>(name[0]);
    const auto second = static_cast<unsigned char>(name[1]);
    if ((*found & 0xFFFF) == (std::uint64_t{first} << 8 | second)) return name;
  }
  return {};
}

Result<std::string> dicom_policy(std::span<const std::string> options) {
  std::vector<const DicomOption*> chosen;
  std::uint16_t bits = 0;
  std::string id = "dicom-basic";
  for (const std::string& name : options) {
    const auto found = std::find_if(kOptions.begin(), kOptions.end(),
                                    [&](const DicomOption& option) { return option.name == name; });
    if (found == kOptions.end()) {
      std::string known;
      for (const DicomOption& option : kOptions) {
        known.append(known.empty() ? "" : ", ").append(option.name);
      }
      return fail(Code::kUsage, "unknown option of the DICOM profile")
          .with_reason("dicom_option")
          .with_hint("options: " + known);
    }
    chosen.push_back(found);
    bits = static_cast<std::uint16_t>(bits | found->keep | found->clean);
    id += "+" + name;
  }
  if ((bits & kFullDatesKeep) != 0 && (bits & kModifiedDatesClean) != 0) {
    return fail(Code::kUsage, "full dates and modified dates exclude each other")
        .with_reason("dicom_option");
  }
  Json rules = Json::array();
  add_patient_rules(rules);
  std::map<Treatment, Json> groups;
  for (const DicomProfileRow& row : kProfile) {
    const Treatment treatment = treatment_of(row, chosen);
    if (!treatment.id.empty()) groups[treatment].push_back(policy_tag(row.tag));
  }
  for (auto& [treatment, tags] : groups) {
    const std::string_view field_class = treatment.technique == "date-shift" ? "DATE" : "DICOM";
    rules.push_back(rule(treatment.id + "-" + treatment.technique, field_class,
                         treatment.technique, {{"dicom", std::move(tags)}}));
    if (!treatment.shape.empty()) rules.back()["match"]["shape"] = treatment.shape;
  }
  if ((bits & kPrivateClean) != 0) {
    rules.push_back(rule("dicom-113111-safe-private", "PRIVATE", "delete", {{"dicom", "private"}}));
  }
  add_fallback_rules(rules, chosen);
  const Json policy{{"type", "emr.policy"}, {"v", 1},       {"id", id},
                    {"unknown", "scan"},    {"rules", rules},
                    {"dates", {{"maxShiftDays", kMaxShiftDays}}}};
  return json::canonical(policy);
}

bool is_safe_private(std::string_view creator, std::uint32_t tag) noexcept {
  return std::any_of(kSafePrivate.begin(), kSafePrivate.end(), [&](const SafePrivate& safe) {
    return safe.creator == creator && safe.group == tag >> 16 && safe.element == (tag & 0xFF);
  });
}

bool is_safe_private_creator(std::string_view creator) noexcept {
  return std::any_of(kSafePrivate.begin(), kSafePrivate.end(),
                     [&](const SafePrivate& safe) { return safe.creator == creator; });
}

std::string dicom_tag_text(std::uint32_t tag) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "(gggg,eeee)";
  std::size_t at = 1;
  for (int shift = 28; shift >= 0; shift -= 4) {
    text[at++] = kDigits[(tag >> shift) & 15];
    if (at == 5) ++at;
  }
  return text;
}

}  // namespace emr::desensitize
