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
  std::string tool = {};
  std::vector<OptionSpec> options = {};
  std::vector<PositionalSpec> positionals = {};

  const OptionSpec* find(std::string_view name) const noexcept;
  const OptionSpec* find(char short_name) const noexcept;
};

/// Checks the spec on the way (a name twice, an unknown default verb …): such a table is a bug.
Table make_table(const ToolSpec& tool, const VerbSpec& verb);
/// All options of all verbs: enough to tell values from positionals before the verb is known.
Table make_union_table(const ToolSpec& tool);

const VerbSpec* find_verb(const ToolSpec& tool, std::string_view name) noexcept;
bool has_verbs(const ToolSpec& tool) noexcept;
/// "EMR_NODE" for a shared option, "EMR_SIGN_KEY_FILE" for "key-file" of emr-sign.
std::string environment_name(std::string_view tool, std::string_view option);
/// "EMR_SIGN_" for emr-sign: what the names of its variables begin with.
std::string tool_prefix(std::string_view tool);
/// "EMR_KEY_FILE" for "key-file".
std::string variable_name(std::string_view words);
/// The placeholder of an option's value in help: "FILE", "N", "stop|skip".
std::string value_name(const OptionSpec& option);
/// The word for a kind in completions and errors ("a whole number from 1 to 100").
std::string describe_kind(const OptionSpec& option);
bool takes_value(const OptionSpec& option) noexcept;

/// Options that mean the same in every tool that has them: one variable, or the part "all" of a
/// configuration, sets them for all. Anything else is a tool's own, because the keystore of one
/// would be taken for the key of another, and an institution that writes for a filter.
bool is_shared_option(std::string_view name) noexcept;

inline constexpr std::string_view kCommonGroup = "Common options";
inline constexpr std::string_view kStreamGroup = "Input and output";

}  // namespace emr::cli
