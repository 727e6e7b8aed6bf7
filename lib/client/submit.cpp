#include "client/submit.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "client/limits.h"
#include "client/voices.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::client {

using json::Json;
using Clock = std::chrono::steady_clock;

namespace {

/// Cuts the streamed answer into lines and hands out one outcome per line.
class OutcomeReader {
 public:
  OutcomeReader(std::span<const Outgoing> batch,
                const OnOutcome& on_outcome)
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
  const OnOutcome& on_outcome_;
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

Error bad_proof() {
  return fail(Code::kProtocol, "the node's proof does not hold").with_reason("proof");
}

/// What became of a line, as a node says: to be checked before it is believed.
bool is_claim(TxState state) { return state == TxState::kCommitted || state == TxState::kRefused; }

}  // namespace

Status submit_batch(Node& node, std::span<const Outgoing> batch, std::chrono::seconds wait,
                    const OnOutcome& on_outcome) {
  std::string body;
  for (const Outgoing& one : batch) body.append(one.line).append("\n");
  OutcomeReader reader(batch, on_outcome);
  const auto response =
      node.post("/v1/tx?wait=" + std::to_string(wait.count()), body, wait + kPatience,
                [&](ByteView bytes) { return reader.take(bytes); });
  if (!response) return response.error();
  return reader.complete() ? Status{} : bad_answer();
}

namespace {

/// The rounds of a submission: each asks one node about everything that is still open. Busy and
/// failing nodes are left for the next one; when all were tried in vain, a short pause keeps a dead
/// consortium from being hammered.
class Rounds {
 public:
  Rounds(Pool& pool, ReceiptCheck& check, std::span<const Outgoing> batch,
         const OnOutcome& on_outcome)
      : pool_(&pool),
        check_(&check),
        batch_(batch),
        on_outcome_(on_outcome),
        maybe_taken_(batch.size(), false),
        is_stranger_(pool.size(), false) {
    for (std::size_t i = 0; i < batch.size(); ++i) open_.push_back(i);
  }

  Status run(Clock::time_point deadline) {
    for (std::size_t round = 1; !open_.empty(); ++round) {
      const std::size_t before = open_.size();
      const Status asked = ask(deadline);
      if (!asked) note_failure(asked.error());
      if (Clock::now() >= deadline || all_strangers()) break;
      const bool progress = open_.size() < before;
      if (!asked || !progress || needs_others_) pool_->skip_current();
      if (!progress && round % pool_->size() == 0) std::this_thread::sleep_for(kRetryPause);
    }
    report_open();
    return all_strangers() ? Status(other_ledger()) : Status();
  }

 private:
  struct Claim {
    std::size_t index = 0;
    TxOutcome outcome;
  };
  struct Refusal {
    TxOutcome first;
    Voices voices;
  };

  Status ask(Clock::time_point deadline) {
    std::vector<Outgoing> lines;
    for (const std::size_t i : open_) lines.push_back(batch_[i]);
    std::vector<Claim> claims;
    needs_others_ = false;
    const Status sent = submit_batch(
        pool_->current(), lines, wait_until(deadline), [&](std::size_t i, TxOutcome outcome) {
          // Also when its proof does not come: what it says it has may be committed.
          if (outcome.state == TxState::kPending || outcome.state == TxState::kCommitted) {
            maybe_taken_[open_[i]] = true;
          }
          if (outcome.state == TxState::kBusy) was_busy_ = true;
          if (is_claim(outcome.state)) claims.push_back({open_[i], std::move(outcome)});
        });
    // What came at the last moment is still to be proven.
    Status believed = settle(std::move(claims), deadline + kPatience);
    // A node of another ledger does not commit ours, and need not say why.
    if (sent && believed && !open_.empty()) {
      believed = pool_->current().check_ledger(wait_until(deadline));
    }
    for (const std::size_t i : open_) {
      if (may_have_taken(sent)) maybe_taken_[i] = true;
    }
    return sent ? believed : sent;
  }

  /// Hands out what is proven or said by enough. Of a node that lied once nothing more is believed.
  Status settle(std::vector<Claim> claims, Clock::time_point deadline) {
    std::optional<std::string> member;
    for (Claim& claim : claims) {
      if (claim.outcome.state == TxState::kCommitted) {
        EMR_TRY(check_->check(pool_->current(), claim.outcome, deadline));
      } else {
        if (!member) {
          EMR_ASSIGN(member, speaker(*pool_, wait_until(deadline)));
        }
        if (!count_refusal(claim, *member)) continue;
      }
      std::erase(open_, claim.index);
      on_outcome_(claim.index, std::move(claim.outcome));
    }
    return {};
  }

  /// One node may lie, or may not know yet what the others know. And what some node may have taken
  /// can be committed still, whoever else refuses it.
  bool count_refusal(const Claim& claim, const std::string& member) {
    Refusal& refusal = refusals_.try_emplace(claim.index, Refusal{claim.outcome, {}}).first->second;
    refusal.voices.add(pool_->current_index(), member);
    const bool is_final = !maybe_taken_[claim.index] && refusal.voices.are_enough(*pool_);
    needs_others_ = needs_others_ || !is_final;
    return is_final;
  }

  void note_failure(const Error& error) {
    pool_->blame(error);
    if (error.code == Code::kTempFail) was_busy_ = true;
    is_stranger_[pool_->current_index()] = error.reason == other_ledger().reason;
  }

  bool all_strangers() const {
    return std::find(is_stranger_.begin(), is_stranger_.end(), false) == is_stranger_.end();
  }

  void report_open() {
    for (const std::size_t i : open_) {
      TxOutcome outcome;
      const auto refusal = refusals_.find(i);
      if (all_strangers()) {
        outcome.reason = other_ledger().reason;
      } else if (refusal != refusals_.end()) {
        outcome.reason = refusal->second.first.reason;
      } else if (was_busy_ && !maybe_taken_[i]) {
        outcome.state = TxState::kBusy;
      }
      on_outcome_(i, std::move(outcome));
    }
  }

  Pool* pool_;
  ReceiptCheck* check_;
  std::span<const Outgoing> batch_;
  const OnOutcome& on_outcome_;
  std::vector<std::size_t> open_;  ///< rising
  std::vector<bool> maybe_taken_;
  std::map<std::size_t, Refusal> refusals_;
  std::vector<bool> is_stranger_;  ///< node by node
  bool was_busy_ = false;
  bool needs_others_ = false;  ///< the last node refused what others must refuse too
};

/// The line of a node about one transaction, with the proof of what it says is committed.
Result<TxStatus> ask_status(Node& node, const Hash32& txid, std::chrono::seconds wait,
                            std::chrono::milliseconds patience, ledger::EpochChain& known,
                            const ledger::MethodTable& methods) {
  EMR_ASSIGN(const http::ClientResponse response,
             node.get("/v1/tx/" + to_hex(txid) + "?proof=1&wait=" + std::to_string(wait.count()),
                      wait + patience));
  std::string_view body = response.body;
  if (body.ends_with('\n')) body.remove_suffix(1);
  const auto tree = json::parse_object(body, {.max_bytes = ledger::kProofBytesMax});
  auto outcome = tree ? read_outcome(*tree, txid) : Result<TxOutcome>(bad_answer());
  if (!outcome) return bad_answer();
  TxStatus status{*std::move(outcome), ""};
  const Json* member = json::find_member(*tree, "proof");
  if (status.outcome.state != TxState::kCommitted || member == nullptr) return status;
  status.proof_line = json::canonical_checked(*member);
  const auto proof = ledger::parse_proof(status.proof_line);
  if (!proof) return bad_proof();
  if (proof->header.genesis != known.genesis().hash) return other_ledger();
  const auto proven = ledger::verify_proof(*proof, known, methods);
  const bool same = proven && proven->txid == txid && proven->height == status.outcome.height &&
                    proven->index == status.outcome.index &&
                    ledger::encode_receipt(proven->receipt) ==
                        ledger::encode_receipt(status.outcome.receipt);
  return same ? Result<TxStatus>(std::move(status)) : bad_proof();
}

/// The same; what was committed while the node waited has its proof at the second question.
Result<TxStatus> ask_proven_status(Node& node, const Hash32& txid, std::chrono::seconds wait,
                                   std::chrono::milliseconds patience, ledger::EpochChain& known,
                                   const ledger::MethodTable& methods) {
  EMR_ASSIGN(TxStatus status, ask_status(node, txid, wait, patience, known, methods));
  const bool lacks_proof =
      status.outcome.state == TxState::kCommitted && status.proof_line.empty();
  if (!lacks_proof) return status;
  EMR_ASSIGN(status, ask_status(node, txid, std::chrono::seconds(0), patience, known, methods));
  if (status.outcome.state == TxState::kCommitted && status.proof_line.empty()) return bad_proof();
  return status;
}

}  // namespace

Status submit_until(Pool& pool, ReceiptCheck& check, std::span<const Outgoing> batch,
                    Clock::time_point deadline, const OnOutcome& on_outcome) {
  return Rounds(pool, check, batch, on_outcome).run(deadline);
}

Result<TxStatus> transaction_status(Pool& pool, const Hash32& txid, std::chrono::seconds wait,
                                    const ledger::MethodTable& methods,
                                    std::chrono::milliseconds patience) {
  ledger::EpochChain known(pool.genesis());
  std::optional<TxStatus> not_committed;
  std::optional<Error> failure;
  Voices refusing;
  for (std::size_t tries = 0; tries < pool.size(); ++tries) {
    auto status = ask_proven_status(pool.current(), txid, wait, patience, known, methods);
    if (status && status->outcome.state != TxState::kCommitted) {
      const Status ours = pool.current().check_ledger(patience);
      if (!ours) status = ours.error();
    }
    if (status && status->outcome.state == TxState::kCommitted) return status;
    if (status && status->outcome.state == TxState::kRefused) {
      const Result<std::string> member = speaker(pool, patience);
      if (member) refusing.add(pool.current_index(), *member);
    }
    if (status) {
      if (!not_committed || status->outcome.state == TxState::kRefused) {
        not_committed = *std::move(status);
      }
      wait = std::chrono::seconds(0);  // the others need not be waited for as long again
    } else {
      pool.blame(status.error());
      if (!failure || status.error().code == Code::kTempFail) failure = status.error();
    }
    pool.skip_current();
  }
  if (!not_committed) return *failure;
  if (!refusing.are_enough(pool)) not_committed->outcome.state = TxState::kPending;
  return *std::move(not_committed);
}

}  // namespace emr::client
