// The one source of chance of a simulation: a seed gives the same numbers on every machine, so a
// failing run is its seed. (SplitMix64; the standard distributions differ between libraries.)
#pragma once

#include <cstdint>

namespace emr::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// 0 .. bound-1; bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
    return low + below(high - low + 1);
  }
  /// True in `parts` of a million cases.
  bool chance(std::uint32_t parts_per_million) noexcept {
    return parts_per_million != 0 && below(1'000'000) < parts_per_million;
  }

 private:
  std::uint64_t state_;
};

}  // namespace emr::sim
