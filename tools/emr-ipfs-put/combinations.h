// Options that have no effect beside others. Who types one expects something of it: it is refused.
// What the house has set for other calls (environment, configuration) is left alone.
#pragma once

#include "cli/cli.h"

namespace emr::put {

/// For each verb; kUsage names the option and what it is for.
Status check_records_options(const cli::Context& context);
Status check_put_options(const cli::Context& context);
Status check_get_options(const cli::Context& context);

}  // namespace emr::put
