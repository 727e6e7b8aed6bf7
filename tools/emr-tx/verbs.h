// The verbs of emr-tx, each in its own file.
#pragma once

#include "cli/spec.h"

namespace emr::tx {

cli::VerbSpec build_verb();
cli::VerbSpec submit_verb();
cli::VerbSpec status_verb();
cli::VerbSpec methods_verb();
cli::VerbSpec slots_verb();

}  // namespace emr::tx
