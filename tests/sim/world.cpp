#include "world.h"

#include <algorithm>
#include <utility>

#include "quorum/insecure_suite.h"

namespace emr::sim {

namespace {

constexpr std::uint64_t kTickUs = 20'000;
constexpr std::uint64_t kRetryUs = 400'000;
constexpr std::uint64_t kDumpEvery = 4;  ///< checkpoints

}  // namespace

Outcome simulate(const Options& options) {
  World world(options);
  return world.run();
}

World::World(const Options& options)
    : options_(options),
      random_(options.seed),
      consortium_(options.nodes, options.has_real_signatures),
      checker_(consortium_.set, consortium_.genesis, *consortium_.verifier),
      cut_(options.nodes, std::vector<bool>(options.nodes, false)),
      paused_until_(options.nodes, 0),
      suspended_ms_(options.nodes, 0),
      wall_offset_ms_(options.nodes, 0),
      disk_full_until_(options.nodes, 0),
      core_(options.nodes, false) {
  for (std::uint32_t i = 0; i < options.nodes; ++i) {
    nodes_.push_back(std::make_unique<SimNode>(*this, consortium_, i, i, options.config));
    if (options.power_cut_every_us > 0) nodes_.back()->fear_power_cuts();
    const auto drift = static_cast<std::int64_t>(random_.below(options.clock_drift_ppm + 1));
    drift_ppm_.push_back(random_.below(2) == 0 ? drift : -drift);
    if (is_liar(i)) {
      liars_.push_back(
          std::make_unique<Liar>(consortium_, *nodes_[i], plot_, options.mutate_ppm, random_));
    }
  }
}

Outcome World::run() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    start(i);
    push(random_.below(kTickUs), {.kind = Kind::kTick, .node = i});
  }
  wake_clients(kClientUs);
  push(0, {.kind = Kind::kFault});
  run_until(options_.safety_us);
  if (options_.is_calm) check_calm();
  if (!checker_.failed()) {
    heal();
    run_until(options_.safety_us + options_.liveness_us);
    if (!checker_.failed() && !done_) checker_.fail("no progress after healing: " + why_not());
  }
  for (const auto& node : nodes_) {
    const std::uint32_t i = static_cast<std::uint32_t>(node->instance());
    if (!is_liar(i) && !is_impaired(i)) checker_.on_dump(i, node->height(), node->app().dump());
  }
  outcome_.failure = checker_.failure();
  outcome_.decisions = checker_.height();
  for (const auto& node : nodes_) {
    if (node->is_up()) outcome_.view_changes += node->status().view_changes;
  }
  outcome_.requests = checker_.committed_requests();
  return outcome_;
}

// --- the queue of what happens -------------------------------------------------------------------

void World::push(std::uint64_t delay_us, Item item) {
  queue_.push(now_us_ + delay_us, std::move(item));
}

void World::run_until(std::uint64_t end_us) {
  while (!queue_.empty() && queue_.next_at() <= end_us && !checker_.failed() && !done_) {
    now_us_ = queue_.next_at();
    serve(queue_.pop());
  }
}

void World::serve(const Item& item) {
  if (item.kind == Kind::kClient) return client_turn();
  if (item.kind == Kind::kFault) return inject_fault();
  SimNode& node = *nodes_[item.node];
  if (now_us_ < paused_until_[item.node]) {  // everything waits until it wakes up
    return push(paused_until_[item.node] - now_us_ + random_.below(100), item);
  }
  switch (item.kind) {
    case Kind::kDeliver: {
      const Bytes& bytes = item.as<Bytes>();
      mix(item.from * 64 + item.node + (bytes.size() << 12) + bytes[9]);
      if (is_liar(item.node)) plot(item);
      node.deliver(item.from, bytes);
      break;
    }
    case Kind::kTick:
      node.tick(local_ms(item.node));
      push(kTickUs, {.kind = Kind::kTick, .node = item.node});
      break;
    case Kind::kAnswer:
      if (node.life() == item.number) node.answer(item.as<consensus::Event>());
      break;
    case Kind::kStart:
      start(item.node);
      break;
    case Kind::kSnapshot: node.install(item.as<Snapshot>()); break;
    default: node.submit(item.number);
  }
}

/// A liar also acts on what it hears.
void World::plot(const Item& item) {
  for (const auto& [to, bytes] : liars_[item.node]->react(item.from, item.as<Bytes>())) {
    for (std::uint32_t peer = 0; peer < nodes_.size(); ++peer) {
      if (peer != item.node && (to == consensus::kEveryone || to == peer)) {
        transmit(item.node, peer, bytes);
      }
    }
  }
}

consensus::Millis World::local_ms(std::uint32_t node) const {
  const auto now = static_cast<std::int64_t>(now_us_);
  return static_cast<consensus::Millis>((now + now / 1'000'000 * drift_ppm_[node]) / 1'000 + 1) +
         suspended_ms_[node];
}

std::uint64_t World::wall_ms(const SimNode& node) {
  const std::int64_t base = 10'000'000 + static_cast<std::int64_t>(now_us_ / 1'000);
  return static_cast<std::uint64_t>(base + wall_offset_ms_[node.instance()]);
}

void World::mix(std::uint64_t value) {
  outcome_.trace = quorum::insecure_mix(outcome_.trace, value ^ now_us_);
}

// --- what nodes do -------------------------------------------------------------------------------

void World::on_send(SimNode& node, const consensus::Send& send) {
  const auto self = static_cast<std::uint32_t>(node.identity());
  if (!is_liar(self)) checker_.on_send(self, *send.bytes);
  for (std::uint32_t to = 0; to < nodes_.size(); ++to) {
    if (to == self || (send.to != consensus::kEveryone && send.to != to)) continue;
    if (!is_liar(self)) {
      transmit(self, to, send.bytes);
      continue;
    }
    for (const auto& bytes : liars_[self]->distort(to, send.bytes)) transmit(self, to, bytes);
  }
}

void World::transmit(std::uint32_t from, std::uint32_t to,
                     const std::shared_ptr<const Bytes>& bytes) {
  if (cut_[from][to]) return;
  const bool healed = healing_ && core_[from] && core_[to];
  if (!healed && random_.chance(options_.loss_ppm)) return;
  const int copies = random_.chance(options_.duplicate_ppm) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    push(delay(), {.kind = Kind::kDeliver, .node = to, .from = from, .what = bytes});
  }
}

std::uint64_t World::delay() {
  const std::uint64_t usual = random_.between(options_.delay_min_us, options_.delay_max_us);
  return random_.chance(options_.slow_ppm) ? usual * 50 : usual;
}

void World::on_answer(SimNode& node, consensus::Event answer) {
  push(random_.below(options_.execute_max_us + 1),
       {.kind = Kind::kAnswer,
        .node = static_cast<std::uint32_t>(node.instance()),
        .number = node.life(),
        .what = std::make_shared<const consensus::Event>(std::move(answer))});
}

void World::on_commit(SimNode& node, const consensus::CommitBlock& commit) {
  mix(commit.seq * 8 + commit.digest[0]);
  wake_clients(kClientUs);
  if (!is_liar(node.identity())) {
    const consensus::Seq before = checker_.height();
    checker_.on_commit(node.identity(), commit, node.app().state());
    if (checker_.height() > before) measure();
    if (commit.seq % (kDumpEvery * options_.config.checkpoint_interval) == 0) {
      checker_.on_dump(node.identity(), commit.seq, node.app().dump());
    }
  }
}

void World::on_receipt(SimNode& node, RequestId id, consensus::Seq seq) {
  if (!is_liar(node.identity())) checker_.on_receipt(node.identity(), id, seq);
}

/// The peer answers with the latest snapshot that it has; a liar's is damaged half of the time.
void World::on_fetch(SimNode& node, const consensus::FetchSnapshot& order) {
  auto snapshot = nodes_[order.from]->snapshot(order.checkpoint);
  const auto to = static_cast<std::uint32_t>(node.instance());
  if (snapshot == nullptr || cut_[order.from][to] || cut_[to][order.from]) return;
  if (is_liar(order.from) && random_.below(2) == 0) {
    Snapshot bent = *snapshot;
    bent.app.damage();
    snapshot = std::make_shared<const Snapshot>(std::move(bent));
  }
  push(2 * delay(), {.kind = Kind::kSnapshot, .node = to, .what = std::move(snapshot)});
}

void World::on_install(SimNode& node, const Snapshot& snapshot) {
  ++outcome_.snapshots;
  wake_clients(kClientUs);
  if (is_liar(node.identity())) return;
  const quorum::Vote& vote = snapshot.certificate.vote;
  checker_.on_install(node.identity(), vote.seq, vote.digest, node.app().state());
}

void World::on_effects(SimNode& node, const consensus::Effects& effects) {
  // An impaired node finds by itself that it has diverged: that is what halting is for.
  if (!is_liar(node.identity()) && !is_impaired(node.identity()) && !effects.halt.empty()) {
    checker_.on_halt(node.identity(), effects.halt);
  }
  outcome_.evidence += effects.evidence.size();
  for (const consensus::Evidence& one : effects.evidence) {
    if (!is_liar(one.culprit)) {
      checker_.fail("evidence against correct node " + std::to_string(one.culprit));
    }
  }
}

// --- clients -------------------------------------------------------------------------------------

/// Clients act when something was decided or a retry is due, not all the time.
void World::wake_clients(std::uint64_t delay_us) {
  if (now_us_ + delay_us >= client_turn_us_) return;
  client_turn_us_ = now_us_ + delay_us;
  push(delay_us, {.kind = Kind::kClient});
}

void World::client_turn() {
  if (now_us_ != client_turn_us_) return;
  client_turn_us_ = UINT64_MAX;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < outstanding_.size(); ++i) {
    if (checker_.is_committed(outstanding_[i])) continue;
    outstanding_[kept] = outstanding_[i];
    retry_at_[kept++] = retry_at_[i];
  }
  outstanding_.resize(kept);
  retry_at_.resize(kept);
  for (std::size_t i = 0; i < outstanding_.size(); ++i) {
    if (now_us_ < retry_at_[i]) continue;
    retry_at_[i] = now_us_ + kRetryUs;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      push(delay(), {.kind = Kind::kRequest, .node = node, .number = outstanding_[i]});
    }
  }
  if (!healing_) {
    while (outstanding_.size() < options_.clients) issue(consortium_.issued++);
  } else {
    done_ = has_converged();
  }
  if (outstanding_.empty()) return;
  wake_clients(*std::min_element(retry_at_.begin(), retry_at_.end()) - now_us_);
}

/// A client sends to everybody; some of the copies get lost, the retry brings them again.
void World::issue(RequestId id) {
  checker_.on_issue(id);
  outstanding_.push_back(id);
  retry_at_.push_back(now_us_ + kRetryUs);
  wake_clients(kRetryUs);
  for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
    if (!healing_ && random_.chance(options_.loss_ppm)) continue;
    push(delay(), {.kind = Kind::kRequest, .node = node, .number = id});
  }
}

bool World::has_converged() const {
  if (!outstanding_.empty()) return false;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (core_[i] && nodes_[i]->height() != checker_.height()) return false;
  }
  return true;
}

std::string World::why_not() const {
  std::string text = std::to_string(outstanding_.size()) + " requests outstanding;";
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    text += " [" + std::to_string(i) + (is_liar(i) ? " liar" : core_[i] ? " core" : "");
    if (nodes_[i]->is_up()) {
      const consensus::ReplicaStatus status = nodes_[i]->status();
      text += " view=" + std::to_string(status.view) + (status.active ? "" : "?") +
              " height=" + std::to_string(status.committed) +
              " stable=" + std::to_string(status.stable) + " " + std::string(status.waiting_for);
    } else {
      text += " down";
    }
    text += "]";
  }
  return text;
}

}  // namespace emr::sim
