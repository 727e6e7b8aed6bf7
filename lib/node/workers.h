// A fixed pool of threads with a bounded queue: signature checks, queries and key parts run here,
// so that neither the core nor the I/O threads ever wait for a curve. Jobs of peers and of clients
// stand in lines of their own and are taken in turn, so that a flood of clients does not keep a
// member from the sidecar it needs to vote; and so are those of each peer among the peers'. Jobs
// must not throw. Any thread may submit.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "node/fair_queue.h"

namespace emr::node {

class Workers {
 public:
  using Job = std::function<void()>;
  enum class Line : std::uint8_t { kPeers, kClients };

  explicit Workers(unsigned threads);
  ~Workers();  ///< stop()
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when too much of that source waits, or the pool has stopped: answer "busy".
  bool submit(Line line, Job job, std::uint32_t source = 0);
  /// Drops what waits, finishes what runs, joins. Idempotent.
  void stop();

 private:
  void run();
  Job take_locked();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::array<FairQueue<Job>, 2> lines_;
  std::size_t turn_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace emr::node
