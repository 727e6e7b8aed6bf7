#include "client/receipt_check.h"

#include <algorithm>
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

Status ReceiptCheck::check(Node& node, const TxOutcome& outcome, Clock::time_point deadline) {
  const List known = find(outcome.height);
  if (known && ledger::holds_receipt(*known, outcome.index, outcome.receipt)) return {};
  EMR_ASSIGN(const List list, fetch(node, outcome, deadline));
  if (!ledger::holds_receipt(*list, outcome.index, outcome.receipt)) return lie();
  keep(outcome.height, list);
  return {};
}

ReceiptCheck::List ReceiptCheck::find(std::uint64_t height) {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(height);
  if (found == lists_.end()) return nullptr;
  found->second.used = ++calls_;
  return found->second.list;
}

Result<ReceiptCheck::List> ReceiptCheck::fetch(Node& node, const TxOutcome& outcome,
                                               Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  if (left.count() <= 0) {
    return fail(Code::kUnavailable, "no time is left to ask for a proof").with_reason("timeout");
  }
  EMR_ASSIGN(const http::ClientResponse answer,
             node.get("/v1/tx/" + to_hex(outcome.receipt.txid) + "?proof=block",
                      std::min<std::chrono::milliseconds>(left, kPatience)));
  EMR_ASSIGN(ledger::ReceiptList read, read_list(answer.body));
  if (read.header.height != outcome.height) return lie();
  const std::lock_guard lock(mutex_);
  if (read.header.genesis != known_.genesis().hash) return other_ledger();
  if (!ledger::verify_receipt_list(read, known_)) return lie();
  return std::make_shared<const ledger::ReceiptList>(std::move(read));
}

/// Of two true lists the longer one says more. What was not needed for the longest time goes.
void ReceiptCheck::keep(std::uint64_t height, const List& list) {
  const std::lock_guard lock(mutex_);
  Proven& kept = lists_[height];
  if (!kept.list || kept.list->leaves.size() < list->leaves.size()) kept.list = list;
  kept.used = ++calls_;
  if (lists_.size() <= kProvenBlocksMax) return;
  lists_.erase(std::min_element(lists_.begin(), lists_.end(), [](const auto& a, const auto& b) {
    return a.second.used < b.second.used;
  }));
}

}  // namespace emr::client
