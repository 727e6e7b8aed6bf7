// status: what became of a transaction. methods: what can be called.
#include <nlohmann/json.hpp>

#include "common/connection.h"
#include "contracts/methods.h"
#include "emr_tx.h"
#include "json/json.h"

namespace emr::tx {
namespace {

Status status(cli::Context& context) {
  EMR_ASSIGN(const std::unique_ptr<tools::Connection> connection,
             tools::Connection::open(context));
  EMR_ASSIGN(const Hash32 txid, hash_from_hex(context.text("TXID")));
  const bool proof = context.flag("proof");
  EMR_ASSIGN(const client::TxStatus found,
             client::transaction_status(connection->pool(), txid, std::chrono::seconds(0), proof,
                                        contracts::method_table()));
  const client::TxOutcome& outcome = found.outcome;
  if (outcome.state != client::TxState::kCommitted) {
    return fail(outcome.state == client::TxState::kRefused ? Code::kNegative : Code::kTempFail,
                "the node does not have it in a block");
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  if (proof) return output->write(found.proof_line);
  return output->write(json::canonical_checked(
      {{"type", "emr.status.tx"},
       {"v", 1},
       {"txid", to_hex(txid)},
       {"state", "committed"},
       {"height", outcome.height},
       {"index", outcome.index},
       {"receipt", nlohmann::json::parse(ledger::encode_receipt(outcome.receipt))}}));
}

Status methods(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  for (const ledger::MethodSpec& method : contracts::method_table().all()) {
    EMR_TRY(output->write(contracts::method_line(method)));
  }
  return {};
}

}  // namespace

cli::VerbSpec status_verb() {
  return {.name = "status",
          .summary = "what became of a transaction",
          .description = "Asks the nodes for a transaction by its id. With --proof the answer is "
                         "an emr.proof line that emr-query verify checks offline.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "TXID", .help = "transaction id, 64 hex digits",
                           .required = true}},
          .options = tools::joined(tools::node_options(),
                                   {{.name = "proof",
                                     .kind = cli::Kind::kFlag,
                                     .help = "write the proof of inclusion and result",
                                     .group = "Output"}}),
          .examples = {{"ask one node",
                        "emr-tx status --genesis genesis.json --node http://127.0.0.1:8001 TXID"}},
          .handler = status};
}

cli::VerbSpec methods_verb() {
  return {.name = "methods",
          .summary = "list every contract method with its schema",
          .description = "One emr.method line per method: JSON schema of the arguments, payload "
                         "parts, roles, and the EIP-712 type that a wallet shows.",
          .streams = cli::Streams::kOutput,
          .examples = {{"names only", "emr-tx methods | jq -r '.contract + \".\" + .method'"}},
          .handler = methods};
}

}  // namespace emr::tx
