// The final value of every option: command line, environment, configuration files and presets in
// this order, each validated by the same table. Internal to lib/cli.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/parse.h"
#include "cli/table.h"

namespace emr::cli {

inline constexpr const char* kCommandLine = "command line";

struct Value {
  std::vector<std::string> texts;
  /// Where it came from, in words for --print-config (kCommandLine, "EMR_NODE", a file).
  std::string origin;
  bool preset = false;
};

/// By option name; positionals by their table name.
struct Values {
  std::map<std::string, Value, std::less<>> entries;
  std::set<std::string, std::less<>> known;  ///< every option and positional of the verb

  const Value* find(std::string_view name) const noexcept;
};

/// One configuration file: option name -> texts. Made by read_config (cli/config.h).
struct Config {
  std::string path;
  std::map<std::string, std::vector<std::string>, std::less<>> entries;
};

/// Reads one environment variable; a function, so that tests need no environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// `configs` in falling precedence. Wrong values are kUsage (command line, environment) or kConfig.
Result<Values> resolve_values(const Table& table, const ParsedArguments& parsed,
                              const Environment& environment, const std::vector<Config>& configs);

/// Does `text` fit the option? The message names the wanted kind and never the text.
Status check_value(const OptionSpec& option, std::string_view text);

}  // namespace emr::cli
