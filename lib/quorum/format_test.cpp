// The worked examples of FORMAT.md sections 2 and 3, byte for byte.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/hex.h"
#include "quorum/certificate.h"

namespace emr::quorum {
namespace {

std::string document() {
  std::ifstream file(EMR_SOURCE_DIR "/lib/quorum/FORMAT.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::string all = text.str();
  std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
  return all;
}

TEST_CASE("format: hash of a validator set and bytes of a certificate") {
  std::vector<VoteKey> keys(4);
  for (std::uint8_t i = 0; i < 4; ++i) {
    keys[i].fill(static_cast<std::uint8_t>(0x11 * (i + 1)));
    keys[i][0] = static_cast<std::uint8_t>(2 + i % 2);
  }
  const auto set = ValidatorSet::make(0, keys);
  REQUIRE(set.ok());
  CHECK(document().find(to_hex(set->hash())) != std::string::npos);
  Vote vote{VoteType::kCommit, 0, 3, 17, {}};
  vote.digest.fill(0xab);
  std::vector<SignedBy> signatures;
  for (const NodeIndex member : {0U, 1U, 3U}) {
    VoteSignature signature{};
    signature.fill(static_cast<std::uint8_t>(0xc0 + member));
    signatures.emplace_back(member, signature);
  }
  const Bytes bytes = encode(make_certificate(vote, signatures));
  CHECK(document().find(to_hex(bytes)) != std::string::npos);
  CHECK(decode_certificate(bytes).value().signers == 0b1011);
}

}  // namespace
}  // namespace emr::quorum
