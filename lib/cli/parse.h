// From argument strings to the texts of options and positionals. The only user of CLI11 (3.7 s per
// translation unit, and traps in its configuration and number parsing: it gets strings only).
// Internal to lib/cli.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/table.h"

namespace emr::cli {

struct ParsedArguments {
  std::map<std::string, std::vector<std::string>> options;  ///< flags: one "true" for each use
  std::vector<std::string> positionals;
};

/// `arguments` without the program's and the verb's name. All errors are kUsage.
Result<ParsedArguments> parse_arguments(const Table& table,
                                        const std::vector<std::string>& arguments);

}  // namespace emr::cli
