#include "receipt.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::tx {

using json::Json;
using ledger::ReceiptStatus;

namespace {

Json receipt_tree(std::uint64_t number, std::string_view status) {
  return {{"type", "emr.receipt"}, {"v", 1}, {"line", number}, {"status", status}};
}

void add_error(Json& tree, const Error& error, bool retryable) {
  tree["error"] = {{"code", static_cast<int>(error.code)},
                   {"reason", error.reason},
                   {"message", error.message}};
  if (!error.pointer.empty()) tree["error"]["pointer"] = error.pointer;
  tree["retryable"] = retryable;
}

/// The error that a receipt of the ledger stands for.
Error ledger_error(const ledger::Receipt& receipt) {
  const bool denied = receipt.status == ReceiptStatus::kDenied;
  return fail(denied ? Code::kDenied : Code::kNegative,
              denied ? "the contract denied it: " + receipt.reason
                     : "the contract could not do it: " + receipt.reason)
      .with_reason(receipt.reason);
}

/// Why the outcome is not known.
Error unknown_error(const client::TxOutcome& outcome) {
  if (outcome.state == client::TxState::kBusy) {
    return fail(Code::kTempFail, "the nodes are busy and took it not").with_reason("busy");
  }
  if (outcome.reason == "genesis") {
    return fail(Code::kConfig, "the nodes are of another ledger").with_reason("genesis");
  }
  if (!outcome.reason.empty()) {
    return fail(Code::kTempFail, "a node refused it: " + outcome.reason +
                                     "; too few others did, or one may have taken it")
        .with_reason("disputed");
  }
  return fail(Code::kTempFail, "no outcome in time").with_reason("timeout");
}

/// Reasons that say which version of a contract is in the way.
Error refused_error(const ledger::Core& core, const client::TxOutcome& outcome) {
  Error error = fail(outcome.code, "the nodes refused it: " + outcome.reason)
                    .with_reason(outcome.reason);
  const auto* method = contracts::method_table().find(core.contract, core.method);
  if (outcome.reason == "not_in_version" && method != nullptr) {
    error.message += ", the method needs version " + std::to_string(method->since) +
                     " of the contract " + core.contract;
    error = std::move(error).with_hint(
        "emr-query contracts lists the versions; alliance.propose, kind contract, raises one");
  } else if (outcome.reason == "unknown_version") {
    error = std::move(error).with_hint(
        "upgrade the software of your own node before you vote for what it must run");
  }
  return error;
}

void note_failure(Tally& tally, const Error& error) {
  ++tally.failed;
  if (!tally.first_failure) tally.first_failure = error;
}

/// status and counter of a receipt that is ok.
std::string_view ok_status(const Json& result, Tally& tally) {
  const std::string outcome = result.value("outcome", "");
  if (outcome == "unchanged") {
    ++tally.unchanged;
    return "unchanged";
  }
  if (outcome == "amended") {
    ++tally.amended;
    return "amended";
  }
  ++tally.committed;
  return "committed";
}

void add_committed(Json& tree, const client::TxOutcome& outcome, bool skip_conflicts,
                   Tally& tally) {
  auto parsed = json::parse_strict(outcome.receipt.data_json);
  const Json result = parsed ? *std::move(parsed) : Json::object();
  tree["height"] = outcome.height;
  tree["index"] = outcome.index;
  tree["result"] = result;
  if (result.contains("version")) tree["version"] = result["version"];
  if (outcome.receipt.status == ReceiptStatus::kOk) {
    tree["status"] = ok_status(result, tally);
    return;
  }
  const Error error = ledger_error(outcome.receipt);
  add_error(tree, error, false);
  if (skip_conflicts && outcome.receipt.reason == "conflict") {
    tree["status"] = "skipped";
    ++tally.skipped;
    return;
  }
  note_failure(tally, error);
}

}  // namespace

Status Tally::verdict() const {
  if (unknown > 0) {
    return fail(Code::kTempFail, "the outcome of " + std::to_string(unknown) +
                                     " transactions is unknown; sending them again is safe")
        .with_reason("timeout")
        .with_hint("run the same command again, with --resume for a journal");
  }
  if (failed == 0) return {};
  if (total() == 1 && first_failure) return *first_failure;
  return fail(Code::kPartial, std::to_string(failed) + " of " + std::to_string(total()) +
                                  " lines failed; their receipts say why");
}

std::string Tally::summary(double seconds) const {
  char rate[64];
  std::snprintf(rate, sizeof rate, " in %.1f s (%.1f/s)", seconds,
                static_cast<double>(total()) / (seconds > 0.001 ? seconds : 0.001));
  std::string text = "committed " + std::to_string(committed) + ", amended " +
                     std::to_string(amended) + ", unchanged " + std::to_string(unchanged) +
                     ", skipped " + std::to_string(skipped) + ", failed " + std::to_string(failed);
  if (unknown > 0) text += ", unknown " + std::to_string(unknown);
  return text + rate;
}

ReceiptLine outcome_receipt(const ledger::TransactionLine& line, const client::TxOutcome& outcome,
                            std::uint64_t number, std::uint64_t latency_ms, bool skip_conflicts,
                            Tally& tally) {
  const ledger::Core& core = line.transaction.core;
  Json tree = receipt_tree(number, "failed");
  tree["contract"] = core.contract;
  tree["method"] = core.method;
  tree["txid"] = to_hex(line.transaction.txid);
  tree["latencyMs"] = latency_ms;
  tree["retryable"] = false;
  if (core.args->contains("record")) tree["record"] = (*core.args)["record"];
  auto other = json::parse_object(line.other_json);
  if (other && other->contains("visit")) tree["visit"] = (*other)["visit"];

  if (outcome.state == client::TxState::kCommitted) {
    add_committed(tree, outcome, skip_conflicts, tally);
  } else if (outcome.state == client::TxState::kRefused) {
    const Error error = refused_error(core, outcome);
    add_error(tree, error, false);
    note_failure(tally, error);
  } else {
    tree["status"] = "unknown";
    const Error error = unknown_error(outcome);
    add_error(tree, error, error.code == Code::kTempFail);
    ++tally.unknown;
    return {json::canonical_checked(tree), false};
  }
  return {json::canonical_checked(tree), true};
}

std::string failed_receipt(std::uint64_t number, const Error& error, Tally& tally) {
  Json tree = receipt_tree(number, "failed");
  add_error(tree, error, false);
  note_failure(tally, error);
  return json::canonical_checked(tree);
}

std::string build_receipt(std::uint64_t number, std::string_view status, std::string_view record,
                          std::uint64_t version) {
  Json tree = receipt_tree(number, status);
  tree["contract"] = "records";
  tree["method"] = "create";
  tree["record"] = record;
  tree["retryable"] = false;
  if (version != 0) tree["version"] = version;
  if (status == "failed") {
    add_error(tree,
              fail(Code::kNegative, "the record exists with other content").with_reason("conflict"),
              false);
  }
  return json::canonical_checked(tree);
}

Status count_receipt(const Json& receipt, Tally& tally) {
  EMR_ASSIGN(const std::string status,
             json::get_choice(receipt, "status",
                              {"committed", "amended", "unchanged", "skipped", "failed",
                               "unknown"}));
  if (status == "committed") ++tally.committed;
  if (status == "amended") ++tally.amended;
  if (status == "unchanged") ++tally.unchanged;
  if (status == "skipped") ++tally.skipped;
  if (status == "unknown") ++tally.unknown;
  if (status != "failed") return {};
  Error error = fail(Code::kNegative, "a line failed before it was submitted");
  if (const Json* details = json::find_member(receipt, "error")) {
    const auto code = json::get_u64(*details, "code", {.max = 255});
    if (code && *code == static_cast<std::uint64_t>(Code::kDenied)) error.code = Code::kDenied;
    if (code && *code == static_cast<std::uint64_t>(Code::kData)) error.code = Code::kData;
  }
  note_failure(tally, error);
  return {};
}

}  // namespace emr::tx
