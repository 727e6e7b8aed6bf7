// The faults of one simulation, drawn from its seed ("swarm": not every run has every fault,
// because faults can hide each other). Times are virtual microseconds, chances parts per million.
#pragma once

#include <cstdint>
#include <string>

#include "consensus/types.h"

namespace emr::sim {

struct Options {
  std::uint64_t seed = 0;
  std::size_t nodes = 4;
  std::size_t byzantine = 0;  ///< the first k nodes lie; at most f
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
  std::uint64_t delay_min_us = 200;
  std::uint64_t delay_max_us = 2'000;
  std::uint32_t slow_ppm = 0;            ///< messages that take 50 times as long: reordering
  std::uint64_t execute_max_us = 0;      ///< building and validating takes up to this
  std::uint32_t crash_step_ppm = 0;      ///< crash at a random point inside one step
  std::uint64_t crash_every_us = 0;      ///< mean; 0 = never. Between steps
  std::uint64_t power_cut_every_us = 0;  ///< all nodes at once
  std::uint64_t revive_max_us = 1'500'000;
  std::uint64_t wipe_every_us = 0;  ///< a node loses its disk; it counts as faulty until it rejoins
  std::uint64_t pause_every_us = 0;
  std::uint64_t partition_every_us = 0;
  std::uint32_t clock_drift_ppm = 0;
  std::uint64_t clock_jump_every_us = 0;  ///< a node was suspended: its clocks stand elsewhere
  std::uint64_t disk_full_every_us = 0;   ///< no room for a while: the node stops at its next write
  /// Nodes that bit rot or a clock far off may make useless; with the liars at most f.
  std::size_t impaired = 0;
  std::uint64_t rot_every_us = 0;  ///< a bit flips: in a record or the state of an impaired node,
                                   ///< in a stored block of one of the last f nodes
  std::uint32_t mutate_ppm = 0;  ///< a liar's message is changed and signed again
  std::size_t clients = 4;       ///< requests outstanding at once
  std::uint64_t safety_us = 20'000'000;
  std::uint64_t liveness_us = 900'000'000;
  /// No faults but reordering: then the usual rate is demanded, and no suspicion of the primary.
  bool is_calm = false;
  bool has_real_signatures = false;
  consensus::Config config;
};

enum class Weather { kMixed, kCalm, kStorm, kWipes, kAway };
/// The options of a seed; nodes = 0 draws the size from 4..10 too, kMixed the weather.
Options swarm(std::uint64_t seed, std::size_t nodes, Weather weather = Weather::kMixed);
/// One line, for failures.
std::string describe(const Options& options);

}  // namespace emr::sim
