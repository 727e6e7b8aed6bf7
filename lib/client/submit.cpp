#include "client/submit.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::client {

using json::Json;
using Clock = std::chrono::steady_clock;

namespace {

Error bad_answer() {
  return fail(Code::kProtocol, "the node's answer cannot be understood").with_reason("bad_answer");
}

Result<TxOutcome> read_outcome(const Json& tree, const Hash32& txid) {
  TxOutcome outcome;
  EMR_ASSIGN(const std::string state, json::get_string(tree, "state", {.max = 16}));
  if (state == "busy") {
    outcome.state = TxState::kBusy;
    return outcome;
  }
  const auto named = json::find_hex32(tree, "txid");
  if (!named || (*named && **named != txid)) return bad_answer();
  if (state == "committed") {
    outcome.state = TxState::kCommitted;
    EMR_ASSIGN(outcome.height, json::get_u64(tree, "height"));
    EMR_ASSIGN(outcome.index, json::get_u64(tree, "index"));
    EMR_ASSIGN(const Json* receipt, json::get_object(tree, "receipt"));
    EMR_ASSIGN(outcome.receipt, ledger::parse_receipt(json::canonical_checked(*receipt)));
    if (outcome.receipt.txid != txid) return bad_answer();
  } else if (state == "refused") {
    outcome.state = TxState::kRefused;
    EMR_ASSIGN(outcome.reason, json::get_string(tree, "reason", {.max = 64}));
    EMR_ASSIGN(const auto code, json::find_u64(tree, "code", {.max = 255}));
    if (code && *code == static_cast<std::uint64_t>(Code::kDenied)) outcome.code = Code::kDenied;
  }
  return outcome;  // "pending", "unknown": not decided yet
}

/// Cuts the streamed answer into lines and hands out one outcome per line.
class OutcomeReader {
 public:
  OutcomeReader(std::span<const Outgoing> batch,
                const std::function<void(std::size_t, TxOutcome)>& on_outcome)
      : batch_(batch), on_outcome_(on_outcome) {}

  Status take(ByteView bytes) {
    rest_ += as_text(bytes);
    for (std::size_t stop; (stop = rest_.find('\n')) != std::string::npos;) {
      EMR_TRY(line(std::string_view(rest_).substr(0, stop)));
      rest_.erase(0, stop + 1);
    }
    if (rest_.size() > kSmallAnswerBytes) return bad_answer();
    return {};
  }
  bool complete() const { return next_ == batch_.size(); }

 private:
  Status line(std::string_view text) {
    if (complete()) return bad_answer();
    const Result<Json> tree = json::parse_object(text);
    if (!tree) return bad_answer();
    auto outcome = read_outcome(*tree, batch_[next_].txid);
    if (!outcome) return bad_answer();
    on_outcome_(next_++, *std::move(outcome));
    return {};
  }

  std::span<const Outgoing> batch_;
  const std::function<void(std::size_t, TxOutcome)>& on_outcome_;
  std::string rest_;
  std::size_t next_ = 0;
};

std::chrono::seconds wait_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - Clock::now());
  return std::clamp(left, std::chrono::seconds(1), kWaitPerRequest);
}

/// Could a node have taken lines of an exchange that ended so?
bool may_have_taken(const Status& sent) {
  return !sent.ok() && sent.error().code != Code::kTempFail && sent.error().reason != "connect";
}

bool is_final(TxState state) { return state == TxState::kCommitted || state == TxState::kRefused; }

}  // namespace

Status submit_batch(Node& node, std::span<const Outgoing> batch, std::chrono::seconds wait,
                    const std::function<void(std::size_t, TxOutcome)>& on_outcome) {
  std::string body;
  for (const Outgoing& one : batch) body.append(one.line).append("\n");
  OutcomeReader reader(batch, on_outcome);
  const auto response =
      node.post("/v1/tx?wait=" + std::to_string(wait.count()), body, wait + kPatience,
                [&](ByteView bytes) { return reader.take(bytes); });
  if (!response) return response.error();
  return reader.complete() ? Status{} : bad_answer();
}

// One round asks one node about everything that is still open. Busy and failing nodes are left for
// the next one; when all were tried in vain, a short pause keeps a dead consortium from being
// hammered.
void submit_until(Pool& pool, std::span<const Outgoing> batch, Clock::time_point deadline,
                  const std::function<void(std::size_t, TxOutcome)>& on_outcome) {
  std::vector<std::size_t> open(batch.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  std::vector<bool> maybe_taken(batch.size(), false);
  bool was_busy = false;
  for (std::size_t round = 1; !open.empty(); ++round) {
    std::vector<Outgoing> lines;
    for (const std::size_t i : open) lines.push_back(batch[i]);
    std::vector<bool> settled(open.size(), false);
    const Status sent = submit_batch(
        pool.current(), lines, wait_until(deadline), [&](std::size_t i, TxOutcome outcome) {
          if (outcome.state == TxState::kPending) maybe_taken[open[i]] = true;
          if (outcome.state == TxState::kBusy) was_busy = true;
          if (!is_final(outcome.state)) return;
          settled[i] = true;
          on_outcome(open[i], std::move(outcome));
        });
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (!settled[i]) left.push_back(open[i]);
    }
    for (const std::size_t i : left) {
      if (may_have_taken(sent)) maybe_taken[i] = true;
    }
    was_busy = was_busy || (!sent.ok() && sent.error().code == Code::kTempFail);
    const bool progress = left.size() < open.size();
    open = std::move(left);
    if (Clock::now() >= deadline) break;
    if (!sent.ok() || !progress) pool.skip_current();
    if (!progress && round % pool.size() == 0) std::this_thread::sleep_for(kRetryPause);
  }
  for (const std::size_t i : open) {
    TxOutcome outcome;
    if (was_busy && !maybe_taken[i]) outcome.state = TxState::kBusy;
    on_outcome(i, std::move(outcome));
  }
}

Result<TxStatus> transaction_status(Pool& pool, const Hash32& txid, std::chrono::seconds wait,
                                    bool proof, const ledger::MethodTable& methods) {
  std::string path = "/v1/tx/" + to_hex(txid) + "?wait=" + std::to_string(wait.count());
  if (proof) path += "&proof=1";
  return pool.call([&](Node& node) -> Result<TxStatus> {
    EMR_ASSIGN(const http::ClientResponse response, node.get(path, wait + kPatience));
    std::string_view body = response.body;
    if (body.ends_with('\n')) body.remove_suffix(1);
    EMR_ASSIGN(const Json tree, json::parse_object(body));
    TxStatus status;
    EMR_ASSIGN(status.outcome, read_outcome(tree, txid));
    if (!proof || status.outcome.state != TxState::kCommitted) return status;
    const Json* member = json::find_member(tree, "proof");
    if (member == nullptr) return status;  // committed while we waited: ask again
    status.proof_line = json::canonical_checked(*member);
    EMR_ASSIGN(const ledger::Proof parsed, ledger::parse_proof(status.proof_line));
    const auto proven = ledger::verify_proof(parsed, pool.genesis(), methods);
    const bool same = proven && proven->txid == txid &&
                      ledger::encode_receipt(proven->receipt) ==
                          ledger::encode_receipt(status.outcome.receipt);
    if (!same) {
      return fail(Code::kProtocol, "the node's proof does not hold").with_reason("proof");
    }
    return status;
  });
}

}  // namespace emr::client
