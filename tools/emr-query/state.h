// emr-query state: a canonical dump of a copied data directory's state.
#pragma once

#include "cli/spec.h"

namespace emr::query {

cli::VerbSpec state_verb();

}  // namespace emr::query
