#include "options.h"

#include "random.h"

namespace emr::sim {

namespace {

void make_calm(Options& o) {
  o.is_calm = true;
  o.byzantine = 0;
  o.loss_ppm = o.slow_ppm = o.crash_step_ppm = o.clock_drift_ppm = 0;
  o.crash_every_us = o.pause_every_us = o.partition_every_us = o.power_cut_every_us = 0;
  o.clock_jump_every_us = o.disk_full_every_us = o.rot_every_us = o.impaired = 0;
  o.delay_max_us = o.delay_min_us + 3'000;
  o.execute_max_us = o.execute_max_us / 4;
  o.config.rotation_interval = 0;
}

/// Small, and torn all the time between two phases of the same block: many views reach the same
/// height, prepared here and not there.
void make_storm(Options& o, Random& random) {
  o.nodes = random.below(3) == 0 ? o.nodes : 4;
  o.byzantine = random.below(2) == 0 ? (o.nodes - 1) / 3 : 0;
  o.mutate_ppm = static_cast<std::uint32_t>(random.between(100'000, 900'000));
  o.loss_ppm = static_cast<std::uint32_t>(random.between(50'000, 400'000));
  o.delay_max_us = o.delay_min_us + 20'000;
  o.partition_every_us = random.between(40'000, 200'000);
  o.crash_every_us = random.below(2) == 0 ? random.between(60'000, 400'000) : 0;
  o.revive_max_us = 300'000;
  o.crash_step_ppm = random.below(2) == 0 ? 20'000 : 0;
  o.config.timeout_ms = random.between(40, 100);
  o.config.resend_ms = 25;
}

/// Nodes that are away for many checkpoints and come back to snapshots, while they lose disks and
/// die in the middle of installing; one of those that have a snapshot to give bends it.
void make_away(Options& o, Random& random) {
  o.nodes = 7;
  o.byzantine = 1;
  o.mutate_ppm = 0;
  o.loss_ppm = o.slow_ppm = 0;
  o.partition_every_us = o.power_cut_every_us = o.pause_every_us = o.rot_every_us = 0;
  o.crash_every_us = random.between(200'000, 800'000);
  o.revive_max_us = 2'500'000;
  o.crash_step_ppm = static_cast<std::uint32_t>(random.below(2'000));
  o.config.checkpoint_interval = random.between(2, 6);
  o.config.snapshot_gap = random.between(2, 10);
}

/// A network whose round trip is longer than the first timeout: only back-off can make it work.
void make_far(Options& o) {
  o.slow_ppm = 0;
  o.delay_min_us = 60'000;
  o.delay_max_us = 160'000;
  o.safety_us *= 3;
}

/// What hardware does. Of its own stream, so that it does not change which network a seed draws.
void add_hardware(Options& o) {
  Random random(o.seed * 0x9E3779B97F4A7C15u + 3);
  const auto maybe = [&random](std::uint64_t low, std::uint64_t high) -> std::uint64_t {
    return random.below(3) != 0 ? 0 : random.between(low, high);
  };
  o.clock_jump_every_us = maybe(300'000, 5'000'000);
  o.disk_full_every_us = maybe(300'000, 5'000'000);
  o.rot_every_us = maybe(300'000, 3'000'000);
  o.config.snapshot_gap = maybe(8, 64);
}

/// Lost disks, where the faults leave room for one more. Of its own stream, as above.
void add_wipes(Options& o, bool always) {
  Random random(o.seed * 0x9E3779B97F4A7C15u + 5);
  if (o.is_calm || o.byzantine + o.impaired >= (o.nodes - 1) / 3) return;
  if (!always && random.below(3) != 0) return;
  o.wipe_every_us = random.between(200'000, 4'000'000);
}

}  // namespace

Options swarm(std::uint64_t seed, std::size_t nodes, Weather weather) {
  Random random(seed * 0x2545F4914F6CDD1Du + 1);
  const auto maybe = [&random](std::uint64_t low, std::uint64_t high) -> std::uint64_t {
    return random.below(2) == 0 ? 0 : random.between(low, high);
  };
  Options o;
  o.seed = seed;
  o.nodes = nodes != 0 ? nodes : (random.below(2) == 0 ? 4 : random.between(4, 10));
  o.byzantine = random.below(3) == 0 ? random.between(1, (o.nodes - 1) / 3) : 0;
  o.loss_ppm = static_cast<std::uint32_t>(maybe(1'000, 150'000));
  o.duplicate_ppm = static_cast<std::uint32_t>(maybe(1'000, 100'000));
  o.delay_min_us = random.between(50, 1'000);
  o.delay_max_us = o.delay_min_us + random.between(100, 10'000);
  o.slow_ppm = static_cast<std::uint32_t>(maybe(1'000, 50'000));
  o.execute_max_us = maybe(100, 5'000);
  o.crash_step_ppm = static_cast<std::uint32_t>(maybe(20, 3'000));
  o.crash_every_us = maybe(300'000, 5'000'000);
  o.pause_every_us = maybe(300'000, 5'000'000);
  o.partition_every_us = maybe(200'000, 3'000'000);
  o.clock_drift_ppm = static_cast<std::uint32_t>(maybe(1'000, 200'000));
  o.mutate_ppm = static_cast<std::uint32_t>(random.between(10'000, 500'000));
  o.clients = random.between(1, 8);
  o.config.timeout_ms = 200;
  o.config.resend_ms = 40;
  o.config.heartbeat_ms = 100;
  o.config.checkpoint_interval = random.between(2, 16);
  o.config.rotation_interval = maybe(1, 32);
  o.power_cut_every_us = random.below(4) == 0 ? random.between(300'000, 3'000'000) : 0;
  o.revive_max_us = random.below(3) == 0 ? 60'000 : 1'500'000;
  if (random.below(4) == 0) o.crash_step_ppm = static_cast<std::uint32_t>(random.below(40'000));
  add_hardware(o);
  const std::uint64_t kind = random.below(16);
  const bool is_mixed = weather == Weather::kMixed;
  if (weather == Weather::kCalm || (is_mixed && kind == 0)) make_calm(o);
  if (is_mixed && kind == 1) make_far(o);
  const bool wipes = weather == Weather::kWipes;
  if (weather == Weather::kStorm || wipes || (is_mixed && kind >= 12)) make_storm(o, random);
  if (wipes) o.byzantine = o.rot_every_us = 0;
  const bool is_away = weather == Weather::kAway;
  if (is_away) make_away(o, random);
  o.impaired = o.rot_every_us != 0 ? (o.nodes - 1) / 3 - o.byzantine : 0;
  add_wipes(o, wipes || is_away);
  return o;
}

std::string describe(const Options& o) {
  const auto item = [](const char* name, std::uint64_t value) {
    return std::string(" ") + name + "=" + std::to_string(value);
  };
  return "seed=" + std::to_string(o.seed) + item("nodes", o.nodes) +
         item("byzantine", o.byzantine) + item("loss_ppm", o.loss_ppm) +
         item("duplicate_ppm", o.duplicate_ppm) + item("delay_max_us", o.delay_max_us) +
         item("slow_ppm", o.slow_ppm) + item("execute_max_us", o.execute_max_us) +
         item("crash_step_ppm", o.crash_step_ppm) + item("crash_every_us", o.crash_every_us) +
         item("power_cut_every_us", o.power_cut_every_us) +
         item("pause_every_us", o.pause_every_us) +
         item("partition_every_us", o.partition_every_us) +
         item("clock_drift_ppm", o.clock_drift_ppm) +
         item("mutate_ppm", o.byzantine > 0 ? o.mutate_ppm : 0) +
         item("clock_jump_every_us", o.clock_jump_every_us) +
         item("disk_full_every_us", o.disk_full_every_us) + item("rot_every_us", o.rot_every_us) +
         item("impaired", o.impaired) + item("wipe_every_us", o.wipe_every_us) +
         item("snapshot_gap", o.config.snapshot_gap) +
         item("checkpoint", o.config.checkpoint_interval) +
         item("rotation", o.config.rotation_interval) + (o.is_calm ? " calm" : "");
}

}  // namespace emr::sim
