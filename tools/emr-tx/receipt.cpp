// emr.receipt lines: what a script needs to know of each input line.
#include <nlohmann/json.hpp>

#include "emr_tx.h"
#include "json/json.h"

namespace emr::tx {
namespace {

using nlohmann::json;
using ledger::ReceiptStatus;

/// created -> committed, amended and unchanged as they are, everything else that is ok: committed.
std::string status_word(const json& data) {
  const auto outcome = data.find("outcome");
  if (outcome == data.end() || !outcome->is_string()) return "committed";
  const auto& word = outcome->get_ref<const std::string&>();
  return word == "amended" || word == "unchanged" ? word : "committed";
}

json error_object(Code code, std::string_view reason, std::string_view message) {
  return {{"code", static_cast<int>(code)}, {"reason", reason}, {"message", message}};
}

void add_committed(json& receipt, const client::TxOutcome& outcome) {
  receipt["height"] = outcome.height;
  receipt["index"] = outcome.index;
  json data = json::parse(outcome.receipt.data_json);
  if (const auto version = data.find("version"); version != data.end()) {
    receipt["version"] = *version;
  }
  if (outcome.receipt.status == ReceiptStatus::kOk) {
    receipt["status"] = status_word(data);
  } else {
    const bool denied = outcome.receipt.status == ReceiptStatus::kDenied;
    receipt["error"] =
        error_object(denied ? Code::kDenied : Code::kNegative, outcome.receipt.reason,
                     denied ? "the contract denied it" : "the contract could not do it");
  }
  receipt["result"] = std::move(data);
}

}  // namespace

json receipt_base(std::string_view status, std::uint64_t line) {
  return {{"type", "emr.receipt"}, {"v", 1},          {"status", status},
          {"line", line},          {"retryable", false}};
}

json receipt_of(const ledger::Transaction& tx, std::uint64_t line, const client::TxOutcome& outcome,
                std::chrono::milliseconds latency) {
  json receipt = receipt_base("failed", line);
  receipt["contract"] = tx.core.contract;
  receipt["method"] = tx.core.method;
  receipt["txid"] = to_hex(tx.txid);
  receipt["latencyMs"] = latency.count();
  if (const auto record = tx.core.args->find("record"); record != tx.core.args->end()) {
    receipt["record"] = *record;
  }
  switch (outcome.state) {
    case client::TxState::kCommitted: add_committed(receipt, outcome); break;
    case client::TxState::kRefused:
      receipt["error"] = error_object(Code::kDenied, outcome.reason, "the node refused it");
      break;
    case client::TxState::kPending:
    case client::TxState::kBusy:
      receipt["error"] = error_object(Code::kTempFail, "unknown", "the outcome is not known yet");
      receipt["retryable"] = true;
      break;
  }
  return receipt;
}

}  // namespace emr::tx
