// status and methods: what became of a transaction; what can be called at all.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "client/submit.h"
#include "common/connection.h"
#include "contracts/methods.h"
#include "json/json.h"
#include "verbs.h"

namespace emr::tx {
namespace {

using json::Json;

std::string status_line(const Hash32& txid, const client::TxOutcome& outcome) {
  Json tree{{"type", "emr.tx.status"}, {"v", 1}, {"txid", to_hex(txid)}, {"state", "unknown"}};
  if (outcome.state == client::TxState::kRefused) {
    tree["state"] = "refused";
    tree["reason"] = outcome.reason;
  }
  if (outcome.state == client::TxState::kCommitted) {
    tree["state"] = "committed";
    tree["height"] = outcome.height;
    tree["index"] = outcome.index;
    tree["receipt"] = Json::parse(ledger::encode_receipt(outcome.receipt));
  }
  return json::canonical_checked(tree);
}

Status status(cli::Context& context) {
  EMR_ASSIGN(const auto connection, tools::Connection::open(context));
  client::Pool& pool = connection->pool();
  const auto txid = hash_from_hex(context.text("TXID"));
  if (!txid) return cli::Context::usage("a transaction id has 64 hex digits");
  const bool proof = context.flag("proof");
  const std::chrono::seconds wait(context.seconds("wait"));
  EMR_ASSIGN(const client::TxStatus known,
             client::transaction_status(pool, *txid, wait, contracts::method_table(),
                                        connection->patience()));
  const bool committed = known.outcome.state == client::TxState::kCommitted;
  if (proof && !committed) {
    return fail(Code::kNegative, "no node knows the transaction as committed")
        .with_reason("not_found");
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_TRY(output->write(proof ? known.proof_line : status_line(*txid, known.outcome)));
  if (committed) return {};
  return fail(Code::kNegative, "");
}

Status methods(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  const std::string& only = context.text("CONTRACT");
  bool found = only.empty();
  for (const ledger::MethodSpec& method : contracts::method_table().all()) {
    if (!only.empty() && method.contract != only) continue;
    found = true;
    EMR_TRY(output->write(contracts::method_line(method)));
  }
  if (found) return {};
  return fail(Code::kNegative, "there is no such contract").with_reason("not_found");
}

}  // namespace

cli::VerbSpec status_verb() {
  return {.name = "status",
          .summary = "say what became of a transaction",
          .description =
              "Asks one node after the other for a transaction by its id until one proves, from "
              "the genesis, that it is committed. With --proof the answer is that emr.proof line; "
              "emr-query verify checks it again, offline. Exit status 1 when no node knows the "
              "transaction.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "TXID", .help = "transaction id", .required = true}},
          .options = tools::joined(tools::node_options(),
                                   {{.name = "wait",
                                     .kind = cli::Kind::kDuration,
                                     .help = "wait so long for the commit",
                                     .group = "Status",
                                     .preset = "0",
                                     .max = 300},
                                    {.name = "proof",
                                     .kind = cli::Kind::kFlag,
                                     .help = "write the proof of inclusion and result",
                                     .group = "Status"}}),
          .examples = {{"keep the proof of a receipt",
                        "emr-tx status TXID --genesis genesis.json --proof > proof.jsonl"}},
          .handler = status};
}

cli::VerbSpec methods_verb() {
  return {.name = "methods",
          .summary = "list the methods of the contracts",
          .description =
              "One emr.method line per method: the JSON schema of its arguments, the payload parts "
              "it carries, the roles that may call it, the type that wallets show.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "CONTRACT", .help = "only this contract's methods"}},
          .examples = {{"who may do what",
                        "emr-tx methods | jq -r '[.contract + \".\" + .method, (.roles | "
                        "join(\" \"))] | @tsv'"}},
          .handler = methods};
}

}  // namespace emr::tx
