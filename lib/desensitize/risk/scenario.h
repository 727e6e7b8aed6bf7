// What an assessed table may be used for: the grades of GB/T 42460-2023, the total risk formula
// used with it, and the least k that the draft 健康医疗数据匿名化技术规范 demands per way of sharing.
// The numbers are those of public implementations (the full standards' annexes were not at hand);
// all are parameters. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "desensitize/risk/metrics.h"

namespace emr::desensitize::risk {

/// A way of sharing: S of A = K × S × E >= 1.
struct Scenario {
  std::string_view name;  ///< "external-two"
  std::string_view term;  ///< Chinese
  std::uint32_t divisor;  ///< S = 1 / divisor
};
std::span<const Scenario> scenarios() noexcept;
const Scenario* find_scenario(std::string_view name) noexcept;

/// The least k of a scenario for an environment factor E (1.0 = nothing known about it): the
/// smallest integer with k × S × E >= 1. E in (0, 4].
Result<std::uint64_t> required_k(const Scenario& scenario, double environment);

/// How a table is released in the GB/T 42460 evaluation.
enum class Release { kPublic, kControlledPublic, kEnclave };
std::optional<Release> release_from(std::string_view name) noexcept;

enum class Level { kLow, kMedium, kHigh };
std::optional<Level> level_from(std::string_view name) noexcept;

/// The environment in which a table that is not public is used.
struct Environment {
  Level control = Level::kMedium;           ///< privacy and security control of the receiver
  Level ability = Level::kMedium;           ///< motive and ability of an insider
  Level security = Level::kMedium;          ///< protection against a breach
  double acquaintance_share = 0.01;         ///< share of the population that is in the table
  std::uint32_t acquaintances = 150;        ///< people whom an attacker knows
};

/// Largest of insider attack, acquaintance 1-(1-p)^m and breach.
double environment_risk(const Environment& environment) noexcept;

/// 1 when a class is above the release's threshold; else the greatest risk (public) or the average
/// risk times the environment's.
double total_risk(const Assessment& assessment, Release release, const Environment& environment);

/// GB/T 42460 grade: 1 direct identifiers, 2 quasi-identifiers and high risk, 3 quasi-identifiers
/// and acceptable risk, 4 no identifiers.
int grade(bool has_direct_identifiers, bool has_quasi_identifiers, double total,
          Release release) noexcept;

}  // namespace emr::desensitize::risk
