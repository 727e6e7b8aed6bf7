// emr_sim_members: consortiums whose members change while everything else goes wrong (pitfall 15).
//   emr_sim_members [--seeds N] [--start S] [--verbose]
// Nodes join, leave and renew their keys, while messages are lost, the primary of a change crashes,
// the network splits, disks are lost and bits on them flip: whoever lost its records, or finds them
// damaged, comes back with nothing and rejoins, perhaps epochs later, by blocks or by snapshots
// that skip whole epochs. Safety is watched from outside (reform_watch.h): one block per height,
// each certified by the set that the chain itself names for that height, no votes of who is no
// member, no two votes for one place. Then everything is healed: every request must be committed
// and everybody, observers and former members too, must reach the same height. Exit 1 at the first
// failing seed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

#include "event_queue.h"
#include "random.h"
#include "reform_watch.h"
#include "reformed_node.h"

namespace emr::sim {
namespace {

constexpr std::uint64_t kTickUs = 10'000;
constexpr std::uint64_t kFaultUs = 20'000;
constexpr std::uint64_t kSafetyUs = 20'000'000;
constexpr std::uint64_t kLivenessUs = 600'000'000;

struct Faults {
  std::size_t founders = 4;
  std::uint32_t loss_ppm = 0;
  std::uint64_t crash_every_us = 0;
  std::uint64_t partition_every_us = 0;
  std::uint32_t crash_primary_ppm = 0;  ///< of a block that ends an epoch
  std::uint64_t wipe_every_us = 0;
  std::uint64_t rot_every_us = 0;
};

Faults draw(Random& random, std::uint64_t seed) {
  Faults faults;
  faults.founders = 4 + seed % 7;  // every n from 4 to 10
  if (random.below(2) == 0) faults.loss_ppm = static_cast<std::uint32_t>(random.below(150'000));
  if (random.below(2) == 0) faults.crash_every_us = random.between(400'000, 4'000'000);
  if (random.below(2) == 0) faults.partition_every_us = random.between(400'000, 4'000'000);
  if (random.below(2) == 0) faults.crash_primary_ppm = 500'000;
  if (random.below(2) == 0) faults.wipe_every_us = random.between(400'000, 4'000'000);
  if (random.below(2) == 0) faults.rot_every_us = random.between(200'000, 2'000'000);
  return faults;
}

class Reformation final : public ReformHost {
 public:
  explicit Reformation(std::uint64_t seed)
      : random_(seed), faults_(draw(random_, seed)), watch_(founders()) {
    const auto identities = static_cast<Identity>(faults_.founders + 3);
    consensus::Config config;
    config.timeout_ms = 300;
    config.resend_ms = 40;
    config.heartbeat_ms = 100;
    config.checkpoint_interval = 4;
    config.rotation_interval = random_.below(2) == 0 ? 4 : 0;
    config.snapshot_gap = random_.below(2) == 0 ? 4 : 0;
    for (Identity i = 0; i < identities; ++i) {
      nodes_.push_back(std::make_unique<ReformedNode>(*this, i, identities, founders(), requests_,
                                                      config));
    }
    cut_.assign(identities, std::vector<bool>(identities, false));
  }

  std::string run() {
    for (auto& node : nodes_) {
      start(*node);
      push(random_.below(kTickUs), {.kind = Kind::kTick, .node = node->identity()});
    }
    push(kFaultUs, {.kind = Kind::kFault});
    push(1'000, {.kind = Kind::kRequest});
    run_until(kSafetyUs);
    healing_ = true;
    for (auto& row : cut_) std::fill(row.begin(), row.end(), false);
    for (auto& node : nodes_) start(*node);
    run_until(kSafetyUs + kLivenessUs);
    if (watch_.failure().empty() && !has_converged()) return "no progress after healing" + where();
    return watch_.failure();
  }

  std::size_t founders_count() const { return faults_.founders; }
  const Watch& watch() const { return watch_; }
  std::uint64_t lost_disks() const { return lost_disks_; }
  std::uint64_t rotten() const { return rotten_; }
  std::uint64_t snapshots() const { return snapshots_; }
  /// Snapshots across a change of the members.
  std::uint64_t leaps() const { return leaps_; }

 private:
  enum class Kind : std::uint8_t {
    kDeliver,
    kTick,
    kAnswer,
    kStart,
    kStrike,
    kRequest,
    kFault,
    kSnapshot,
  };
  struct Item {
    Kind kind = Kind::kTick;
    Identity node = 0;
    Identity from = 0;
    std::uint64_t life = 0;
    consensus::Seq height = 0;
    std::shared_ptr<const Bytes> bytes{};
    std::shared_ptr<const consensus::Event> answer{};
  };

  Reform founders() const {
    Reform members;
    for (Identity i = 0; i < faults_.founders; ++i) members.key_version[i] = 0;
    return members;
  }
  void push(std::uint64_t delay_us, Item item) {
    queue_.push(now_us_ + delay_us, std::move(item));
  }
  void run_until(std::uint64_t end_us) {
    while (!queue_.empty() && queue_.next_at() <= end_us && watch_.failure().empty()) {
      if (healing_ && has_converged()) return;
      now_us_ = queue_.next_at();
      serve(queue_.pop());
    }
  }
  void serve(const Item& item) {
    if (item.kind == Kind::kFault) return fault();
    if (item.kind == Kind::kRequest) return request();
    ReformedNode& node = *nodes_[item.node];
    switch (item.kind) {
      case Kind::kDeliver: return node.deliver(item.from, *item.bytes);
      case Kind::kAnswer:
        if (node.is_up() && node.life() == item.life) node.answer(*item.answer);
        return;
      case Kind::kSnapshot: return install(node, item);
      case Kind::kStrike: return healing_ ? void() : strike(item.node);
      case Kind::kStart:
        return start(node);
      default:
        push(kTickUs, {.kind = Kind::kTick, .node = item.node});
        if (node.is_up()) node.tick(now_us_ / 1'000);
    }
  }

  /// Every third request changes the members: somebody in, somebody out, a new key.
  void request() {
    if (healing_) return;
    push(random_.between(50'000, 300'000), {.kind = Kind::kRequest});
    Request next;
    if (random_.below(3) == 0) {
      next.change = static_cast<Change>(random_.between(1, 3));
      next.who = static_cast<Identity>(random_.below(nodes_.size()));
      const std::size_t n = watch_.members().key_version.size();
      if (next.change == Change::kJoin && n >= 10) next.change = Change::kLeave;
    }
    requests_.push_back(next);
    for (auto& node : nodes_) {
      if (node->is_up()) node->tell_pending();
    }
  }
  void fault() {
    push(kFaultUs, {.kind = Kind::kFault});
    if (healing_) return;
    const auto due = [this](std::uint64_t every_us) {
      return every_us != 0 && random_.below(every_us / kFaultUs + 1) == 0;
    };
    if (due(faults_.wipe_every_us)) lose_disk(any_node());
    if (due(faults_.rot_every_us)) rot(any_node());
    if (due(faults_.crash_every_us)) strike(any_node());
    if (!due(faults_.partition_every_us)) return;
    const std::uint64_t side = random_.below(3) == 0 ? 0 : random_.next();
    for (Identity from = 0; from < nodes_.size(); ++from) {
      for (Identity to = 0; to < nodes_.size(); ++to) {
        cut_[from][to] = ((side >> from) & 1) != ((side >> to) & 1);
      }
    }
  }
  Identity any_node() { return static_cast<Identity>(random_.below(nodes_.size())); }
  /// Who has forgotten its votes is a faulty member until it has rejoined, and f is at least one.
  bool may_break(Identity victim) const {
    return nodes_[victim]->is_up() && !bad_disk_ &&
           std::none_of(nodes_.begin(), nodes_.end(),
                        [](const auto& node) { return node->is_rejoining(); });
  }
  void lose_disk(Identity victim) {
    if (!may_break(victim)) return;
    ++lost_disks_;
    nodes_[victim]->wipe();
    push(random_.between(1'000, 1'500'000), {.kind = Kind::kStart, .node = victim});
  }
  /// Of a record, which the next start must notice; or of a block, which others notice when they
  /// get it. Blocks rot at the newcomers only: somebody must have them whole.
  void rot(Identity victim) {
    if (random_.below(2) == 0) {
      const auto newcomer = static_cast<Identity>(nodes_.size() - 1 - random_.below(3));
      if (nodes_[newcomer]->damage_block(random_.next())) ++rotten_;
      return;
    }
    if (!may_break(victim)) return;
    strike(victim);
    if (!nodes_[victim]->damage_record(random_.next())) return;
    ++rotten_;
    bad_disk_ = victim;
  }
  /// A disk that does not let the node start is replaced by an empty one.
  void start(ReformedNode& node) {
    if (node.is_up()) return;
    const bool is_damaged = node.has_damaged_record();
    if (bad_disk_ == node.identity()) bad_disk_.reset();
    if (node.start(std::max<std::uint64_t>(now_us_ / 1'000, 1))) {
      if (is_damaged) watch_.fail(node.identity(), "a damaged record was overlooked at start");
      return;
    }
    if (rotten_ == 0) watch_.fail(node.identity(), "does not start again");
    ++lost_disks_;
    node.wipe();
    EMR_CHECK(node.start(now_us_ / 1'000));
  }
  void strike(Identity victim) {
    if (!nodes_[victim]->is_up()) return;
    nodes_[victim]->crash();
    push(random_.between(1'000, 1'500'000), {.kind = Kind::kStart, .node = victim});
  }

  void on_send(ReformedNode& node, Identity to, std::shared_ptr<const Bytes> bytes) override {
    watch_.on_vote(node.identity(), *bytes);
    if (cut_[node.identity()][to] || (!healing_ && random_.chance(faults_.loss_ppm))) return;
    push(random_.between(200, 3'000), {.kind = Kind::kDeliver,
                                       .node = to,
                                       .from = node.identity(),
                                       .bytes = std::move(bytes)});
  }
  void on_answer(ReformedNode& node, consensus::Event answer) override {
    const auto* built = std::get_if<consensus::Built>(&answer);
    const bool ends_epoch = built != nullptr && ends(*built->block);
    push(random_.below(4'000),
         {.kind = Kind::kAnswer,
          .node = node.identity(),
          .life = node.life(),
          .answer = std::make_shared<const consensus::Event>(std::move(answer))});
    if (!ends_epoch || healing_ || !random_.chance(faults_.crash_primary_ppm)) return;
    // The primary of a change dies at some point of the agreement about it.
    push(random_.below(15'000), {.kind = Kind::kStrike, .node = node.identity()});
  }
  void on_commit(ReformedNode& node, const consensus::CommitBlock& commit) override {
    watch_.on_commit(node.identity(), commit, requests_);
  }
  /// One peer or another has a snapshot of that height or of a later one, or none.
  void on_fetch(ReformedNode& node, consensus::Seq checkpoint) override {
    push(random_.between(200, 30'000),
         {.kind = Kind::kSnapshot,
          .node = node.identity(),
          .from = any_node(),
          .life = node.life(),
          .height = checkpoint + random_.below(8)});
  }
  void install(ReformedNode& node, const Item& item) {
    if (node.life() != item.life || !node.is_up()) return;
    const consensus::Epoch before = node.status().epoch;
    if (cut_[item.from][item.node] || !node.install(*nodes_[item.from], item.height)) {
      return node.answer(consensus::SnapshotDeclined{});
    }
    ++snapshots_;
    if (node.is_up() && node.status().epoch > before) ++leaps_;
  }
  void on_halt(ReformedNode& node, std::string_view why) override {
    watch_.fail(node.identity(), "halted: " + std::string(why));
  }
  bool ends(const Bytes& bytes) const {
    const ReformBlock block = decode_reform_block(bytes).value();
    const Reform next = reformed(watch_.members(), requests_[block.request]);
    return next.key_version != watch_.members().key_version;
  }

  bool has_converged() const {
    if (watch_.height() != requests_.size()) return false;
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [&](const auto& node) { return node->height() == watch_.height(); });
  }
  std::string where() const {
    std::string text;
    for (const auto& node : nodes_) {
      text += " [" + std::to_string(node->identity()) + " height=" +
              std::to_string(node->height()) +
              (node->is_up() ? " epoch=" + std::to_string(node->status().epoch) + " view=" +
                                   std::to_string(node->status().view) + " " +
                                   std::string(node->status().waiting_for)
                             : " down") + "]";
    }
    return text + " of " + std::to_string(requests_.size());
  }

  Random random_;
  const Faults faults_;
  Watch watch_;
  std::vector<Request> requests_;
  std::vector<std::unique_ptr<ReformedNode>> nodes_;
  std::vector<std::vector<bool>> cut_;
  EventQueue<Item> queue_;
  std::uint64_t now_us_ = 0;
  bool healing_ = false;
  std::uint64_t lost_disks_ = 0;
  std::uint64_t rotten_ = 0;
  /// Of a node that is down and may not start with it.
  std::optional<Identity> bad_disk_;
  std::uint64_t snapshots_ = 0;
  std::uint64_t leaps_ = 0;
};

}  // namespace
}  // namespace emr::sim

int main(int argc, char** argv) {
  std::uint64_t seeds = 100;
  std::uint64_t start = 1;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--verbose") == 0) verbose = true;
    if (i + 1 >= argc) continue;
    if (std::strcmp(argv[i], "--seeds") == 0) seeds = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--start") == 0) start = std::strtoull(argv[i + 1], nullptr, 10);
  }
  std::uint64_t decisions = 0;
  std::uint64_t epochs = 0;
  std::uint64_t lost_disks = 0;
  std::uint64_t rotten = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t leaps = 0;
  const std::clock_t begin = std::clock();
  for (std::uint64_t seed = start; seed < start + seeds; ++seed) {
    emr::sim::Reformation world(seed);
    const std::string failure = world.run();
    if (verbose || !failure.empty()) {
      std::printf("seed %llu founders=%zu decisions=%llu epochs=%zu %s\n",
                  static_cast<unsigned long long>(seed), world.founders_count(),
                  static_cast<unsigned long long>(world.watch().height()), world.watch().epochs(),
                  failure.c_str());
    }
    if (!failure.empty()) return 1;
    decisions += world.watch().height();
    epochs += world.watch().epochs() - 1;
    lost_disks += world.lost_disks();
    rotten += world.rotten();
    snapshots += world.snapshots();
    leaps += world.leaps();
  }
  std::printf("%llu seeds passed: %llu decisions, %llu changes of the members, %llu lost disks, "
              "%llu rotten bits, %llu snapshots (%llu across epochs), %.1f CPU s\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(decisions),
              static_cast<unsigned long long>(epochs),
              static_cast<unsigned long long>(lost_disks),
              static_cast<unsigned long long>(rotten),
              static_cast<unsigned long long>(snapshots), static_cast<unsigned long long>(leaps),
              static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  return 0;
}
