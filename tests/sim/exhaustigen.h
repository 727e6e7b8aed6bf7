// Enumerates every combination of choices of a piece of code that simply makes them:
//   Exhaustigen gen; while (!gen.done()) { a = gen.choose(3); b = gen.choose(a + 1); ... }
// (The idea is TigerBeetle's exhaustigen.) The number of choices may depend on earlier ones.
#pragma once

#include <cstdint>
#include <vector>

namespace emr::sim {

class Exhaustigen {
 public:
  /// False before each new combination; true when there is none left.
  bool done() {
    at_ = 0;
    if (!started_) {
      started_ = true;
      return false;
    }
    while (!choices_.empty() && choices_.back().value + 1 == choices_.back().bound) {
      choices_.pop_back();
    }
    if (choices_.empty()) return true;
    ++choices_.back().value;
    return false;
  }

  /// 0 .. bound-1.
  std::uint64_t choose(std::uint64_t bound) {
    if (at_ == choices_.size()) choices_.push_back({0, bound});
    return choices_[at_++].value;
  }

 private:
  struct Choice {
    std::uint64_t value = 0;
    std::uint64_t bound = 0;
  };
  std::vector<Choice> choices_;
  std::size_t at_ = 0;
  bool started_ = false;
};

}  // namespace emr::sim
