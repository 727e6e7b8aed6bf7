#include "options.h"

#include "random.h"

namespace emr::sim {

Options swarm(std::uint64_t seed, std::size_t nodes) {
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
         item("pause_every_us", o.pause_every_us) +
         item("partition_every_us", o.partition_every_us) +
         item("clock_drift_ppm", o.clock_drift_ppm) +
         item("mutate_ppm", o.byzantine > 0 ? o.mutate_ppm : 0) +
         item("checkpoint", o.config.checkpoint_interval) +
         item("rotation", o.config.rotation_interval);
}

}  // namespace emr::sim
