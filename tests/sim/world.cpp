#include "world.h"

#include <algorithm>
#include <utility>

#include "quorum/insecure_suite.h"

namespace emr::sim {

namespace {

constexpr std::uint64_t kTickUs = 10'000;
constexpr std::uint64_t kClientUs = 2'000;
constexpr std::uint64_t kRetryUs = 400'000;
constexpr std::uint64_t kFaultUs = 20'000;

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
      core_(options.nodes, false) {
  for (std::uint32_t i = 0; i < options.nodes; ++i) {
    nodes_.push_back(std::make_unique<SimNode>(*this, consortium_, i, i, options.config));
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
    nodes_[i]->start(local_ms(i));
    push(random_.below(kTickUs), {.kind = Kind::kTick, .node = i});
  }
  push(kClientUs, {.kind = Kind::kClient});
  push(kFaultUs, {.kind = Kind::kFault});
  run_until(options_.safety_us);
  if (options_.is_calm) check_calm();
  if (!checker_.failed()) {
    heal();
    run_until(options_.safety_us + options_.liveness_us);
    if (!checker_.failed() && !done_) checker_.fail("no progress after healing: " + why_not());
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

namespace {

constexpr auto kLater = [](const auto& a, const auto& b) {
  return std::pair(a.at, a.order) > std::pair(b.at, b.order);
};

}  // namespace

void World::push(std::uint64_t delay_us, Item item) {
  item.at = now_us_ + delay_us;
  item.order = order_++;
  queue_.push_back(std::move(item));
  std::push_heap(queue_.begin(), queue_.end(), kLater);
}

void World::run_until(std::uint64_t end_us) {
  while (!queue_.empty() && queue_.front().at <= end_us && !checker_.failed() && !done_) {
    std::pop_heap(queue_.begin(), queue_.end(), kLater);
    const Item item = std::move(queue_.back());
    queue_.pop_back();
    now_us_ = item.at;
    serve(item);
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
    case Kind::kDeliver:
      mix(item.from * 64 + item.node);
      if (is_liar(item.node)) plot(item);
      node.deliver(item.from, *item.bytes);
      break;
    case Kind::kTick:
      node.tick(local_ms(item.node));
      push(kTickUs, {.kind = Kind::kTick, .node = item.node});
      break;
    case Kind::kAnswer:
      if (node.life() == item.number) node.answer(*item.answer);
      break;
    case Kind::kStart:
      if (!node.is_up()) node.start(local_ms(item.node));
      break;
    default: node.submit(item.number);
  }
}

/// A liar also acts on what it hears.
void World::plot(const Item& item) {
  for (const auto& [to, bytes] : liars_[item.node]->react(item.from, *item.bytes)) {
    for (std::uint32_t peer = 0; peer < nodes_.size(); ++peer) {
      if (peer != item.node && (to == consensus::kEveryone || to == peer)) {
        transmit(item.node, peer, bytes);
      }
    }
  }
}

consensus::Millis World::local_ms(std::uint32_t node) const {
  const auto now = static_cast<std::int64_t>(now_us_);
  return static_cast<consensus::Millis>((now + now / 1'000'000 * drift_ppm_[node]) / 1'000 + 1);
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
    push(delay(), {.kind = Kind::kDeliver, .node = to, .from = from, .bytes = bytes});
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
        .answer = std::make_shared<const consensus::Event>(std::move(answer))});
}

void World::on_commit(SimNode& node, const consensus::CommitBlock& commit) {
  mix(commit.seq * 8 + commit.digest[0]);
  if (!is_liar(node.identity())) {
    checker_.on_commit(node.identity(), commit, node.app().state());
  }
}

void World::on_effects(SimNode& node, const consensus::Effects& effects) {
  if (!is_liar(node.identity()) && !effects.halt.empty()) {
    checker_.on_halt(node.identity(), effects.halt);
  }
  outcome_.evidence += effects.evidence.size();
  for (const consensus::Evidence& one : effects.evidence) {
    if (!is_liar(one.culprit)) {
      checker_.fail("evidence against correct node " + std::to_string(one.culprit));
    }
  }
}

bool World::crashes_now(SimNode& node) {
  if (healing_ || !random_.chance(options_.crash_step_ppm)) return false;
  revive_later(static_cast<std::uint32_t>(node.instance()));
  return true;
}

// --- fate ----------------------------------------------------------------------------------------

void World::revive_later(std::uint32_t node) {
  ++outcome_.crashes;
  push(random_.between(1'000, options_.revive_max_us), {.kind = Kind::kStart, .node = node});
}

void World::inject_fault() {
  push(kFaultUs, {.kind = Kind::kFault});
  if (healing_) return;
  const auto due = [this](std::uint64_t every_us) {
    return every_us != 0 && random_.below(every_us / kFaultUs + 1) == 0;
  };
  const auto victim = static_cast<std::uint32_t>(random_.below(nodes_.size()));
  if (due(options_.crash_every_us) && nodes_[victim]->is_up()) {
    nodes_[victim]->crash();
    revive_later(victim);
  }
  if (due(options_.pause_every_us)) {
    paused_until_[victim] = now_us_ + random_.between(10'000, 2'000'000);
  }
  if (due(options_.partition_every_us)) cut_network();
  if (due(options_.power_cut_every_us)) cut_power();
}

void World::cut_power() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->is_up()) continue;
    nodes_[i]->crash();
    revive_later(i);
  }
}

/// Without faults a height takes a few network delays, and nobody suspects the primary.
void World::check_calm() {
  const std::uint64_t slowest = 2 * options_.delay_max_us + 2 * options_.execute_max_us + 2'000;
  if (checker_.height() < options_.safety_us / slowest) {
    checker_.fail("only " + std::to_string(checker_.height()) + " heights on a calm network");
  }
  for (const auto& node : nodes_) {
    if (node->status().view_changes > 0) checker_.fail("suspicion on a calm network");
  }
}

/// Whole, split in two, one alone, or single directed links.
void World::cut_network() {
  const std::uint64_t shape = random_.below(4);
  const std::uint64_t side = random_.next();
  const std::uint64_t alone = random_.below(nodes_.size());
  for (std::uint32_t from = 0; from < nodes_.size(); ++from) {
    for (std::uint32_t to = 0; to < nodes_.size(); ++to) {
      const bool split = ((side >> from) & 1) != ((side >> to) & 1);
      const bool isolated = (from == alone) != (to == alone);
      cut_[from][to] = (shape == 1 && split) || (shape == 2 && isolated) ||
                       (shape == 3 && random_.below(4) == 0);
    }
  }
}

/// A random quorum of correct nodes gets a good network and stays up; nobody else is counted on.
void World::heal() {
  healing_ = true;
  std::vector<std::uint32_t> correct;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!is_liar(i)) correct.push_back(i);
  }
  while (correct.size() > consortium_.set.quorum()) {
    const std::uint64_t out = random_.below(correct.size());
    if (random_.below(2) == 0) nodes_[correct[out]]->crash();
    correct.erase(correct.begin() + static_cast<std::ptrdiff_t>(out));
  }
  for (const std::uint32_t i : correct) {
    core_[i] = true;
    paused_until_[i] = 0;
    if (!nodes_[i]->is_up()) nodes_[i]->start(local_ms(i));
  }
  for (std::uint32_t from = 0; from < nodes_.size(); ++from) {
    for (std::uint32_t to = 0; to < nodes_.size(); ++to) {
      if (core_[from] && core_[to]) cut_[from][to] = false;
    }
  }
  issue(consortium_.issued++);
}

// --- clients -------------------------------------------------------------------------------------

void World::client_turn() {
  push(kClientUs, {.kind = Kind::kClient});
  std::vector<RequestId> still;
  std::vector<std::uint64_t> retry;
  for (std::size_t i = 0; i < outstanding_.size(); ++i) {
    if (checker_.is_committed(outstanding_[i])) continue;
    still.push_back(outstanding_[i]);
    retry.push_back(retry_at_[i]);
  }
  outstanding_.swap(still);
  retry_at_.swap(retry);
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
}

/// A client sends to everybody; some of the copies get lost, the retry brings them again.
void World::issue(RequestId id) {
  outstanding_.push_back(id);
  retry_at_.push_back(now_us_ + kRetryUs);
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
