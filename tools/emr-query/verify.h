// emr-query verify: offline, from the genesis file alone. With --ledger a whole copied data
// directory; without it, exported emr.proof lines from INPUT, one verdict line each.
#pragma once

#include "cli/spec.h"

namespace emr::query {

cli::VerbSpec verify_verb();

}  // namespace emr::query
