// emr_sim_bugs: are the tests able to see? Each known PBFT mistake is switched on in this build of
// the core (consensus/bugs.h) and must be caught: by a seed of the simulator that the unmodified
// core passes, or, where chance alone needs too long, by the unit test that is written for it.
//   emr_sim_bugs [--bug NAME] [--seeds N]
// Every bug runs in a child process, because a caught one may also stop it by a failed check.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "consensus/bugs.h"
#include "world.h"

namespace {

using emr::consensus::Bug;

struct Row {
  Bug bug;
  const char* name;
  const char* pitfall;
  emr::sim::Weather weather = emr::sim::Weather::kMixed;  ///< where it is found soonest
  const char* unit_test = nullptr;                        ///< instead of seeds
};

constexpr auto kStorm = emr::sim::Weather::kStorm;
constexpr auto kWipes = emr::sim::Weather::kWipes;
constexpr auto kCalm = emr::sim::Weather::kCalm;
constexpr auto kAway = emr::sim::Weather::kAway;

constexpr Row kRows[] = {
    // NOLINT
    {Bug::kSelectLowestView, "select-lowest-view", "1", kStorm, "selection: the highest*"},
    {Bug::kSelectNothing, "select-nothing", "1", kStorm},
    {Bug::kBelieveNewView, "believe-new-view", "1", kStorm, "NEW-VIEW: every changed field*"},
    {Bug::kBelieveViewChange, "believe-view-change", "1"},
    {Bug::kIgnoreSelection, "ignore-selection", "1", kStorm},
    {Bug::kCountDuplicates, "count-duplicates", "2"},
    {Bug::kCountAnyDigest, "count-any-digest", "2"},
    {Bug::kSmallQuorum, "small-quorum", "2"},
    {Bug::kForgetPrepared, "forget-prepared", "3", kStorm},
    {Bug::kForgetAccepted, "forget-accepted", "3"},
    {Bug::kForgetView, "forget-view", "3"},
    {Bug::kVoteAfterWipe, "vote-after-wipe", "3", kWipes},
    {Bug::kNoSelectedRestart, "forget-selection", "3", kStorm, "in a new view only the selected*"},
    {Bug::kStalePrepared, "view-change-without-prepared", "4", kStorm},
    {Bug::kVoteAfterViewChange, "vote-after-view-change", "4"},
    {Bug::kSkipValidation, "skip-validation", "5"},
    {Bug::kSkipLink, "skip-link", "5", kStorm},
    {Bug::kNoWatermarkService, "no-stable-service", "7"},
    {Bug::kAcceptSecondProposal, "accept-second-proposal", "9"},
    {Bug::kAnyPrimary, "any-primary", "9"},
    {Bug::kNoResend, "no-resend", "10"},
    {Bug::kNoBackoff, "no-backoff", "10"},
    {Bug::kNoJoin, "no-join", "10", kStorm, "joining: f + 1 others*"},
    {Bug::kEscalateAlone, "escalate-alone", "10"},
    {Bug::kNoRequestTimer, "no-request-timer", "11"},
    {Bug::kForgetFuture, "forget-future", "12", kCalm},
    {Bug::kNoDrain, "no-drain", "15", kStorm, "after the last block of an epoch*"},
    {Bug::kNewSetCertifies, "new-set-certifies", "15", kStorm, "a block is certified by the set*"},
    {Bug::kEpochNotBound, "epoch-not-bound", "15", kStorm, "votes of another epoch*"},
    {Bug::kNoSync, "no-sync", "13"},
    {Bug::kTrustBlockReply, "trust-block-reply", "13"},
    {Bug::kTrustSnapshot, "trust-snapshot", "13", kAway},
    {Bug::kInstallInSteps, "install-in-steps", "13", kAway},
};

/// What a child tells its parent, also when it dies.
struct Report {
  std::uint64_t seed = 0;
  char failure[160] = {};
};

int hunt(const Row& row, std::uint64_t seeds, Report& report) {
  if (row.unit_test != nullptr) {
    emr::consensus::injected_bug = row.bug;
    doctest::Context context;
    context.setOption("test-case", row.unit_test);
    context.setOption("no-colors", true);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) return 2;
    std::snprintf(report.failure, sizeof report.failure, "unit test: %s", row.unit_test);
    return context.run() != 0 ? 1 : 0;
  }
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    report.seed = seed;
    emr::consensus::injected_bug = row.bug;
    const emr::sim::Outcome outcome = emr::sim::simulate(emr::sim::swarm(seed, 0, row.weather));
    if (outcome.failure.empty()) continue;
    std::snprintf(report.failure, sizeof report.failure, "%s", outcome.failure.c_str());
    return 1;
  }
  return 0;
}

bool passes_unmodified(const Row& row, std::uint64_t seed) {
  if (row.unit_test != nullptr) return true;  // unit.consensus runs it
  emr::consensus::injected_bug = Bug::kNone;
  return emr::sim::simulate(emr::sim::swarm(seed, 0, row.weather)).failure.empty();
}

bool is_caught(const Row& row, std::uint64_t seeds, Report& report) {
  report = Report{};
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(2);
    _exit(hunt(row, seeds, report));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    std::snprintf(report.failure, sizeof report.failure, "an invariant check stopped the node");
  }
  return WIFSIGNALED(status) || WEXITSTATUS(status) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string only;
  std::uint64_t seeds = 400;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--bug") == 0) only = argv[i + 1];
    if (std::strcmp(argv[i], "--seeds") == 0) seeds = std::strtoull(argv[i + 1], nullptr, 10);
  }
  void* memory =
      mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  auto& report = *new (memory) Report;
  int missed = 0;
  for (const Row& row : kRows) {
    if (!only.empty() && only != row.name) continue;
    const bool caught = is_caught(row, seeds, report);
    const bool clean = !caught || passes_unmodified(row, report.seed);
    if (!caught || !clean) ++missed;
    std::printf("%-30s pitfall %-3s %s seed %-5llu %s%s\n", row.name, row.pitfall,
                caught ? "caught by" : "MISSED at", static_cast<unsigned long long>(report.seed),
                report.failure, clean ? "" : " (but the unmodified core fails too)");
  }
  return missed == 0 ? 0 : 1;
}
