// A fixed pool of threads with a bounded queue: signature checks, queries and key parts run here,
// so that neither the core nor the I/O threads ever wait for a curve. Jobs run in order of arrival
// and must not throw. Any thread may submit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace emr::node {

class Workers {
 public:
  using Job = std::function<void()>;

  explicit Workers(unsigned threads);
  ~Workers();  ///< stop()
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when the queue is full or the pool has stopped: answer "busy".
  bool submit(Job job);
  /// Drops what waits, finishes what runs, joins. Idempotent.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace emr::node
