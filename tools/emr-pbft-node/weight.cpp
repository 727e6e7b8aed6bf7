// set-weight: how much of the sealed objects this node takes. The weight is state of the alliance
// contract, so what is printed here are only the arguments, for the institution's admin to sign.
#include <nlohmann/json.hpp>

#include "contracts/limits.h"
#include "json/json.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

Status set_weight(cli::Context& context) {
  const std::uint64_t weight = context.count("WEIGHT");
  if (weight > contracts::kStorageWeightMax) {
    return cli::Context::usage("WEIGHT is above " + std::to_string(contracts::kStorageWeightMax));
  }
  EMR_ASSIGN(const NodeConfig config, read_config(NodeDir(context.text("dir"))));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(json::canonical_checked(
      json::Json{{"institution", config.id}, {"weight", weight}}));
}

}  // namespace

cli::VerbSpec set_weight_verb() {
  return {.name = "set-weight",
          .summary = "print what gives this node's store another weight",
          .description =
              "Prints the arguments of alliance.weight for the institution's admin to sign and "
              "submit; the node may go on running. 0: the node takes nothing new and serves what "
              "it has. With fewer copies than nodes an object goes to a node as often as its "
              "weight says. Every node follows in the background, and nothing is dropped.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "WEIGHT",
                           .help = "0 to " + std::to_string(contracts::kStorageWeightMax),
                           .kind = cli::Kind::kCount,
                           .required = true}},
          .options = {{.name = "dir",
                       .kind = cli::Kind::kFolder,
                       .help = "the node's directory",
                       .required = true}},
          .examples = {{"empty a node before its disk is exchanged",
                        "emr-pbft-node set-weight 0 --dir /var/lib/emr | emr-tx build "
                        "alliance.weight --from 0x… | emr-sign -k admin.json --genesis "
                        "genesis.json | emr-tx submit --genesis genesis.json"}},
          .handler = set_weight};
}

}  // namespace emr::node_tool
