// The operating system's random source, getrandom(2). Only programs use it: every library takes a
// RandomSource as argument.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/random.h"

namespace emr::cli {

/// Stateless; any thread may use its own or share one.
class SystemRandom final : public crypto::RandomSource {
 public:
  /// Stops the program if the kernel refuses (it does not on the systems we support).
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace emr::cli
