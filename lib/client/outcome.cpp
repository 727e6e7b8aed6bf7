#include "client/outcome.h"

#include <nlohmann/json.hpp>

#include "json/access.h"
#include "json/json.h"

namespace emr::client {

using json::Json;

namespace {

Error other_transaction() {
  return fail(Code::kProtocol, "the answer is about another transaction").with_reason("bad_answer");
}

}  // namespace

Result<TxOutcome> read_outcome(const Json& tree, const Hash32& txid) {
  TxOutcome outcome;
  EMR_ASSIGN(const std::string state, json::get_string(tree, "state", {.max = 16}));
  if (state == "busy") {
    outcome.state = TxState::kBusy;
    return outcome;
  }
  EMR_ASSIGN(const auto named, json::find_hex32(tree, "txid"));
  if (named && *named != txid) return other_transaction();
  if (state == "committed") {
    outcome.state = TxState::kCommitted;
    EMR_ASSIGN(outcome.height, json::get_u64(tree, "height"));
    EMR_ASSIGN(outcome.index, json::get_u64(tree, "index"));
    EMR_ASSIGN(const Json* receipt, json::get_object(tree, "receipt"));
    EMR_ASSIGN(outcome.receipt, ledger::parse_receipt(json::canonical_checked(*receipt)));
    if (outcome.receipt.txid != txid) return other_transaction();
  } else if (state == "refused") {
    outcome.state = TxState::kRefused;
    EMR_ASSIGN(outcome.reason, json::get_string(tree, "reason", {.max = 64}));
    EMR_ASSIGN(const auto code, json::find_u64(tree, "code", {.max = 255}));
    if (code && *code == static_cast<std::uint64_t>(Code::kDenied)) outcome.code = Code::kDenied;
  }
  return outcome;  // "pending", "unknown": not decided yet
}

}  // namespace emr::client
