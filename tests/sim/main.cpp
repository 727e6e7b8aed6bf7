// emr_sim: runs seeds of the simulator.
//   emr_sim --seeds N [--start S] [--nodes n] [--weather W] [--real-signatures] [--verbose]
// Exit 0 when every seed passes; 1 at the first failure, which prints its seed and faults. The
// first few seeds run twice: the two runs must be the same to the last event.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "world.h"

namespace {

constexpr std::uint64_t kReplayed = 5;

using emr::sim::Weather;
constexpr std::pair<const char*, Weather> kWeathers[] = {{"mixed", Weather::kMixed},
                                                         {"calm", Weather::kCalm},
                                                         {"storm", Weather::kStorm},
                                                         {"wipes", Weather::kWipes},
                                                         {"away", Weather::kAway}};

struct Arguments {
  std::uint64_t seeds = 100;
  std::uint64_t start = 1;
  std::size_t nodes = 0;
  const std::pair<const char*, Weather>* weather = &kWeathers[0];
  bool is_verbose = false;
  bool has_real_signatures = false;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--verbose") {
      arguments.is_verbose = true;
      continue;
    }
    if (name == "--real-signatures") {
      arguments.has_real_signatures = true;
      continue;
    }
    if (i + 1 >= argc) return false;
    if (name == "--weather") {
      const std::string wanted = argv[++i];
      arguments.weather = std::find_if(std::begin(kWeathers), std::end(kWeathers),
                                       [&](const auto& one) { return wanted == one.first; });
      if (arguments.weather == std::end(kWeathers)) return false;
      continue;
    }
    const std::uint64_t value = std::strtoull(argv[++i], nullptr, 10);
    if (name == "--seeds") {
      arguments.seeds = value;
    } else if (name == "--start") {
      arguments.start = value;
    } else if (name == "--nodes") {
      arguments.nodes = value;
    } else {
      return false;
    }
  }
  return arguments.nodes == 0 || (arguments.nodes >= 4 && arguments.nodes <= 10);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: emr_sim [--seeds N] [--start S] [--nodes 4..10] [--weather W] "
                 "[--real-signatures] [--verbose]\n  weather: mixed, calm, storm, wipes, away\n");
    return 2;
  }
  emr::sim::Outcome total;
  const std::clock_t begin = std::clock();
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    emr::sim::Options options =
        emr::sim::swarm(arguments.start + i, arguments.nodes, arguments.weather->second);
    options.has_real_signatures = arguments.has_real_signatures;
    emr::sim::Outcome outcome = emr::sim::simulate(options);
    if (i < kReplayed && emr::sim::simulate(options).trace != outcome.trace) {
      outcome.failure = "the seed does not replay";
    }
    if (arguments.is_verbose) {
      std::printf("%s: decisions=%llu view_changes=%llu crashes=%llu evidence=%llu trace=%016llx\n",
                  describe(options).c_str(), static_cast<unsigned long long>(outcome.decisions),
                  static_cast<unsigned long long>(outcome.view_changes),
                  static_cast<unsigned long long>(outcome.crashes),
                  static_cast<unsigned long long>(outcome.evidence),
                  static_cast<unsigned long long>(outcome.trace));
    }
    if (!outcome.failure.empty()) {
      std::printf("FAILED %s\n  %s\n  replay: emr_sim --seeds 1 --start %llu --nodes %zu "
                  "--weather %s\n",
                  describe(options).c_str(), outcome.failure.c_str(),
                  static_cast<unsigned long long>(options.seed), arguments.nodes,
                  arguments.weather->first);
      return 1;
    }
    total.decisions += outcome.decisions;
    total.requests += outcome.requests;
    total.crashes += outcome.crashes;
    total.evidence += outcome.evidence;
    total.wipes += outcome.wipes;
    total.snapshots += outcome.snapshots;
    total.undone += outcome.undone;
  }
  const double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf(
      "%llu seeds passed: %llu decisions, %llu requests, %llu crashes, %llu lost disks, "
      "%llu commits undone, %llu snapshots, %llu evidence; %.1f CPU s, %.0f decisions/min\n",
      static_cast<unsigned long long>(arguments.seeds),
      static_cast<unsigned long long>(total.decisions),
      static_cast<unsigned long long>(total.requests),
      static_cast<unsigned long long>(total.crashes),
      static_cast<unsigned long long>(total.wipes),
      static_cast<unsigned long long>(total.undone),
      static_cast<unsigned long long>(total.snapshots),
      static_cast<unsigned long long>(total.evidence), seconds,
      seconds > 0 ? static_cast<double>(total.decisions) / seconds * 60 : 0.0);
  return 0;
}
