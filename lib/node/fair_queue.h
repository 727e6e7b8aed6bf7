// What waits for a thread, one line per source. The lines are taken in turn, so that whoever brings
// much waits for itself and keeps nobody out (field/ledger.md pitfall 11). Not synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace emr::node {

template <class Item>
class FairQueue {
 public:
  using Source = std::uint32_t;

  void put(Source source, Item item) {
    std::deque<Item>& line = lines_[source];
    if (line.empty()) turns_.push_back(source);
    line.push_back(std::move(item));
  }
  /// The first item of the source whose turn it is; there must be one.
  std::pair<Source, Item> take() {
    EMR_CHECK(!turns_.empty());
    const Source source = turns_.front();
    turns_.pop_front();
    std::deque<Item>& line = lines_[source];
    Item item = std::move(line.front());
    line.pop_front();
    if (!line.empty()) turns_.push_back(source);
    return {source, std::move(item)};
  }
  bool empty() const noexcept { return turns_.empty(); }
  std::size_t size_of(Source source) const {
    const auto line = lines_.find(source);
    return line == lines_.end() ? 0 : line->second.size();
  }

 private:
  std::unordered_map<Source, std::deque<Item>> lines_;
  std::deque<Source> turns_;  ///< those whose line is not empty
};

}  // namespace emr::node
