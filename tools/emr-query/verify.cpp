#include "verify.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/cli.h"
#include "common/ledger_guard.h"
#include "contracts/methods.h"
#include "export_audit.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/evidence.h"
#include "ledger/genesis.h"
#include "ledger/limits.h"
#include "ledger/proof.h"
#include "ledger/state_proof.h"
#include "ledger_audit.h"
#include "store/store.h"

namespace emr::query {
namespace {

/// A negative answer was already written as a line; only the exit code is left to say.
Error negative() { return fail(Code::kNegative, ""); }

Result<ledger::Genesis> trusted_genesis(cli::Context& context) {
  const std::string& path = context.text("trust");
  EMR_ASSIGN(const std::string text, cli::read_file(path, ledger::kGenesisBytesMax));
  Result<ledger::Genesis> genesis = ledger::parse_genesis(text);
  if (genesis) return genesis;
  Error error = std::move(genesis).error();
  error.message = path + ": " + error.message;  // and not the file of proofs
  return error;
}

Status verify_directory(cli::Context& context, const ledger::Genesis& trusted) {
  tools::guard_ledger(context);
  EMR_ASSIGN(const std::unique_ptr<store::Store> store,
             store::Store::open_copy(context.text("ledger")));
  const std::unique_ptr<store::Snapshot> snapshot = store->snapshot();
  const AuditReport report = audit_ledger(*snapshot, trusted, {});
  EMR_ASSIGN(cli::LineWriter * output, context.output());
  EMR_TRY(output->write(verdict_line(report, trusted)));
  if (!report.ok()) return negative();
  return {};
}

nlohmann::json proven_row(const ledger::Proven& proven) {
  return {{"type", "emr.verdict"},
          {"v", 1},
          {"ok", true},
          {"txid", to_hex(proven.txid)},
          {"height", proven.height},
          {"index", proven.index},
          {"time", format_utc(proven.time)},
          {"contract", proven.transaction.core.contract},
          {"method", proven.transaction.core.method},
          {"from", proven.transaction.core.from.text()},
          {"status", ledger::receipt_status_name(proven.receipt.status)}};
}

std::string negative_row(const Error& why) {
  return json::canonical_checked({{"type", "emr.verdict"},
                                  {"v", 1},
                                  {"ok", false},
                                  {"reason", why.reason},
                                  {"message", why.message}});
}

/// One evidence line: is this member to blame?
Result<std::string> verify_blame(std::string_view line, ledger::EpochChain& trusted,
                                 bool& all_hold) {
  const Result<ledger::Evidence> evidence = ledger::parse_evidence(line, trusted.genesis());
  if (!evidence && evidence.error().code != Code::kNegative) return evidence.error();
  const Result<ledger::Blame> blame =
      evidence ? ledger::verify_evidence(*evidence, trusted) : evidence.error();
  if (!blame) {
    all_hold = false;
    return negative_row(blame.error());
  }
  return json::canonical_checked(
      {{"type", "emr.verdict"},
       {"v", 1},
       {"ok", true},
       {"culprit", blame->founder ? json::Json(*blame->founder) : json::Json()},
       {"voteKey", to_hex(blame->key)},
       {"kind", ledger::evidence_kind_name(evidence->kind)},
       {"message", ledger::vote_type_name(evidence->vote.type)},
       {"epoch", std::to_string(evidence->vote.epoch)},
       {"view", std::to_string(evidence->vote.view)},
       {"height", std::to_string(evidence->vote.seq)}});
}

/// One line about a key of the state: there with this value, or not there.
Result<std::string> verify_state(std::string_view line, ledger::EpochChain& trusted,
                                 bool& all_hold) {
  EMR_ASSIGN(const ledger::StateProof proof, ledger::parse_state_proof(line));
  const Result<ledger::ProvenEntry> proven = ledger::verify_state_proof(proof, trusted);
  if (!proven) {
    all_hold = false;
    return negative_row(proven.error());
  }
  json::Json row{{"type", "emr.verdict"},
                 {"v", 1},
                 {"ok", true},
                 {"key", proven->key},
                 {"present", proven->value.has_value()},
                 {"height", proven->height},
                 {"epoch", proven->epoch},
                 {"time", format_utc(proven->time)}};
  if (proven->value) row["value"] = *proven->value;
  return json::canonical_checked(row);
}

/// One line about a transaction and its result.
Result<std::string> verify_transaction(std::string_view line, ledger::EpochChain& trusted,
                                       bool& all_hold) {
  EMR_ASSIGN(const ledger::Proof proof, ledger::parse_proof(line));
  const auto proven = ledger::verify_proof(proof, trusted, contracts::method_table());
  if (proven) return json::canonical_checked(proven_row(*proven));
  all_hold = false;
  return negative_row(proven.error());
}

/// One line; what does not hold is a verdict too, and the exit code says 1. Blocks of an export
/// are judged together, at the end.
Result<std::string> verify_line(std::string_view line, ledger::EpochChain& trusted,
                                ExportAuditor& blocks, bool& all_hold) {
  EMR_ASSIGN(const json::Json tree, json::parse_object(line));
  EMR_ASSIGN(const std::string type, json::get_string(tree, "type", {.max = 64}));
  if (type == "emr.proof") return verify_transaction(line, trusted, all_hold);
  if (type == "emr.state-proof") return verify_state(line, trusted, all_hold);
  if (type == "emr.evidence") return verify_blame(line, trusted, all_hold);
  if (type == "emr.export") {
    EMR_TRY(blocks.add(tree));
    return std::string();
  }
  return fail(Code::kData, "not a line that can be verified")
      .with_pointer("/type")
      .with_reason("type")
      .with_hint("verify reads emr.proof, emr.state-proof, emr.evidence and emr.export, version 1");
}

Status verify_lines(cli::Context& context, const ledger::Genesis& genesis) {
  ledger::EpochChain trusted(genesis);
  ExportAuditor blocks(genesis);
  bool all_hold = true;
  std::uint64_t count = 0;
  const Status read = cli::run_lines(context, [&](const cli::Line& line) {
    ++count;
    return verify_line(line.text, trusted, blocks, all_hold);
  });
  if (blocks.report().blocks > 0) {
    // Of the blocks that could be read; one that could not may be missing among them.
    if (!read || context.errors().skipped() > 0) blocks.note_unreadable();
    const AuditReport& report = blocks.finish();
    EMR_ASSIGN(cli::LineWriter* const output, context.output());
    EMR_TRY(output->write(verdict_line(report, genesis)));
    all_hold = all_hold && report.ok();
  }
  EMR_TRY(read);
  // An empty input must not look like a success (field/domain.md finding 6).
  if (count == 0) return fail(Code::kData, "no line to verify in the input");
  if (!all_hold) return negative();
  return {};
}

Status verify(cli::Context& context) {
  if (context.given("ledger")) {
    if (context.given("INPUT")) return cli::Context::usage("give either --ledger or INPUT");
    EMR_TRY(context.refuse_typed({"on-error", "rejects"}, "is for lines, and --ledger reads none"));
  }
  EMR_ASSIGN(const ledger::Genesis trusted, trusted_genesis(context));
  if (context.given("ledger")) return verify_directory(context, trusted);
  return verify_lines(context, trusted);
}

}  // namespace

cli::VerbSpec verify_verb() {
  return {
      .name = "verify",
      .summary = "verify a copied ledger, an export, or proof lines, offline",
      .description =
          "With --ledger DIR every block of a copied data directory is checked from the genesis "
          "file alone: links, roots, certificates, signatures, payload commitments, content "
          "blocks; the blocks are executed again and the stored state must be the same. A verdict "
          "line is written unless the copy cannot be read at all (74); what does not hold is "
          "listed by class and place.\n\nWithout "
          "--ledger, each input line is one of four. An emr.proof, as written by emr-tx status "
          "--proof: a transaction and its result. An emr.state-proof, as written by emr-query "
          "prove: the verdict says whether the key is present, and its value, as of the named "
          "height. An emr.evidence, as written by emr-query evidence: the verdict says whether the "
          "member that it names is to blame; a message with a wrong signature blames nobody. An "
          "emr.export, as written by emr-query export: a block or a part of one. For all of them "
          "one verdict line "
          "follows at the end: it names the first and the last height and holds when every block "
          "between them is there, in order and unchanged, with its certificate by the validators "
          "that the genesis leads to, its receipts, and payloads that are those committed to "
          "(payloads that are not there are counted in prunedSidecars). A line that cannot be read "
          "is a finding too. Nothing is executed again: what the receipts say is what a quorum "
          "certified.",
      .streams = cli::Streams::kFilter,
      .options = {{.name = "trust",
                   .kind = cli::Kind::kFile,
                   .help = "genesis file that the auditor trusts",
                   .group = "Verification",
                   .required = true},
                  {.name = "ledger",
                   .kind = cli::Kind::kFolder,
                   .help = "copied data directory to verify; nothing is written to it",
                   .group = "Verification"},
                  {.name = "full",
                   .kind = cli::Kind::kFlag,
                   .help = "check everything (the default; for scripts that say so)",
                   .group = "Verification"}},
      .examples = {{"a whole copy",
                    "emr-query verify --full --ledger /srv/copy --trust genesis.json | jq -e .ok"},
                   {"one receipt",
                    "emr-tx status --proof TXID --genesis genesis.json | emr-query verify --trust "
                    "genesis.json"},
                   {"everything there is, in one pipe",
                    "emr-query export --all --genesis genesis.json --session me.session | "
                    "emr-query verify --trust genesis.json | jq -e .ok"},
                   {"who broke the protocol",
                    "emr-query evidence --proven --genesis genesis.json --node "
                    "http://127.0.0.1:8001 --session me.session | emr-query verify --trust "
                    "genesis.json"}},
      .handler = verify};
}

}  // namespace emr::query
