// The built-in policies. Each lies in presets/ as JSON inside a raw string literal; a list that
// several rules share has one place, presets/lists.inc.
#include <algorithm>
#include <array>
#include <string>

#include "desensitize/formats/dicom_profile.h"
#include "desensitize/policy.h"

namespace emr::desensitize {
namespace {

constexpr std::string_view kWs445 =
#include "desensitize/policy/presets/ws445.inc"
    ;
constexpr std::string_view kPaper =
#include "desensitize/policy/presets/paper.inc"
    ;
constexpr std::string_view kStrict =
#include "desensitize/policy/presets/strict.inc"
    ;
constexpr std::string_view kGbt37964 =
#include "desensitize/policy/presets/gbt37964.inc"
    ;
constexpr std::string_view kHipaaSafeHarbor =
#include "desensitize/policy/presets/hipaa_safe_harbor.inc"
    ;

constexpr std::string_view kFhirR4 =
#include "desensitize/policy/presets/fhir_r4.inc"
    ;
constexpr std::string_view kHl7V2 =
#include "desensitize/policy/presets/hl7v2.inc"
    ;
constexpr std::string_view kCda =
#include "desensitize/policy/presets/cda.inc"
    ;

struct List {
  std::string_view name;
  std::string_view members;
};
constexpr List kLists[] = {
#include "desensitize/policy/presets/lists.inc"
};

/// The text with the members of each list that it names.
std::string expanded(std::string_view text) {
  constexpr std::string_view kMark = "\"list:";
  std::string whole;
  for (std::size_t at = text.find(kMark); at != text.npos; at = text.find(kMark)) {
    const std::size_t name = at + kMark.size();
    const std::size_t stop = text.find('"', name);
    const auto list = std::find_if(std::begin(kLists), std::end(kLists), [&](const List& one) {
      return one.name == text.substr(name, stop - name);
    });
    EMR_CHECK(list != std::end(kLists));
    whole.append(text.substr(0, at)).append(list->members);
    text.remove_prefix(stop + 1);
  }
  return whole.append(text);
}

/// The DICOM profile is a table of 621 rows; its policy text is made from it.
std::string dicom_text() {
  Result<std::string> text = dicom_policy({});
  EMR_CHECK(text.ok());
  return *std::move(text);
}

}  // namespace

std::span<const Preset> policy_presets() noexcept {
  static const std::array<std::string, 9> texts = {
      expanded(kPaper), expanded(kStrict), expanded(kGbt37964),
      expanded(kWs445), expanded(kHipaaSafeHarbor), expanded(kFhirR4),
      expanded(kHl7V2), expanded(kCda), dicom_text()};
  static const std::array<Preset, 9> presets = {{{"paper", texts[0]},
                                                 {"strict", texts[1]},
                                                 {"gbt37964", texts[2]},
                                                 {"ws445", texts[3]},
                                                 {"hipaa-safe-harbor", texts[4]},
                                                 {"fhir-r4", texts[5]},
                                                 {"hl7v2", texts[6]},
                                                 {"cda", texts[7]},
                                                 {"dicom-basic", texts[8]}}};
  return presets;
}

Result<std::string> preset_text(std::string_view name) {
  for (const Preset& preset : policy_presets()) {
    if (preset.name == name) {
      return std::string(preset.text);
    }
  }
  constexpr std::string_view kDicom = "dicom-basic+";
  if (name.starts_with(kDicom)) {
    std::vector<std::string> options;
    for (std::string_view rest = name.substr(kDicom.size()); !rest.empty();) {
      const std::size_t stop = std::min(rest.find('+'), rest.size());
      options.emplace_back(rest.substr(0, stop));
      rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    return dicom_policy(options);
  }
  std::string known;
  for (const Preset& preset : policy_presets()) {
    known.append(known.empty() ? "" : ", ").append(preset.name);
  }
  return fail(Code::kConfig, "there is no such preset policy")
      .with_reason("no_preset")
      .with_hint("presets: " + known);
}

}  // namespace emr::desensitize
