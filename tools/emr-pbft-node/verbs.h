// The verbs of emr-pbft-node, one file each.
#pragma once

#include "cli/cli.h"

namespace emr::node_tool {

cli::VerbSpec init_verb();
cli::VerbSpec genesis_verb();
cli::VerbSpec join_verb();
cli::VerbSpec run_verb();
cli::VerbSpec sync_verb();
cli::VerbSpec status_verb();
cli::VerbSpec stop_verb();
cli::VerbSpec doctor_verb();
cli::VerbSpec backup_verb();
cli::VerbSpec restore_verb();
cli::VerbSpec prune_verb();
cli::VerbSpec compact_verb();
cli::VerbSpec apply_verb();
cli::VerbSpec hand_over_verb();
cli::VerbSpec rotate_verb();
cli::VerbSpec set_weight_verb();

}  // namespace emr::node_tool
