// The modes of the tool.
#pragma once

#include "cli/context.h"

namespace emr::tool {

Status desensitize_handler(cli::Context& context);
/// --assess and --k (assess.cpp).
Status assess(cli::Context& context);

}  // namespace emr::tool
