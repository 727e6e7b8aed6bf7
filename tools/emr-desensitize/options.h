// What emr-desensitize can be told on its command line.
#pragma once

#include <vector>

#include "cli/cli.h"

namespace emr::tool {

std::vector<cli::OptionSpec> all_options();

}  // namespace emr::tool
