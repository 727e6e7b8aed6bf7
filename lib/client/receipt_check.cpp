#include "client/receipt_check.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::client {

using json::Json;

namespace {

Error lie() {
  return fail(Code::kProtocol, "the node's proof does not hold").with_reason("proof");
}

/// The proof that belongs to a committed outcome.
Result<ledger::ReceiptList> read_list(std::string_view body) {
  if (body.ends_with('\n')) body.remove_suffix(1);
  const Result<Json> tree = json::parse_object(body, {.max_bytes = ledger::kProofBytesMax});
  const Json* proof = tree ? json::find_member(*tree, "proof") : nullptr;
  if (proof == nullptr || !proof->is_object()) return lie();
  auto list = ledger::parse_receipt_list(json::canonical_checked(*proof));
  if (!list) return lie();
  return list;
}

}  // namespace

Status ReceiptCheck::check(Node& node, const TxOutcome& outcome) {
  List list = find(outcome.height);
  if (list == nullptr) {
    EMR_ASSIGN(list, fetch(node, outcome));
  }
  if (ledger::holds_receipt(*list, outcome.index, outcome.receipt)) return {};
  return lie();
}

ReceiptCheck::List ReceiptCheck::find(std::uint64_t height) {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(height);
  return found == lists_.end() ? nullptr : found->second;
}

/// Only what was checked is kept: another connection's node cannot spoil it.
Result<ReceiptCheck::List> ReceiptCheck::fetch(Node& node, const TxOutcome& outcome) {
  EMR_ASSIGN(const http::ClientResponse answer,
             node.get("/v1/tx/" + to_hex(outcome.receipt.txid) + "?proof=block", kPatience));
  EMR_ASSIGN(ledger::ReceiptList read, read_list(answer.body));
  if (read.header.height != outcome.height) return lie();
  const std::lock_guard lock(mutex_);
  if (read.header.genesis != known_.genesis().hash) return other_ledger();
  if (!ledger::verify_receipt_list(read, known_)) return lie();
  const auto list = std::make_shared<const ledger::ReceiptList>(std::move(read));
  lists_[outcome.height] = list;
  if (lists_.size() > kProvenBlocksMax) lists_.erase(lists_.begin());
  return list;
}

}  // namespace emr::client
