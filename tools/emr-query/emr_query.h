// The verbs of emr-query, one file per kind of work.
#pragma once

#include <vector>

#include "cli/spec.h"

namespace emr::query {

/// record, records, history, grants, check, audit, blocks, nodes, identity, accounts, orgs,
/// pending, contracts, genesis, tx, sidecar: one signed query each.
std::vector<cli::VerbSpec> list_verbs();
cli::VerbSpec open_verb();
cli::VerbSpec release_verb();
cli::VerbSpec unseal_verb();
cli::VerbSpec prove_verb();
cli::VerbSpec fields_verb();
cli::VerbSpec crypto_verb();
cli::VerbSpec stats_verb();

}  // namespace emr::query
