// Where random bytes come from. This layer is pure: the caller passes a source in. The operating
// system's source lives in lib/cli (SystemRandom); tests and the simulator use SeededRandom.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "crypto/secret.h"

namespace emr::crypto {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// Fills the whole span. A source that cannot deliver stops the program: there is no safe
  /// continuation. Not thread-safe unless the implementation says so.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  Secret32 secret32();
  Hash32 hash32();
  Bytes bytes(std::size_t size);
};

/// A ChaCha20 stream of a seed: the same seed and the same sequence of calls give the same bytes.
/// For tests and simulation only.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::string_view seed);
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  Hash32 key_;
  std::uint64_t calls_ = 0;
};

}  // namespace emr::crypto
