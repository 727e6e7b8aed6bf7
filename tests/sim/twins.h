// Twins (Bano et al., OPODIS'21; field/ledger.md 2.2): member 0 of 4 runs twice, two unmodified
// instances with one key. Partitions decide who talks to which twin, round by round. This gives
// equivocation, double votes and amnesia without writing a single attack, and it can be enumerated:
// first primary (4) x a two-set partition of the five instances (16) in each of 4 rounds = 262,144.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "checker.h"
#include "node.h"

namespace emr::sim {

inline constexpr std::size_t kTwinInstances = 5;
inline constexpr std::size_t kTwinRounds = 4;

struct TwinSchedule {
  consensus::View first_view = 0;
  /// Bit i of a round: instance i + 1 is cut off from instance 0 (and from those without the bit).
  std::array<std::uint8_t, kTwinRounds> cuts{};
};
std::string describe(const TwinSchedule& schedule);

struct TwinOutcome {
  std::string failure;
  consensus::Seq committed_torn = 0;  ///< heights decided while the partitions lasted
  consensus::Seq committed = 0;
  std::uint64_t evidence = 0;
};

class Twins final : public Host {
 public:
  explicit Twins(const TwinSchedule& schedule);
  TwinOutcome run();

 private:
  struct Mail {
    std::size_t to = 0;
    consensus::NodeIndex from = 0;
    std::shared_ptr<const Bytes> bytes;
  };

  void on_send(SimNode& node, const consensus::Send& send) override;
  void on_answer(SimNode& node, consensus::Event answer) override;
  void on_commit(SimNode& node, const consensus::CommitBlock& commit) override;
  void on_effects(SimNode& node, const consensus::Effects& effects) override;
  bool crashes_now(SimNode&) override { return false; }

  bool is_twin(const SimNode& node) const { return node.identity() == 0; }
  void settle();
  void pass_time(consensus::Millis ms);
  void submit(RequestId first_twin, RequestId second_twin);
  bool has_converged() const;

  const TwinSchedule schedule_;
  Consortium consortium_;
  Checker checker_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::array<bool, kTwinInstances> side_{};
  std::deque<Mail> mail_;
  std::deque<std::pair<std::size_t, consensus::Event>> answers_;
  consensus::Millis now_ms_ = 1;
  TwinOutcome outcome_;
};

}  // namespace emr::sim
