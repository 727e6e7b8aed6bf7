// Who may be inside the map while it is resized (private to lib/store): any number of readers, or
// the one that grows it. std::shared_mutex will not do: with readers that overlap all the time the
// writer, which is the core thread, would wait for ever. Here a newcomer lets a waiting writer go
// first, but only for a while, because its own thread may hold another snapshot already and would
// then wait for itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "store/limits.h"

namespace emr::store {

class GrowthGate {
 public:
  void lock_shared() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kGrowthCourtesy, [this] { return !waiting_ && !growing_; });
    changed_.wait(lock, [this] { return !growing_; });
    ++readers_;
  }
  void unlock_shared() {
    const std::lock_guard lock(mutex_);
    if (--readers_ == 0) changed_.notify_all();
  }
  void lock() {
    std::unique_lock lock(mutex_);
    waiting_ = true;
    changed_.wait(lock, [this] { return readers_ == 0; });
    waiting_ = false;
    growing_ = true;
  }
  void unlock() {
    const std::lock_guard lock(mutex_);
    growing_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t readers_ = 0;
  bool waiting_ = false;  ///< the one writer wants in
  bool growing_ = false;
};

}  // namespace emr::store
