// The complete option table of a verb (its own options and the ones run() adds), and look-ups in
// it. Internal to lib/cli.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/spec.h"

namespace emr::cli {

/// A verb with everything that run() adds to it.
struct Table {
  std::vector<OptionSpec> options;
  std::vector<PositionalSpec> positionals;

  const OptionSpec* find(std::string_view name) const noexcept;
  const OptionSpec* find(char short_name) const noexcept;
};

/// Checks the spec on the way (a name twice, an unknown default verb …): such a table is a bug.
Table make_table(const ToolSpec& tool, const VerbSpec& verb);
/// All options of all verbs: enough to tell values from positionals before the verb is known.
Table make_union_table(const ToolSpec& tool);

const VerbSpec* find_verb(const ToolSpec& tool, std::string_view name) noexcept;
bool has_verbs(const ToolSpec& tool) noexcept;
/// "EMR_ON_ERROR" for "on-error".
std::string environment_name(std::string_view option);
/// The placeholder of an option's value in help: "FILE", "N", "stop|skip".
std::string value_name(const OptionSpec& option);
/// The word for a kind in completions and errors ("a whole number from 1 to 100").
std::string describe_kind(const OptionSpec& option);
bool takes_value(const OptionSpec& option) noexcept;

/// Options that a shared configuration may set for every tool, whether it has them or not.
bool is_shared_option(std::string_view name) noexcept;

inline constexpr std::string_view kCommonGroup = "Common options";
inline constexpr std::string_view kStreamGroup = "Input and output";

}  // namespace emr::cli
