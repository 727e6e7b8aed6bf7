// What is going to happen in a simulation, by time; at equal times what was scheduled first comes
// first, so that a seed replays. A heap with four children per place, because simulations do little
// else than this and the children of one place lie in one or two cache lines; the items stay where
// they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace emr::sim {

template <class Item>
class EventQueue {
 public:
  bool empty() const noexcept { return heap_.empty(); }
  /// When the next item is due; there must be one.
  std::uint64_t next_at() const noexcept { return heap_.front().key >> kOrderBits; }

  void push(std::uint64_t at, Item item) {
    EMR_CHECK(at >> kTimeBits == 0 && order_ < std::uint64_t{1} << kOrderBits);
    const Due due{at << kOrderBits | order_++, put(std::move(item))};
    heap_.push_back(due);
    rise(heap_.size() - 1, due);
  }

  /// There must be one.
  Item pop() {
    const std::uint32_t slot = heap_.front().slot;
    const Due last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
    free_.push_back(slot);
    return std::move(items_[slot]);
  }

 private:
  static constexpr std::size_t kChildren = 4;
  static constexpr unsigned kTimeBits = 32;  ///< more than an hour of microseconds
  static constexpr unsigned kOrderBits = 32;

  struct Due {
    std::uint64_t key = 0;  ///< time, then order of scheduling
    std::uint32_t slot = 0;  ///< of the item
  };

  std::uint32_t put(Item item) {
    if (free_.empty()) {
      items_.push_back(std::move(item));
      return static_cast<std::uint32_t>(items_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    items_[slot] = std::move(item);
    return slot;
  }

  /// Puts `due` at `place` or above it.
  void rise(std::size_t place, const Due& due) {
    while (place > 0) {
      const std::size_t parent = (place - 1) / kChildren;
      if (due.key > heap_[parent].key) break;
      heap_[place] = heap_[parent];
      place = parent;
    }
    heap_[place] = due;
  }

  /// Fills the top: the earliest children move up, and `due`, which was the last, comes below.
  void sink(const Due& due) {
    std::size_t place = 0;
    for (std::size_t first = 1; first < heap_.size(); first = kChildren * place + 1) {
      const std::size_t stop = std::min(first + kChildren, heap_.size());
      std::size_t earliest = first;
      for (std::size_t child = first + 1; child < stop; ++child) {
        earliest = heap_[child].key < heap_[earliest].key ? child : earliest;
      }
      heap_[place] = heap_[earliest];
      place = earliest;
    }
    rise(place, due);
  }

  std::vector<Due> heap_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
};

}  // namespace emr::sim
