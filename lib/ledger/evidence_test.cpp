// Evidence: what blames, what does not, and that nobody can be blamed with what he did not sign.
#include "ledger/evidence.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "json/json.h"
#include "ledger/testing.h"

namespace emr::ledger {
namespace {

using quorum::Vote;
using quorum::VoteType;
using testing::hash_of;

quorum::VoteSignature sign(const Genesis& genesis, std::size_t member, const Vote& vote) {
  const quorum::Secp256k1Signer signer(testing::key_of(testing::institution_id(member) + " vote"));
  return signer.sign(quorum::vote_bytes(genesis.hash, vote));
}

/// Member 1 signs two digests at view 3, height 17.
Evidence two_votes(const Genesis& genesis, VoteType type = VoteType::kCommit) {
  Evidence evidence;
  evidence.member = 1;
  evidence.culprit = "hosp-b";
  evidence.vote = {type, 0, type == VoteType::kCheckpoint ? 0U : 3U, 17, hash_of("one block")};
  evidence.signature = sign(genesis, 1, evidence.vote);
  Vote second = evidence.vote;
  second.digest = evidence.second_digest = hash_of("another block");
  evidence.second_signature = sign(genesis, 1, second);
  evidence.node = "hosp-a";
  evidence.seen = testing::kStart;
  return evidence;
}

std::string reason_of(const Evidence& evidence, const Genesis& genesis) {
  const auto verdict = verify_evidence(evidence, genesis);
  return verdict ? "" : verdict.error().reason;
}

TEST_CASE("evidence: two votes for one place blame their signer, offline (R-064)") {
  const Genesis genesis = testing::make_genesis();
  for (const VoteType type :
       {VoteType::kPrepare, VoteType::kCommit, VoteType::kCheckpoint, VoteType::kPrePrepare}) {
    CAPTURE(vote_type_name(type));
    const std::string line = encode_evidence(two_votes(genesis, type), genesis);
    const auto parsed = parse_evidence(line, genesis);
    REQUIRE(parsed.ok());
    const auto blame = verify_evidence(*parsed, genesis);
    REQUIRE(blame.ok());
    CHECK(blame->founder == "hosp-b");
    CHECK(encode_evidence(*parsed, genesis) == line);
  }
}

TEST_CASE("evidence: nobody is blamed by what does not conflict or was not signed") {
  const Genesis genesis = testing::make_genesis();
  Evidence evidence = two_votes(genesis);
  std::string_view expected;
  SUBCASE("another member") {
    evidence.member = 2;
    evidence.culprit = "hosp-c";
    expected = "signature";
  }
  SUBCASE("another institution's name") {
    evidence.culprit = "hosp-c";
    expected = "culprit";
  }
  SUBCASE("a changed digest") {
    evidence.second_digest = hash_of("forged");
    expected = "signature";
  }
  SUBCASE("a changed height") {
    evidence.vote.seq = 18;
    expected = "signature";
  }
  SUBCASE("the same vote twice") {
    evidence.second_digest = evidence.vote.digest;
    evidence.second_signature = evidence.signature;
    expected = "no_conflict";
  }
  SUBCASE("two view changes: a restart makes another one") {
    evidence = two_votes(genesis, VoteType::kViewChange);
    expected = "no_conflict";
  }
  SUBCASE("an epoch that the genesis does not know") {
    evidence.vote.epoch = 1;
    expected = "unknown_epoch";
  }
  SUBCASE("a member that does not exist") {
    evidence.member = 9;
    expected = "unknown_member";
  }
  CHECK(reason_of(evidence, genesis) == expected);
}

TEST_CASE("evidence: a proposal by another than the primary blames, one by the primary not") {
  const Genesis genesis = testing::make_genesis();
  Evidence evidence = two_votes(genesis, VoteType::kPrePrepare);
  evidence.kind = EvidenceKind::kNotPrimary;
  CHECK(reason_of(evidence, genesis).empty());  // the primary of view 3 is member 3
  evidence.vote.view = 5;
  evidence.signature = sign(genesis, 1, evidence.vote);
  CHECK(reason_of(evidence, genesis) == "is_primary");
  evidence.vote.view = 3;
  evidence.vote.type = VoteType::kPrepare;
  evidence.signature = sign(genesis, 1, evidence.vote);
  CHECK(reason_of(evidence, genesis) == "is_primary");
}

TEST_CASE("evidence: a signature that does not verify proves nothing, whatever the line says") {
  const Genesis genesis = testing::make_genesis();
  Evidence evidence = two_votes(genesis);
  evidence.kind = EvidenceKind::kBadSignature;
  const std::string line = encode_evidence(evidence, genesis);
  CHECK(line.find("\"proof\":false") != std::string::npos);
  CHECK(reason_of(*parse_evidence(line, genesis), genesis) == "unproven");
  std::string boast = line;
  boast.replace(boast.find("\"proof\":false"), 13, "\"proof\":true");
  CHECK(parse_evidence(boast, genesis).error().pointer == "/proof");
}

TEST_CASE("evidence: malformed lines are refused with their place") {
  const Genesis genesis = testing::make_genesis();
  const nlohmann::json good = nlohmann::json::parse(encode_evidence(two_votes(genesis), genesis));
  struct Row {
    const char* pointer;
    nlohmann::json value;
  };
  const std::vector<Row> rows = {{"/kind", "rumour"},
                                 {"/message", "reply"},
                                 {"/view", "-1"},
                                 {"/height", 17},
                                 {"/member", 64},
                                 {"/first/digest", "00"},
                                 {"/second/signature", "0"},
                                 {"/seen", "today"},
                                 {"/extra", 1}};
  for (const Row& row : rows) {
    CAPTURE(std::string(row.pointer));
    nlohmann::json bad = good;
    bad[nlohmann::json::json_pointer(row.pointer)] = row.value;
    const auto parsed = parse_evidence(bad.dump(), genesis);
    REQUIRE(!parsed.ok());
    CHECK(parsed.error().code == Code::kData);
    CHECK(parsed.error().pointer == row.pointer);
  }
  Genesis other = testing::make_genesis(5);
  CHECK(parse_evidence(good.dump(), other).error().reason == "genesis");
}

TEST_CASE("evidence: a member that came later is blamed by its key, reached from the genesis") {
  const Genesis genesis = testing::make_genesis();
  std::vector<quorum::VoteKey> next;
  for (const char* name : {"hosp-a vote", "hosp-b vote", "hosp-c vote", "hosp-d vote", "e"}) {
    next.push_back(testing::key_of(name).public_key());
  }
  EpochLink link;
  link.header.genesis = genesis.hash;
  link.header.height = 10;
  link.header.next_validators = quorum::ValidatorSet::make(1, next).value().hash();
  link.certificate = testing::certify(link.header, genesis, {0, 1, 2});
  link.next = next;
  Evidence evidence = two_votes(genesis);
  evidence.vote.epoch = 1;
  evidence.member = 4;
  evidence.culprit = "hosp-a";  // whatever the line says, the key is not that founder's
  const quorum::Secp256k1Signer signer(testing::key_of("e"));
  Vote second = evidence.vote;
  second.digest = evidence.second_digest;
  evidence.signature = signer.sign(quorum::vote_bytes(genesis.hash, evidence.vote));
  evidence.second_signature = signer.sign(quorum::vote_bytes(genesis.hash, second));
  CHECK(reason_of(evidence, genesis) == "unknown_epoch");
  evidence.epochs = {link};
  const auto parsed = parse_evidence(encode_evidence(evidence, genesis), genesis);
  REQUIRE(parsed.ok());
  const auto blame = verify_evidence(*parsed, genesis);
  REQUIRE(blame.ok());
  CHECK(blame->key == next[4]);
  CHECK(!blame->founder.has_value());
  evidence.epochs[0].certificate = testing::certify(link.header, genesis, {0, 1});
  CHECK(reason_of(evidence, genesis) == "epoch_chain");
}

TEST_CASE("evidence: the worked example of FORMAT.md section 12") {
  std::ifstream file(EMR_SOURCE_DIR "/lib/ledger/FORMAT.md");
  std::ostringstream document;
  document << file.rdbuf();
  Genesis genesis = testing::make_genesis();
  genesis.hash = hash_of("example genesis");
  const std::string line = encode_evidence(two_votes(genesis), genesis);
  CAPTURE(line);
  CHECK(document.str().find(line) != std::string::npos);
}

}  // namespace
}  // namespace emr::ledger
