// A node in this process, from its directory, until a signal or until the caller has seen enough.
#pragma once

#include <functional>

#include "cli/cli.h"
#include "node/node.h"

namespace emr::node_tool {

struct RunUntil {
  /// Called once when the node serves.
  std::function<Status(const node::Node& running, const node::NodeOptions& options)> started;
  /// Looked at every tenth of a second; an error, or true, ends the run. Null: only a signal does.
  std::function<Result<bool>(const node::Node& running)> is_done;
};

/// Options of every verb that runs a node.
std::vector<cli::OptionSpec> run_options();
/// Runs the node of --dir. Ok after TERM or INT and when `is_done`; otherwise why it cannot go on.
Status run_node(cli::Context& context, const RunUntil& until);

}  // namespace emr::node_tool
