// What happens to the nodes of a World: crashes, power cuts, pauses, clocks, disks, the network;
// and in the end the healing of a quorum.
#include <algorithm>

#include "world.h"

namespace emr::sim {

namespace {

constexpr std::uint64_t kFaultUs = 20'000;
constexpr std::uint32_t kCrashInstallingPpm = 200'000;

}  // namespace

bool World::crashes_now(SimNode& node) {
  if (healing_ || !random_.chance(options_.crash_step_ppm)) return false;
  revive_later(static_cast<std::uint32_t>(node.instance()));
  return true;
}

bool World::crashes_installing(SimNode& node) {
  const bool may_crash = !healing_ && options_.crash_every_us != 0;
  if (!may_crash || !random_.chance(kCrashInstallingPpm)) return false;
  revive_later(static_cast<std::uint32_t>(node.instance()));
  return true;
}

// --- fate ----------------------------------------------------------------------------------------

void World::revive_later(std::uint32_t node) {
  ++outcome_.crashes;
  push(random_.between(1'000, options_.revive_max_us), {.kind = Kind::kStart, .node = node});
}

/// A damaged disk must be noticed: the node stays down, and nobody guesses what it promised.
void World::start(std::uint32_t node) {
  if (nodes_[node]->is_up()) return;
  const bool is_damaged = nodes_[node]->has_damaged_record();
  const bool started = nodes_[node]->start(local_ms(node));
  if (!started) ++outcome_.refusals;
  if (started && is_damaged) checker_.fail("a damaged record was overlooked at start");
  if (!started && !is_impaired(node) && !is_liar(node)) {
    checker_.fail("node " + std::to_string(node) + " does not start again");
  }
}

bool World::is_disk_full(SimNode& node) {
  const auto self = static_cast<std::uint32_t>(node.instance());
  if (now_us_ >= disk_full_until_[self]) return false;
  ++outcome_.full_disks;
  revive_later(self);  // perhaps too early: then it stops again
  return true;
}

void World::inject_fault() {
  push(kFaultUs, {.kind = Kind::kFault});
  if (healing_) return;
  const auto victim = static_cast<std::uint32_t>(random_.below(nodes_.size()));
  if (due(options_.crash_every_us) && nodes_[victim]->is_up()) {
    nodes_[victim]->crash();
    revive_later(victim);
  }
  if (due(options_.pause_every_us)) {
    paused_until_[victim] = now_us_ + random_.between(10'000, 2'000'000);
  }
  if (due(options_.clock_jump_every_us)) jump_clock(victim);
  if (due(options_.disk_full_every_us)) {
    disk_full_until_[victim] = now_us_ + random_.between(10'000, 3'000'000);
  }
  if (due(options_.rot_every_us)) rot();
  if (due(options_.wipe_every_us)) lose_disk(victim);
  if (due(options_.partition_every_us)) cut_network();
  if (due(options_.power_cut_every_us)) cut_power();
}

bool World::due(std::uint64_t every_us) {
  return every_us != 0 && random_.below(every_us / kFaultUs + 1) == 0;
}

/// A suspended machine: no time has passed for it, but the monotone clock and the time of day have.
/// Correct clocks stay within the bound of each other; an impaired one may be an hour off.
void World::jump_clock(std::uint32_t node) {
  suspended_ms_[node] += random_.below(4) == 0 ? random_.below(100'000) : random_.below(1'000);
  const std::uint64_t far = is_impaired(node) && random_.below(2) == 0 ? 3'600'000 : 200;
  wall_offset_ms_[node] = static_cast<std::int64_t>(random_.below(2 * far + 1)) -
                          static_cast<std::int64_t>(far);
}

/// Whose records or state are damaged counts as faulty from then on. Damaged blocks hurt nobody as
/// long as others have them: whoever gets one sees it by its certificate.
void World::rot() {
  const std::size_t most = (nodes_.size() - 1) / 3;
  const auto any = static_cast<std::uint32_t>(nodes_.size() - 1 - random_.below(most));
  if (random_.below(2) == 0) {
    if (nodes_[any]->damage(Damage::kBlock, random_.next())) ++outcome_.rotten;
    return;
  }
  if (options_.impaired == 0) return;
  const auto victim =
      static_cast<std::uint32_t>(options_.byzantine + random_.below(options_.impaired));
  const bool is_up = nodes_[victim]->is_up();
  const Damage where = random_.below(3) == 0 ? Damage::kState : Damage::kRecord;
  nodes_[victim]->crash();  // records are read at start only
  if (nodes_[victim]->damage(where, random_.next())) ++outcome_.rotten;
  if (is_up) revive_later(victim);
}

/// Who has forgotten its votes is one of the f faulty members until it has rejoined.
void World::lose_disk(std::uint32_t victim) {
  std::size_t faulty = options_.byzantine + options_.impaired;
  for (const auto& node : nodes_) faulty += node->is_rejoining() ? 1 : 0;
  const bool is_correct = !is_liar(victim) && !is_impaired(victim) && nodes_[victim]->is_up();
  if (!is_correct || faulty >= (nodes_.size() - 1) / 3) return;
  ++outcome_.wipes;
  nodes_[victim]->wipe();
  checker_.on_wipe(victim);
  revive_later(victim);
}

void World::cut_power() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->is_up()) continue;
    if (nodes_[i]->cut_power(random_.below(2) == 0)) {
      ++outcome_.undone;
      if (!is_liar(i)) checker_.on_undone(i);
    }
    revive_later(i);
  }
}

void World::measure() {
  longest_us_ = std::max(longest_us_, now_us_ - decided_us_);
  decided_us_ = now_us_;
}

/// Without faults no height takes longer than its steps can, and nobody suspects the primary. After
/// a height is decided: a client hears of it and its next request comes to the primary (as do the
/// COMMITs) or, should the window be used up, two messages make a checkpoint stable; the block is
/// built, PRE-PREPARE, execution, PREPARE, COMMIT. One message more that must come again takes
/// longer than all of this.
void World::check_calm() {
  const std::uint64_t steps =
      6 * options_.delay_max_us + 2 * options_.execute_max_us + kClientUs;
  measure();  // also what is not decided yet
  if (longest_us_ > steps) {
    checker_.fail("a height took " + std::to_string(longest_us_) + " us on a calm network, " +
                  std::to_string(steps) + " are enough");
  }
  for (const auto& node : nodes_) {
    if (node->status().view_changes > 0) checker_.fail("suspicion on a calm network");
  }
}

/// Whole, split in two, one alone, single directed links, or one that hears but is not heard.
void World::cut_network() {
  const std::uint64_t shape = random_.below(5);
  const std::uint64_t side = random_.next();
  const std::uint64_t alone = random_.below(nodes_.size());
  for (std::uint32_t from = 0; from < nodes_.size(); ++from) {
    for (std::uint32_t to = 0; to < nodes_.size(); ++to) {
      const bool split = ((side >> from) & 1) != ((side >> to) & 1);
      const bool isolated = (from == alone) != (to == alone);
      cut_[from][to] = (shape == 1 && split) || (shape == 2 && isolated) ||
                       (shape == 3 && random_.below(4) == 0) || (shape == 4 && from == alone);
    }
  }
}

/// A random quorum of correct nodes gets a good network and stays up; nobody else is counted on.
void World::heal() {
  healing_ = true;
  std::vector<std::uint32_t> correct;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const bool is_sound = !is_liar(i) && !is_impaired(i) && !nodes_[i]->is_rejoining();
    if (is_sound) correct.push_back(i);
  }
  while (correct.size() > consortium_.set.quorum()) {
    const std::uint64_t out = random_.below(correct.size());
    if (random_.below(2) == 0) nodes_[correct[out]]->crash();
    correct.erase(correct.begin() + static_cast<std::ptrdiff_t>(out));
  }
  for (const std::uint32_t i : correct) {
    core_[i] = true;
    paused_until_[i] = disk_full_until_[i] = 0;
    start(i);
  }
  for (std::uint32_t from = 0; from < nodes_.size(); ++from) {
    for (std::uint32_t to = 0; to < nodes_.size(); ++to) {
      if (core_[from] && core_[to]) cut_[from][to] = false;
    }
  }
  issue(consortium_.issued++);
}


}  // namespace emr::sim
