// The built-in policies. Each lies in presets/ as JSON inside a raw string literal.
#include <array>

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

constexpr std::array<Preset, 5> kPresets = {{{"paper", kPaper},
                                             {"strict", kStrict},
                                             {"gbt37964", kGbt37964},
                                             {"ws445", kWs445},
                                             {"hipaa-safe-harbor", kHipaaSafeHarbor}}};

}  // namespace

std::span<const Preset> policy_presets() noexcept { return kPresets; }

}  // namespace emr::desensitize
