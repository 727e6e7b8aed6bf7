// Configuration files: JSON, strict. {"type":"emr.config","v":1,"all":{…},"emr-sign":{…}}: "all"
// holds options that mean the same in every tool, the other sections belong to one tool each. A key
// that the tool does not know is an error (kConfig), and so is one that may not be configured.
// Internal to lib/cli.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/values.h"

namespace emr::cli {

/// Reads the text of a configuration for one tool; `known` is the tool's union table, because a
/// configuration serves all its verbs.
Result<Config> read_config(std::string_view text, const std::string& path,
                           const std::string& tool, const Table& known);

/// The files that apply, in falling precedence: `explicit_path` (--config or $EMR_CONFIG; "none" =
/// no file at all), $XDG_CONFIG_HOME/emr/config.json, /etc/emr/config.json. A missing explicit file
/// is kConfig, the others may be absent.
Result<std::vector<Config>> load_configs(const std::string& explicit_path,
                                         const Environment& environment, const std::string& tool,
                                         const Table& known);

}  // namespace emr::cli
