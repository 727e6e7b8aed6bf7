#include "node/workers.h"

#include "node/limits.h"

namespace emr::node {

Workers::Workers(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() { stop(); }

bool Workers::submit(Line line, Job job, std::uint32_t source) {
  {
    const std::lock_guard lock(mutex_);
    FairQueue<Job>& queue = lines_[static_cast<std::size_t>(line)];
    if (stopping_ || queue.size_of(source) >= kWorkQueueMax) return false;
    queue.put(source, std::move(job));
  }
  ready_.notify_one();
  return true;
}

void Workers::stop() {
  std::array<FairQueue<Job>, 2> dropped;  // destroyed outside the lock: jobs may own writers
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(lines_);
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Workers::Job Workers::take_locked() {
  turn_ = (turn_ + 1) % lines_.size();
  FairQueue<Job>& mine = lines_[turn_];
  FairQueue<Job>& queue = mine.empty() ? lines_[(turn_ + 1) % lines_.size()] : mine;
  return queue.take().second;
}

void Workers::run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return stopping_ || !lines_[0].empty() || !lines_[1].empty(); });
      if (stopping_) return;
      job = take_locked();
    }
    job();
  }
}

}  // namespace emr::node
