// Goal: quorums of every size intersect in a correct member, certificates cannot be stretched, and
// the signed bytes are exactly those of FORMAT.md. Method: tables over n, one changed field each.
#include <doctest/doctest.h>

#include <functional>

#include "base/hex.h"
#include "crypto/random.h"
#include "quorum/certificate.h"
#include "quorum/insecure_suite.h"
#include "quorum/limits.h"
#include "quorum/secp256k1_votes.h"

using namespace emr;
using namespace emr::quorum;

namespace {

ValidatorSet make_set(std::size_t n, Epoch epoch = 0) {
  std::vector<VoteKey> keys;
  for (std::uint64_t i = 0; i < n; ++i) keys.push_back(insecure_key(i));
  return ValidatorSet::make(epoch, keys).value();
}

const Hash32 kGenesis = [] {
  Hash32 hash{};
  hash.fill(0x47);
  return hash;
}();

Vote sample_vote() {
  Hash32 digest{};
  digest.fill(0xab);
  return {VoteType::kCommit, 0, 3, 17, digest};
}

QuorumCert certify(const Vote& vote, std::initializer_list<NodeIndex> signers) {
  std::vector<SignedBy> signatures;
  for (const NodeIndex i : signers) {
    signatures.emplace_back(i, InsecureSigner(i).sign(vote_bytes(kGenesis, vote)));
  }
  return make_certificate(vote, signatures);
}

std::string reason_of(const QuorumCert& certificate, const ValidatorSet& set,
                      const Hash32& genesis = kGenesis) {
  const Status status = verify(certificate, set, genesis, InsecureVerifier{});
  return status ? "" : status.error().reason;
}

}  // namespace

TEST_CASE("quorum sizes of DESIGN 5 for n = 4 to 64 (R-012)") {
  struct Row {
    std::size_t n, f, q;
  };
  for (const auto& [n, f, q] : {Row{4, 1, 3}, Row{5, 1, 4}, Row{6, 1, 4}, Row{7, 2, 5},
                                Row{8, 2, 6}, Row{9, 2, 6}, Row{10, 3, 7}, Row{64, 21, 43}}) {
    const ValidatorSet set = make_set(n);
    CHECK(set.max_faulty() == f);
    CHECK(set.quorum() == q);
    CHECK(set.weak_quorum() == f + 1);
  }
  for (std::size_t n = 4; n <= 64; ++n) {
    const ValidatorSet set = make_set(n);
    CHECK(2 * set.quorum() - n > set.max_faulty());         // safety: a correct one in common
    CHECK(set.quorum() <= n - set.max_faulty());            // liveness: the correct ones suffice
    CHECK(2 * (set.quorum() - 1) - n <= set.max_faulty());  // and q is no larger than needed
  }
}

TEST_CASE("a validator set refuses too few, too many and equal keys") {
  const auto reason = [](std::vector<VoteKey> keys) {
    const auto set = ValidatorSet::make(0, std::move(keys));
    return set ? std::string() : set.error().reason;
  };
  std::vector<VoteKey> keys;
  for (std::uint64_t i = 0; i < 3; ++i) keys.push_back(insecure_key(i));
  CHECK(reason(keys) == "validator_count");
  keys.push_back(insecure_key(1));
  CHECK(reason(keys) == "duplicate_key");
  keys.back() = insecure_key(9);
  CHECK(reason(keys) == "");
  for (std::uint64_t i = 10; i < 71; ++i) keys.push_back(insecure_key(i));
  CHECK(reason(keys) == "validator_count");
}

TEST_CASE("the hash of a set depends on epoch, order and keys") {
  const Hash32 base = make_set(4).hash();
  CHECK(make_set(4, 1).hash() != base);
  CHECK(make_set(5).hash() != base);
  const auto swapped =
      ValidatorSet::make(0, {insecure_key(1), insecure_key(0), insecure_key(2), insecure_key(3)});
  CHECK(swapped.value().hash() != base);
  CHECK(make_set(4).primary(6) == 2);
  CHECK(make_set(4).find(insecure_key(2)) == 2);
  CHECK_FALSE(make_set(4).find(insecure_key(7)).has_value());
}

TEST_CASE("vote bytes: the worked example of FORMAT.md") {
  const VoteBytes bytes = vote_bytes(kGenesis, sample_vote());
  CHECK(to_hex(bytes) ==
        "656d722f766f74652f3100"
        "4747474747474747474747474747474747474747474747474747474747474747"
        "0000000000000000"
        "02"
        "0000000000000003"
        "0000000000000011"
        "abababababababababababababababababababababababababababababababab");
}

TEST_CASE("a signature is for one chain, epoch, type, view, sequence number and digest only") {
  const Vote vote = sample_vote();
  const InsecureSigner signer(1);
  const VoteSignature signature = signer.sign(vote_bytes(kGenesis, vote));
  const InsecureVerifier verifier;
  CHECK(verifier.verify(signer.key(), vote_bytes(kGenesis, vote), signature));
  const std::function<void(Vote&)> changes[] = {
      [](Vote& v) { v.type = VoteType::kPrepare; },
      [](Vote& v) { v.epoch = 1; },
      [](Vote& v) { v.view = 4; },
      [](Vote& v) { v.seq = 18; },
      [](Vote& v) { v.digest[31] ^= 1; },
  };
  for (const auto& change : changes) {
    Vote other = vote;
    change(other);
    CHECK_FALSE(verifier.verify(signer.key(), vote_bytes(kGenesis, other), signature));
  }
  CHECK_FALSE(verifier.verify(signer.key(), vote_bytes(Hash32{}, vote), signature));
}

TEST_CASE("certificates: round trip and every way to be refused (pitfall 2)") {
  const ValidatorSet set = make_set(4);
  const QuorumCert good = certify(sample_vote(), {3, 0, 1});
  CHECK(reason_of(good, set) == "");
  CHECK(good.signers == 0b1011);
  const Bytes bytes = encode(good);
  CHECK(decode_certificate(bytes).value() == good);

  CHECK(reason_of(certify(sample_vote(), {0, 1}), set) == "no_quorum");
  CHECK(reason_of(certify(sample_vote(), {0, 1, 5}), set) == "unknown_signer");
  CHECK(reason_of(good, make_set(4, 1)) == "wrong_epoch");
  CHECK(reason_of(good, set, Hash32{}) == "bad_signature");
  QuorumCert bad = good;
  bad.signatures[1][7] ^= 1;
  CHECK(reason_of(bad, set) == "bad_signature");
  bad = good;
  bad.signers = 0b0111;  // the same signatures under other names
  CHECK(reason_of(bad, set) == "bad_signature");
  bad = good;
  bad.signatures.pop_back();
  CHECK(reason_of(bad, set) == "no_quorum");
  bad = good;
  bad.vote.seq += 1;
  CHECK(reason_of(bad, set) == "bad_signature");
}

TEST_CASE("certificates of the largest set: every bit of the map is a member's") {
  const ValidatorSet set = make_set(kMaxValidators);
  Vote vote = sample_vote();
  std::vector<SignedBy> signatures;
  for (NodeIndex i = kMaxValidators - 1; signatures.size() < set.quorum(); --i) {
    signatures.emplace_back(i, InsecureSigner(i).sign(vote_bytes(kGenesis, vote)));
  }
  CHECK(reason_of(make_certificate(vote, signatures), set) == "");
  signatures.pop_back();
  CHECK(reason_of(make_certificate(vote, signatures), set) == "no_quorum");
}

TEST_CASE("what replicas prove to each other travels: certificates of all three vote types") {
  for (const VoteType type : {VoteType::kPrepare, VoteType::kCommit, VoteType::kCheckpoint}) {
    Vote vote = sample_vote();
    vote.type = type;
    const QuorumCert certificate = certify(vote, {0, 2, 3});
    const Bytes bytes = encode(certificate);
    CHECK(bytes.size() == encoded_size(certificate));
    const auto decoded = decode_certificate(bytes);
    REQUIRE(decoded.ok());
    CHECK(*decoded == certificate);
  }
}

TEST_CASE("the certificate decoder takes no byte more or less and no other vote type") {
  const Bytes bytes = encode(certify(sample_vote(), {0, 1, 2}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_certificate(ByteView(bytes).first(size)).ok());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode_certificate(longer).ok());
  Bytes other = bytes;
  other[8] = 5;  // VIEW-CHANGE votes are never certified
  CHECK_FALSE(decode_certificate(other).ok());
}

TEST_CASE("secp256k1 votes: deterministic, verified against the named key only") {
  crypto::SeededRandom random(1);
  const Secp256k1Signer a(crypto::SigningKey::generate(random));
  const Secp256k1Signer b(crypto::SigningKey::generate(random));
  const VoteBytes message = vote_bytes(kGenesis, sample_vote());
  const VoteSignature signature = a.sign(message);
  CHECK(a.sign(message) == signature);
  Secp256k1Verifier verifier;
  CHECK(verifier.verify(a.key(), message, signature));  // unknown key: parsed on the fly
  const auto set = ValidatorSet::make(
      0, {a.key(), b.key(), Secp256k1Signer(crypto::SigningKey::generate(random)).key(),
          Secp256k1Signer(crypto::SigningKey::generate(random)).key()});
  CHECK(verifier.add(set.value()).ok());
  CHECK(verifier.verify(a.key(), message, signature));
  CHECK_FALSE(verifier.verify(b.key(), message, signature));
  VoteBytes other = message;
  other[50] ^= 1;
  CHECK_FALSE(verifier.verify(a.key(), other, signature));
  CHECK_FALSE(Secp256k1Verifier{}.add(make_set(4)).ok());  // those are no curve points
}
