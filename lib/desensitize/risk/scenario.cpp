#include "desensitize/risk/scenario.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace emr::desensitize::risk {
namespace {

constexpr std::array<Scenario, 5> kScenarios{{
    {"same-unit", "同一机构内部", 3},
    {"across-units", "跨机构", 4},
    {"external-two", "外部两方", 5},
    {"external-many", "外部多方", 6},
    {"public", "公开发布", 20},
}};

/// Rows: control high, medium, low; columns: ability low, medium, high.
constexpr std::array<std::array<double, 3>, 3> kInsider{{
    {0.05, 0.1, 0.2},
    {0.2, 0.3, 0.4},
    {0.4, 0.5, 0.6},
}};
/// By security power low, medium, high.
constexpr std::array<double, 3> kBreach{0.55, 0.27, 0.14};

double threshold(Release release) noexcept {
  return kRiskThresholds[static_cast<std::size_t>(release)];
}

}  // namespace

std::span<const Scenario> scenarios() noexcept { return kScenarios; }

const Scenario* find_scenario(std::string_view name) noexcept {
  const auto found = std::find_if(kScenarios.begin(), kScenarios.end(),
                                  [&](const Scenario& scenario) { return scenario.name == name; });
  return found == kScenarios.end() ? nullptr : found;
}

Result<std::uint64_t> required_k(const Scenario& scenario, double environment) {
  if (!(environment > 0) || environment > 4) {
    return fail(Code::kUsage, "the environment factor is above 0 and at most 4")
        .with_reason("risk_environment");
  }
  // 1e-9 keeps 5 / 1.0 at 5 where the division is exact but for rounding.
  return static_cast<std::uint64_t>(std::ceil(scenario.divisor / environment - 1e-9));
}

std::optional<Release> release_from(std::string_view name) noexcept {
  if (name == "public") return Release::kPublic;
  if (name == "controlled-public") return Release::kControlledPublic;
  if (name == "enclave") return Release::kEnclave;
  return std::nullopt;
}

std::optional<Level> level_from(std::string_view name) noexcept {
  if (name == "low") return Level::kLow;
  if (name == "medium") return Level::kMedium;
  if (name == "high") return Level::kHigh;
  return std::nullopt;
}

double environment_risk(const Environment& environment) noexcept {
  const auto control = 2 - static_cast<std::size_t>(environment.control);
  const auto ability = static_cast<std::size_t>(environment.ability);
  const double insider = kInsider[control][ability];
  const double acquaintance =
      1 - std::pow(1 - environment.acquaintance_share, environment.acquaintances);
  const double breach = kBreach[static_cast<std::size_t>(environment.security)];
  return std::max({insider, acquaintance, breach});
}

double total_risk(const Assessment& assessment, Release release, const Environment& environment) {
  if (assessment.prosecutor_max > threshold(release)) return 1;
  if (release != Release::kEnclave) return assessment.prosecutor_max;
  return assessment.prosecutor_average * environment_risk(environment);
}

int grade(bool has_direct_identifiers, bool has_quasi_identifiers, double total,
          Release release) noexcept {
  if (has_direct_identifiers) return 1;
  if (!has_quasi_identifiers) return 4;
  return total > threshold(release) ? 2 : 3;
}

}  // namespace emr::desensitize::risk
