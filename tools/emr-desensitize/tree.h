// --tree: a folder of files of any formats, de-identified into another folder. Names of files and
// folders are replaced by keyed ones, the same that a rewritten DICOMDIR refers to.
#pragma once

#include "cli/context.h"

namespace emr::tool {

Status desensitize_tree(cli::Context& context);

}  // namespace emr::tool
