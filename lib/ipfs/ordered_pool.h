// Work on several threads, results in the order of submission: the shape of everything this layer
// computes (chunks of a file are independent, their tree is not). The caller's thread submits and
// receives; workers only run `work`. With one thread no thread is started at all.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace emr::ipfs {

/// `Item` must be default-constructible; items are recycled, so their buffers keep their memory.
template <class Item>
class OrderedPool {
 public:
  using Work = std::function<void(Item&)>;    ///< any thread; must not throw or fail
  using Sink = std::function<Status(Item&)>;  ///< the caller's thread, in order

  OrderedPool(unsigned threads, std::size_t window, Work work, Sink sink)
      : window_(window), work_(std::move(work)), sink_(std::move(sink)) {
    for (unsigned i = 0; threads > 1 && i < threads; ++i) {
      threads_.emplace_back([this] { run(); });
    }
  }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;
  ~OrderedPool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_worker_.notify_all();
  }

  /// A used item (its buffers intact) or a new one.
  std::unique_ptr<Item> take_item() {
    if (free_.empty()) return std::make_unique<Item>();
    std::unique_ptr<Item> item = std::move(free_.back());
    free_.pop_back();
    return item;
  }

  /// Submits; first delivers the oldest result when the window is full.
  Status push(std::unique_ptr<Item> item) {
    if (order_.size() >= window_) EMR_TRY(deliver_oldest());
    order_.push_back(std::make_unique<Slot>(Slot{std::move(item), false}));
    if (threads_.empty()) {
      work_(*order_.back()->item);
      order_.back()->done = true;
      return deliver_oldest();
    }
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(order_.back().get());
    }
    wake_worker_.notify_one();
    return {};
  }

  /// Delivers everything that was submitted.
  Status drain() {
    while (!order_.empty()) EMR_TRY(deliver_oldest());
    return {};
  }

 private:
  struct Slot {
    std::unique_ptr<Item> item;
    bool done = false;
  };

  Status deliver_oldest() {
    {
      std::unique_lock lock(mutex_);
      wake_caller_.wait(lock, [this] { return order_.front()->done; });
    }
    std::unique_ptr<Item> item = std::move(order_.front()->item);
    order_.pop_front();
    Status status = sink_(*item);
    free_.push_back(std::move(item));
    return status;
  }

  void run() {
    for (;;) {
      Slot* slot = nullptr;
      {
        std::unique_lock lock(mutex_);
        wake_worker_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        slot = queue_.front();
        queue_.pop_front();
      }
      work_(*slot->item);
      {
        const std::lock_guard lock(mutex_);
        slot->done = true;
      }
      wake_caller_.notify_one();
    }
  }

  std::size_t window_;
  Work work_;
  Sink sink_;
  std::deque<std::unique_ptr<Slot>> order_;  // the caller's; `done` is shared
  std::vector<std::unique_ptr<Item>> free_;
  std::mutex mutex_;
  std::condition_variable wake_worker_;
  std::condition_variable wake_caller_;
  std::deque<Slot*> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: joined before anything they use goes
};

}  // namespace emr::ipfs
