// emr_twins [--stride N]: every Nth of the 262,144 schedules of twins.h (1: all of them).
// Exit 1 at the first unsafe or stuck schedule, or when fewer than half of them decide anything
// while the partitions last (then the test would look at nothing).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "exhaustigen.h"
#include "twins.h"

int main(int argc, char** argv) {
  std::uint64_t stride = 1;
  if (argc == 3 && std::strcmp(argv[1], "--stride") == 0) {
    stride = std::strtoull(argv[2], nullptr, 10);
  }
  if (stride == 0 || (argc != 1 && argc != 3)) {
    std::fprintf(stderr, "usage: emr_twins [--stride N]\n");
    return 2;
  }
  const std::clock_t begin = std::clock();
  emr::sim::Exhaustigen gen;
  std::uint64_t index = 0;
  std::uint64_t run = 0;
  std::uint64_t torn = 0;
  std::uint64_t accused = 0;
  while (!gen.done()) {
    emr::sim::TwinSchedule schedule;
    schedule.first_view = gen.choose(4);
    for (auto& cut : schedule.cuts) cut = static_cast<std::uint8_t>(gen.choose(16));
    // A stride that is coprime to 16 visits every digit of every round.
    if (index++ % stride != 0) continue;
    const emr::sim::TwinOutcome outcome = emr::sim::Twins(schedule).run();
    if (!outcome.failure.empty()) {
      std::printf("FAILED %s: %s\n", describe(schedule).c_str(), outcome.failure.c_str());
      return 1;
    }
    ++run;
    torn += outcome.committed_torn > 0 ? 1 : 0;
    accused += outcome.evidence > 0 ? 1 : 0;
  }
  std::printf("%llu schedules passed; %llu decided while torn, %llu left evidence; %.1f CPU s\n",
              static_cast<unsigned long long>(run), static_cast<unsigned long long>(torn),
              static_cast<unsigned long long>(accused),
              double(std::clock() - begin) / CLOCKS_PER_SEC);
  return torn * 2 >= run ? 0 : 1;
}
