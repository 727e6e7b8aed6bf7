// TESTS AND SIMULATION ONLY: a keyed 64-bit mix in the place of real signatures, because the
// simulator checks millions of votes a minute and the protocol, not the curve, is under test. Any
// program can forge these; lib/node never includes this header (tests/lint checks that).
#pragma once

#include <cstring>

#include "quorum/vote.h"

namespace emr::quorum {

/// The public key that belongs to an insecure signer: 0x00 (no curve point) and the number.
inline VoteKey insecure_key(std::uint64_t number) noexcept {
  VoteKey key{};
  std::memcpy(key.data() + 1, &number, sizeof number);
  return key;
}

/// 64 x 64 -> 128 bit multiplication folded back: every input bit reaches every output bit.
inline std::uint64_t insecure_mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD1B54A32D192ED03u);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline VoteSignature insecure_signature(const VoteKey& key, const VoteBytes& message) noexcept {
  std::uint64_t state = 0;
  std::memcpy(&state, key.data() + 1, sizeof state);
  state += 1;
  std::size_t at = 0;
  for (; at + 8 <= message.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, message.data() + at, sizeof word);
    state = insecure_mix(state, word);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, message.data() + at, message.size() - at);
  state = insecure_mix(state, rest + message.size());
  VoteSignature signature{};
  std::memcpy(signature.data(), &state, sizeof state);
  return signature;
}

class InsecureSigner final : public VoteSigner {
 public:
  explicit InsecureSigner(std::uint64_t number) : key_(insecure_key(number)) {}
  const VoteKey& key() const noexcept override { return key_; }
  VoteSignature sign(const VoteBytes& message) const override {
    return insecure_signature(key_, message);
  }

 private:
  VoteKey key_;
};

class InsecureVerifier final : public VoteVerifier {
 public:
  bool verify(const VoteKey& key, const VoteBytes& message,
              const VoteSignature& signature) const override {
    return insecure_signature(key, message) == signature;
  }
};

}  // namespace emr::quorum
