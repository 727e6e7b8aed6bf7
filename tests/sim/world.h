// A whole consortium in one process under one seed: network, clocks, crashes, liars, clients. Two
// phases: in the first every fault of the options is on and only safety is demanded; in the second
// a quorum of correct nodes is healed for good, everything else stays broken, and all requests must
// be committed within a bounded time (field/ledger.md 2.3).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker.h"
#include "event_queue.h"
#include "liar.h"
#include "node.h"
#include "options.h"
#include "random.h"

namespace emr::sim {

struct Outcome {
  std::string failure;  ///< empty: passed
  std::uint64_t decisions = 0;
  std::uint64_t requests = 0;
  std::uint64_t view_changes = 0;  ///< of the last life of every node
  std::uint64_t evidence = 0;
  std::uint64_t crashes = 0;
  std::uint64_t wipes = 0;       ///< disks lost
  std::uint64_t undone = 0;      ///< commits that a power cut took
  std::uint64_t full_disks = 0;  ///< stops for want of room
  std::uint64_t rotten = 0;      ///< bits flipped on disks
  std::uint64_t refusals = 0;    ///< starts refused because a record is damaged
  std::uint64_t snapshots = 0;   ///< installed
  std::uint64_t trace = 0;  ///< hash over everything that happened: equal seeds, equal traces
};

/// How long after a decision clients hear of it.
inline constexpr std::uint64_t kClientUs = 1'000;

class World final : public Host {
 public:
  explicit World(const Options& options);
  Outcome run();

 private:
  enum class Kind : std::uint8_t {
    kDeliver,
    kTick,
    kAnswer,
    kStart,
    kRequest,
    kSnapshot,
    kFault,
    kClient,
  };
  struct Item {
    Kind kind = Kind::kTick;
    std::uint32_t node = 0;
    std::uint32_t from = 0;
    std::uint64_t number = 0;  ///< life of the node, or the request
    std::shared_ptr<const void> what{};  ///< by kind: the message, the answer, the snapshot

    template <class T>
    const T& as() const {
      return *static_cast<const T*>(what.get());
    }
  };

  void on_send(SimNode& node, const consensus::Send& send) override;
  void on_answer(SimNode& node, consensus::Event answer) override;
  void on_commit(SimNode& node, const consensus::CommitBlock& commit) override;
  void on_effects(SimNode& node, const consensus::Effects& effects) override;
  bool crashes_now(SimNode& node) override;
  bool crashes_installing(SimNode& node) override;
  bool is_disk_full(SimNode& node) override;
  void on_receipt(SimNode& node, RequestId id, consensus::Seq seq) override;
  void on_fetch(SimNode& node, const consensus::FetchSnapshot& order) override;
  void on_install(SimNode& node, const Snapshot& snapshot) override;
  std::uint64_t wall_ms(const SimNode& node) override;

  bool is_impaired(consensus::NodeIndex node) const {
    return node >= options_.byzantine && node < options_.byzantine + options_.impaired;
  }
  bool is_liar(consensus::NodeIndex node) const { return node < options_.byzantine; }
  void push(std::uint64_t delay_us, Item item);
  void run_until(std::uint64_t end_us);
  void serve(const Item& item);
  void plot(const Item& item);
  void transmit(std::uint32_t from, std::uint32_t to, const std::shared_ptr<const Bytes>& bytes);
  std::uint64_t delay();
  void client_turn();
  void wake_clients(std::uint64_t delay_us);
  void issue(RequestId id);
  void start(std::uint32_t node);
  void inject_fault();
  bool due(std::uint64_t every_us);
  void jump_clock(std::uint32_t node);
  void rot();
  void cut_network();
  void cut_power();
  void lose_disk(std::uint32_t victim);
  void check_calm();
  void measure();
  void revive_later(std::uint32_t node);
  void heal();
  bool has_converged() const;
  std::string why_not() const;
  consensus::Millis local_ms(std::uint32_t node) const;
  void mix(std::uint64_t value);

  const Options options_;
  Random random_;
  Consortium consortium_;
  Checker checker_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  Conspiracy plot_;
  std::vector<std::unique_ptr<Liar>> liars_;
  std::vector<std::vector<bool>> cut_;  ///< [from][to]
  std::vector<std::uint64_t> paused_until_;
  std::vector<std::int64_t> drift_ppm_;
  std::vector<std::uint64_t> suspended_ms_;     ///< added to the monotone clock
  std::vector<std::int64_t> wall_offset_ms_;    ///< of the time of day
  std::vector<std::uint64_t> disk_full_until_;
  std::vector<bool> core_;               ///< liveness phase: who must make progress
  std::vector<std::uint64_t> retry_at_;  ///< per outstanding request
  std::vector<RequestId> outstanding_;
  std::uint64_t client_turn_us_ = UINT64_MAX;  ///< the next one; those that it overtook are void
  EventQueue<Item> queue_;
  std::uint64_t now_us_ = 0;
  std::uint64_t decided_us_ = 0;  ///< the first commit of the highest height
  std::uint64_t longest_us_ = 0;  ///< between two such
  bool healing_ = false;
  bool done_ = false;
  Outcome outcome_;
};

/// Runs one seed: the safety phase, then the liveness phase.
Outcome simulate(const Options& options);

}  // namespace emr::sim
