// run: the node itself. Signals are blocked in every thread and waited for in this one, so that a
// stop is an ordinary event and never an interruption.
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/system_random.h"
#include "common/ledger_guard.h"
#include "json/json.h"
#include "node/node.h"
#include "node_dir.h"
#include "running.h"
#include "sd_notify.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

/// How often this thread looks whether the node stopped by itself.
constexpr long kPollNanoseconds = 100'000'000;

sigset_t block_stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error of one write
  return set;
}

Result<node::NodeKeys> read_keys(const NodeDir& dir, bool later) {
  EMR_ASSIGN(crypto::Secret32 vote, cli::read_key_file(dir.key("vote")));
  EMR_ASSIGN(crypto::SigningKey signing, crypto::SigningKey::from_secret(std::move(vote)));
  EMR_ASSIGN(crypto::Secret32 transport, cli::read_key_file(dir.key("transport")));
  node::NodeKeys keys{std::move(signing), std::move(transport), std::nullopt};
  if (exists(dir.share()) || !later) {  // later members hold no share of the dealt key
    EMR_ASSIGN(ShareKey share, read_share(dir.share()));
    keys.share.emplace(std::move(share.share));
  }
  if (exists(dir.next_key("vote"))) {
    EMR_ASSIGN(crypto::Secret32 next, cli::read_key_file(dir.next_key("vote")));
    EMR_ASSIGN(keys.next_vote, crypto::SigningKey::from_secret(std::move(next)));
  }
  if (exists(dir.next_key("transport"))) {
    EMR_ASSIGN(keys.next_transport, cli::read_key_file(dir.next_key("transport")));
  }
  return keys;
}

Result<node::NodeOptions> read_options(const Context& context, const NodeDir& dir) {
  EMR_ASSIGN(const NodeConfig config, read_config(dir));
  EMR_ASSIGN(const HostPort peer,
             split_host_port(context.maybe("peer-listen").value_or(config.peer_listen)));
  EMR_ASSIGN(const HostPort http,
             split_host_port(context.maybe("http-listen").value_or(config.http_listen)));
  node::NodeOptions options;
  options.id = config.id;
  options.later = config.later;
  options.data_directory = dir.data();
  options.peer_address = peer.host;
  options.peer_port = peer.port;
  options.http_address = http.host;
  options.http_port = http.port;
  options.store_limit_bytes = config.store_limit_bytes;
  options.founding = is_first_start(dir);
  options.on_founded = [dir] { return spend_first_start(dir); };
  options.worker_threads = static_cast<unsigned>(context.count("workers"));
  return options;
}

Status announce(Context& context, const node::Node& running, const node::NodeOptions& options) {
  const nlohmann::json line = {
      {"type", "emr.ready"},
      {"v", 1},
      {"node", running.id()},
      {"pid", ::getpid()},
      {"http", "http://" + options.http_address + ":" + std::to_string(running.http_port())},
      {"peer", options.peer_address + ":" + std::to_string(running.peer_port())}};
  sd_notify("READY=1\nMAINPID=" + std::to_string(::getpid()) + "\nSTATUS=" + running.summary());
  if (context.given("ready-fd")) {
    cli::LineWriter ready(static_cast<int>(context.count("ready-fd")));
    return ready.write(json::canonical_checked(line));
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(json::canonical_checked(line));
}

/// Keeps the service manager told: what the node does, and that it moves. A node whose core thread
/// hangs is not vouched for, and the manager restarts it.
class Supervision {
 public:
  explicit Supervision(const node::Node& running) : running_(running) {}
  void tell() {
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::min<Clock::duration>(watchdog_ / 2, kStatusInterval);
    std::string summary = running_.summary();
    if (summary != told_) sd_notify("STATUS=" + summary);
    told_ = std::move(summary);
    if (watchdog_ != kNoWatchdog && running_.alive()) sd_notify("WATCHDOG=1");
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds kNoWatchdog{std::chrono::hours(24)};
  static constexpr std::chrono::seconds kStatusInterval{5};

  const node::Node& running_;
  std::chrono::microseconds watchdog_ = sd_watchdog().value_or(kNoWatchdog);
  Clock::time_point next_{};
  std::string told_;
};

/// Until a stop signal, until the caller has seen enough, or until the node cannot go on.
Status serve(node::Node& running, const sigset_t& signals, node::Logger& log,
             const RunUntil& until) {
  Supervision supervision(running);
  while (true) {
    const timespec patience{0, kPollNanoseconds};
    const int number = ::sigtimedwait(&signals, nullptr, &patience);
    if (number == SIGTERM || number == SIGINT) {
      log.info("node", "stopping on request");
      return {};
    }
    EMR_TRY(running.wait(0));
    supervision.tell();
    if (!until.is_done) continue;
    EMR_ASSIGN(const bool is_done, until.is_done(running));
    if (is_done) return {};
  }
}

node::Level log_level(const Context& context) {
  if (context.flag("quiet")) return node::Level::kWarning;
  return context.count("verbose") > 0 ? node::Level::kDebug : node::Level::kInfo;
}

/// Blocks, frames and LMDB batches of up to 8 MiB come and go all the time, and glibc would by
/// default give each back to the kernel at once and fault it in again.
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 16 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 20);
  ::mallopt(M_TOP_PAD, 1 << 20);
}

Status run(Context& context) {
  RunUntil until;
  until.started = [&](const node::Node& running, const node::NodeOptions& options) {
    return announce(context, running, options);
  };
  return run_node(context, until);
}

}  // namespace

Status run_node(Context& context, const RunUntil& until) {
  keep_freed_memory();
  const sigset_t signals = block_stop_signals();
  ::umask(077);
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(const ledger::Genesis genesis, read_genesis(dir.genesis()));
  EMR_ASSIGN(const node::NodeOptions options, read_options(context, dir));
  EMR_ASSIGN(node::NodeKeys keys, read_keys(dir, options.later));
  cli::SystemRandom random;
  node::Logger log(log_level(context));
  EMR_ASSIGN(const auto running, node::Node::start(genesis, options, std::move(keys), random, log));
  if (until.started) EMR_TRY(until.started(*running, options));
  const Status outcome = serve(*running, signals, log, until);
  sd_notify(outcome ? "STOPPING=1\nSTATUS=stopping on request"
                    : "STOPPING=1\nSTATUS=stopping: " + outcome.error().message);
  running->stop();
  return outcome;
}

std::vector<cli::OptionSpec> run_options() {
  return {{.name = "dir", .kind = Kind::kFolder, .help = "directory of the node", .required = true},
          {.name = "peer-listen",
           .kind = Kind::kHostPort,
           .help = "address for peers, instead of node.json's"},
          {.name = "http-listen",
           .kind = Kind::kHostPort,
           .help = "address for clients, instead of node.json's"},
          {.name = "workers",
           .kind = Kind::kCount,
           .help = "threads for signatures and queries; 0 = by the machine",
           .preset = "0",
           .max = 256}};
}

cli::VerbSpec run_verb() {
  std::vector<cli::OptionSpec> options = run_options();
  options.insert(options.begin() + 1,
                 {.name = "ready-fd",
                  .kind = Kind::kCount,
                  .help = "write the emr.ready line to this descriptor instead",
                  .max = 1023});
  return {.name = "run",
          .summary = "run the node",
          .description =
              "Takes part in consensus and serves clients until TERM or INT. Prints one emr.ready "
              "line when it serves; the log goes to standard error. One process per DIR. After a "
              "crash at any point simply run it again.",
          .streams = cli::Streams::kOutput,
          .options = std::move(options),
          .examples = {{"run under systemd (Type=notify)", "emr-pbft-node run --dir /var/lib/emr"}},
          .handler = run};
}

}  // namespace emr::node_tool
