// sync: run the node until it has what the consortium has, and stop it again. What arrives is
// believed for its certificates and hashes, so one honest peer is enough.
#include <chrono>
#include <nlohmann/json.hpp>

#include "json/json.h"
#include "running.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using Clock = std::chrono::steady_clock;

/// Peers say where they are with their first messages; only what holds for so long is believed.
constexpr std::chrono::seconds kSettle{3};

/// Decides from status lines when nothing is missing any more.
class Progress {
 public:
  explicit Progress(std::chrono::seconds patience) : deadline_(Clock::now() + patience) {}

  Result<bool> look(const node::Node& running) {
    const auto now = Clock::now();
    status_ = running.status();
    if (!is_complete(nlohmann::json::parse(status_))) {
      complete_since_.reset();
    } else if (!complete_since_) {
      complete_since_ = now;
    }
    if (complete_since_ && now - *complete_since_ >= kSettle) return true;
    if (now < deadline_) return false;
    return fail(Code::kTempFail, "not in step with the consortium in time")
        .with_reason("timeout")
        .with_hint("what has arrived is kept: run it again");
  }
  const std::string& status() const noexcept { return status_; }

 private:
  /// Most of those who are there (one may claim what it has not) have nothing that we lack, and no
  /// old block or payload is still to come.
  static bool is_complete(const nlohmann::json& status) {
    std::size_t connected = 0;
    std::size_t level = 0;
    for (const auto& peer : status.at("peers")) {
      if (!peer.at("connected").get<bool>()) continue;
      ++connected;
      if (peer.at("height") <= status.at("height")) ++level;
    }
    return 2 * level > connected && status.at("lag") == 0 && status.at("missingBlocks") == 0 &&
           status.at("missingSidecars") == 0;
  }

  const Clock::time_point deadline_;
  std::optional<Clock::time_point> complete_since_;
  std::string status_;
};

Status sync(cli::Context& context) {
  Progress progress{std::chrono::seconds(context.seconds("timeout"))};
  bool in_step = false;
  RunUntil until;
  until.is_done = [&](const node::Node& running) -> Result<bool> {
    EMR_ASSIGN(in_step, progress.look(running));
    return in_step;
  };
  EMR_TRY(run_node(context, until));
  if (!in_step) return fail(Code::kTempFail, "stopped before it was done").with_reason("stopped");
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  const nlohmann::json status = nlohmann::json::parse(progress.status());
  return output->write(json::canonical_checked(status));
}

}  // namespace

cli::VerbSpec sync_verb() {
  std::vector<cli::OptionSpec> options = run_options();
  options.push_back({.name = "timeout",
                     .kind = cli::Kind::kDuration,
                     .help = "give up after this time, exit status 75",
                     .preset = "10m",
                     .min = 1});
  return {.name = "sync",
          .summary = "bring the node's ledger up to date, then stop",
          .description =
              "Runs the node as run does until it holds every block, result and payload that its "
              "peers have, prints its emr.status line and stops. An empty or old data directory, "
              "or one whose disk was replaced, is filled from the peers, and every certificate, "
              "hash link and root is verified on the way: one honest peer is enough. "
              "Interrupted, it goes on the next time. A node that runs does all this by itself.",
          .streams = cli::Streams::kOutput,
          .options = std::move(options),
          .examples = {{"a new disk, before the service starts",
                        "emr-pbft-node sync --dir /var/lib/emr && systemctl start emr-node"}},
          .handler = sync};
}

}  // namespace emr::node_tool
