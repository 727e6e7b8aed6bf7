// The built-in policies. Each lies in presets/ as JSON inside a raw string literal.
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

/// The DICOM profile is a table of 621 rows; its policy text is made from it.
std::string dicom_text() {
  Result<std::string> text = dicom_policy({});
  EMR_CHECK(text.ok());
  return *std::move(text);
}

}  // namespace

std::span<const Preset> policy_presets() noexcept {
  static const std::string dicom = dicom_text();
  static const std::array<Preset, 9> presets = {{{"paper", kPaper},
                                                 {"strict", kStrict},
                                                 {"gbt37964", kGbt37964},
                                                 {"ws445", kWs445},
                                                 {"hipaa-safe-harbor", kHipaaSafeHarbor},
                                                 {"fhir-r4", kFhirR4},
                                                 {"hl7v2", kHl7V2},
                                                 {"cda", kCda},
                                                 {"dicom-basic", dicom}}};
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
