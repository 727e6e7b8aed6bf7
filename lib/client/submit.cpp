#include "client/submit.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "client/limits.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::client {
namespace {

using Clock = std::chrono::steady_clock;
using json::Json;
using std::chrono::milliseconds;
using std::chrono::seconds;

Result<Outcome> committed(const Json& line) {
  Outcome outcome;
  outcome.state = Outcome::State::kCommitted;
  EMR_ASSIGN(outcome.height, json::get_u64(line, "height"));
  EMR_ASSIGN(outcome.index, json::get_u64(line, "index"));
  EMR_ASSIGN(const Json* receipt, json::get_object(line, "receipt"));
  outcome.receipt_json = json::canonical_checked(*receipt);
  EMR_ASSIGN(outcome.receipt, ledger::parse_receipt(outcome.receipt_json));
  return outcome;
}

Result<Outcome> refused(const Json& line) {
  Outcome outcome;
  outcome.state = Outcome::State::kRefused;
  EMR_ASSIGN(const std::string reason, json::get_string(line, "reason", {.max = 64}));
  EMR_ASSIGN(const std::uint64_t code, json::get_u64(line, "code"));
  const bool denied = code == static_cast<std::uint64_t>(Code::kDenied);
  outcome.error =
      fail(denied ? Code::kDenied : Code::kData, "the node refused: " + reason).with_reason(reason);
  return outcome;
}

/// nullopt: still open (pending, busy, unknown).
Result<std::optional<Outcome>> decode(std::string_view text) {
  EMR_ASSIGN(const Json line, json::parse_object(text));
  EMR_ASSIGN(const std::string state, json::get_string(line, "state", {.max = 16}));
  if (state == "committed") {
    EMR_ASSIGN(Outcome outcome, committed(line));
    return std::optional<Outcome>(std::move(outcome));
  }
  if (state == "refused") {
    EMR_ASSIGN(Outcome outcome, refused(line));
    return std::optional<Outcome>(std::move(outcome));
  }
  return std::optional<Outcome>();
}

class Submission {
 public:
  Submission(NodeClient& nodes, const std::vector<std::string>& lines, const OutcomeSink& sink)
      : nodes_(nodes), lines_(lines), sink_(sink), outcomes_(lines.size()) {
    for (std::size_t i = 0; i < lines.size(); ++i) open_.push_back(i);
  }

  Status run() {
    const auto deadline = started_ + nodes_.timeout();
    Status last;
    while (!open_.empty()) {
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) break;
      const std::size_t before = open_.size();
      last = round(left);
      if (failure_) return *failure_;
      if (!last && last.error().code != Code::kUnavailable) return last;
      reached_ = reached_ || last.ok();
      if (open_.size() == before) {  // nothing moved here: another node may know more
        nodes_.use_next();
        std::this_thread::sleep_for(std::min(left, kRetryPause));
      }
    }
    if (!open_.empty() && !reached_) return last;
    for (const std::size_t index : open_) outcomes_[index] = Outcome{};
    return hand_out();
  }

 private:
  /// One request with everything that is open, to the current node.
  Status round(milliseconds left) {
    std::vector<std::size_t> asked;
    std::string body;
    for (const std::size_t index : open_) {
      if (!body.empty() && body.size() + lines_[index].size() > kSubmitBytesMax) break;
      body.append(lines_[index]).append("\n");
      asked.push_back(index);
    }
    const auto wait = std::max(std::min(std::chrono::duration_cast<seconds>(left),
                                        seconds(kSubmitRound)), seconds(1));
    std::string partial;
    std::size_t answered = 0;
    const http::BodyWriter take = [&](ByteView bytes) -> Status {
      partial.append(as_text(bytes));
      std::size_t stop = 0;
      while ((stop = partial.find('\n')) != std::string::npos) {
        if (answered == asked.size()) return bad_answer();
        EMR_TRY(decide(asked[answered++], std::string_view(partial).substr(0, stop)));
        partial.erase(0, stop + 1);
      }
      return hand_out();
    };
    const auto answer =
        nodes_.post_to(nodes_.current(), "/v1/tx?wait=" + std::to_string(wait.count()),
                       as_bytes(body), std::min(left, milliseconds(wait) + seconds(5)), take);
    std::erase_if(open_, [this](std::size_t index) { return outcomes_[index].has_value(); });
    if (!answer) return answer.error();
    if (answer->status == 200) return {};
    const Error error = refusal(*answer);
    const bool passing = error.code == Code::kTempFail || error.code == Code::kUnavailable;
    return passing ? fail(Code::kUnavailable, error.message) : error;
  }

  Status decide(std::size_t index, std::string_view text) {
    EMR_ASSIGN(std::optional<Outcome> outcome, decode(text));
    if (!outcome) return {};
    outcome->latency = std::chrono::duration_cast<milliseconds>(Clock::now() - started_);
    outcomes_[index] = std::move(*outcome);
    return {};
  }

  /// Hands out what is decided, in order. The sink's failure ends the submission.
  Status hand_out() {
    for (; next_ < outcomes_.size() && outcomes_[next_]; ++next_) {
      const Status taken = sink_(next_, *outcomes_[next_]);
      if (taken) continue;
      failure_ = taken;
      return taken;
    }
    return {};
  }

  NodeClient& nodes_;
  const std::vector<std::string>& lines_;
  const OutcomeSink& sink_;
  std::vector<std::optional<Outcome>> outcomes_;
  std::vector<std::size_t> open_;
  std::size_t next_ = 0;
  std::optional<Status> failure_;
  bool reached_ = false;
  const Clock::time_point started_ = Clock::now();
};

}  // namespace

Status submit(NodeClient& nodes, const std::vector<std::string>& lines, const OutcomeSink& sink) {
  return Submission(nodes, lines, sink).run();
}

Result<Outcome> submit_one(NodeClient& nodes, const std::string& line) {
  Outcome only;
  EMR_TRY(submit(nodes, {line}, [&only](std::size_t, const Outcome& outcome) {
    only = outcome;
    return Status();
  }));
  if (only.state == Outcome::State::kRefused) return only.error;
  if (only.state == Outcome::State::kOpen) {
    return fail(Code::kTempFail, "the outcome is not known yet")
        .with_hint("resubmitting the same transaction is safe");
  }
  return only;
}

}  // namespace emr::client
