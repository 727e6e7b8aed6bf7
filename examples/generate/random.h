// A small seeded generator (splitmix64): the same seed gives the same hospital on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace demo {

class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// A number in [0, bound).
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }
  template <class Array>
  const auto& pick(const Array& items) noexcept {
    return items[below(items.size())];
  }
  std::string digits(std::size_t count) {
    std::string text;
    while (text.size() < count) text.push_back(static_cast<char>('0' + below(10)));
    return text;
  }

 private:
  std::uint64_t state_;
};

}  // namespace demo
