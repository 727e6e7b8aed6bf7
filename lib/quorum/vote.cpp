#include "quorum/vote.h"

#include <algorithm>
#include <string_view>

#include "base/big_endian.h"

namespace emr::quorum {

namespace {

constexpr std::string_view kDomainTag{"emr/vote/1\0", 11};

std::uint8_t* put_u64(std::uint8_t* at, std::uint64_t value) noexcept {
  store_big_endian(at, value);
  return at + sizeof value;
}

}  // namespace

VoteBytes vote_bytes(const Hash32& genesis, const Vote& vote) noexcept {
  VoteBytes bytes;
  std::uint8_t* at = std::copy(kDomainTag.begin(), kDomainTag.end(), bytes.data());
  at = std::copy(genesis.begin(), genesis.end(), at);
  at = put_u64(at, vote.epoch);
  *at++ = static_cast<std::uint8_t>(vote.type);
  at = put_u64(at, vote.view);
  at = put_u64(at, vote.seq);
  std::copy(vote.digest.begin(), vote.digest.end(), at);
  return bytes;
}

}  // namespace emr::quorum
