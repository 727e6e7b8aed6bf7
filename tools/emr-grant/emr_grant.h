// The verbs of emr-grant. give and revoke write unsigned emr.tx lines for emr-sign: a grant is a
// rule, so nothing else is needed there (no key, no node, no data). list and check ask the nodes.
#pragma once

#include "cli/spec.h"

namespace emr::grant {

cli::VerbSpec give_verb();
cli::VerbSpec revoke_verb();
cli::VerbSpec list_verb();
cli::VerbSpec check_verb();

}  // namespace emr::grant
