// The option table of emr-ipfs-put: help, man page and completions come from it.
#pragma once

#include "cli/cli.h"

namespace emr::put {

cli::ToolSpec tool_spec();

}  // namespace emr::put
