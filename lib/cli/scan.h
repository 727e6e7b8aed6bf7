// A first look over the command line that needs no parser: which argument is an option, a value, a
// positional. It finds the verb and --error-format before parsing (so that usage errors are JSON
// too), and refuses what CLI11 2.1.2 would let through: empty values, a forgotten value that
// swallows the next option, an option given twice. Internal to lib/cli.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/table.h"

namespace emr::cli {

struct ScannedArgument {
  enum class Role : std::uint8_t { kOption, kValue, kPositional, kTerminator };
  Role role = Role::kPositional;
  std::size_t index = 0;                  ///< in the arguments
  std::string name = {};                  ///< kOption: as written, "--limit" or "-k"
  const OptionSpec* option = nullptr;     ///< kOption: nullptr when unknown
  std::optional<std::string_view> value = {};  ///< kOption: attached ("--a=b") or the next one
  bool attached = false;
};

/// Never fails; short clusters give one entry per letter. Borrows from `arguments` and `table`.
std::vector<ScannedArgument> scan_arguments(const std::vector<std::string>& arguments,
                                            const Table& table);

/// The refusals of the house, in the order of the command line.
Status check_scan(const std::vector<ScannedArgument>& scan, const Table& table);

/// Is the flag or option there?
bool scan_has(const std::vector<ScannedArgument>& scan, std::string_view option);
std::optional<std::string_view> scan_value(const std::vector<ScannedArgument>& scan,
                                           std::string_view option);

}  // namespace emr::cli
