// For verbs that open data directories: what is said when one turns out damaged in the middle of
// reading (store/damage.h), in the tool's own name and form.
#pragma once

#include "cli/context.h"

namespace emr::tools {

/// Before the directory is opened.
void guard_ledger(const cli::Context& context);

}  // namespace emr::tools
