// Variables that would be read as options and are none: an old name, a misspelt one. They are told
// instead of ignored, as an unknown key of a configuration is. Internal to lib/cli.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/table.h"
#include "cli/values.h"

namespace emr::cli {

/// The names of all variables that are set and not empty.
std::vector<std::string_view> environment_names();

/// kConfig when one of `names` is of this tool (EMR_SIGN_…) and sets no option of it, or has the
/// form that they had before tools had parts of their own (EMR_KEY_FILE). `all` are the options of
/// all verbs. Values are not looked at.
Status check_environment(const Table& all, const std::vector<std::string_view>& names);

}  // namespace emr::cli
