#include "crypto/random.h"

#include <sodium.h>

#include <array>

#include "base/wire.h"
#include "crypto/hash.h"

namespace emr::crypto {

Secret32 RandomSource::secret32() {
  Secret32 secret;
  fill(secret.span());
  return secret;
}

Hash32 RandomSource::hash32() {
  Hash32 value;
  fill(value);
  return value;
}

Bytes RandomSource::bytes(std::size_t size) {
  Bytes value(size);
  fill(value);
  return value;
}

SeededRandom::SeededRandom(std::string_view seed)
    : key_(tagged_hash("emr/seeded-random/1", as_bytes(seed))) {}

SeededRandom::SeededRandom(std::uint64_t seed) : SeededRandom(std::to_string(seed)) {}

void SeededRandom::fill(std::span<std::uint8_t> bytes) {
  const Bytes nonce = std::move(WireWriter().u64(calls_++)).take();
  if (bytes.empty()) return;  // without memory, not to be handed over
  crypto_stream_chacha20(bytes.data(), bytes.size(), nonce.data(), key_.data());
}

}  // namespace emr::crypto
