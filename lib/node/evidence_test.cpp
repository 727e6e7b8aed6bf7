// Three honest nodes and a member that lies: what they keep, what they show, what it proves
//
#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <doctest/doctest.h>

#include <atomic>
#include <sstream>

#include "consensus/messages.h"
#include "ledger/evidence.h"
#include "node/evidence_log.h"
#include "node/frames.h"
#include "node/limits.h"
#include "node/testing.h"
#include "quorum/secp256k1_votes.h"

namespace emr::node {
namespace {

using namespace testing;
using quorum::Vote;
using quorum::VoteType;

constexpr std::uint32_t kLiar = 3;

/// Member 3 as far as the network sees it: its keys, and no protocol.
class Liar final : public net::MeshHandler {
 public:
  explicit Liar(const ledger::Genesis& genesis) : genesis_(genesis) {
    net::MeshOptions options;
    options.chain = genesis.hash;
    options.self = kLiar;
    for (const ledger::Institution& member : genesis.institutions) {
      const std::size_t colon = member.node.peer.rfind(':');
      options.peers.push_back(
          {member.id, member.node.transport_key, member.node.peer.substr(0, colon),
           static_cast<std::uint16_t>(std::stoi(member.node.peer.substr(colon + 1)))});
    }
    options.listen_port = options.peers[kLiar].port;
    const std::string id = institution_id(kLiar);
    auto started = net::Mesh::start(options, crypto::Secret32(hash_of(id + " transport")), *this);
    REQUIRE(started.ok());
    mesh_ = *std::move(started);
  }
  void on_connected(net::PeerIndex peer) override {
    if (peer == 0) reached_ = true;
  }
  void on_disconnected(net::PeerIndex, std::string_view) override {}
  void on_frame(net::PeerIndex, Bytes) override {}
  void on_refused(std::string_view, std::string_view) override {}

  bool reached() const { return reached_; }

  /// A vote of ours to node 0, signed with the key of that name.
  void vote(VoteType type, std::string_view block, std::string_view key) {
    const Vote vote{type, 0, genesis_.primary_index(), 1, hash_of(block)};
    const quorum::Secp256k1Signer signer(key_of(key));
    const consensus::VoteMessage message{vote, kLiar,
                                         signer.sign(quorum::vote_bytes(genesis_.hash, vote))};
    mesh_->send(0, net::Lane::kConsensus, consensus_frame(consensus::encode(message)));
  }

 private:
  const ledger::Genesis& genesis_;
  std::atomic<bool> reached_{false};
  std::unique_ptr<net::Mesh> mesh_;
};

std::vector<std::string> evidence_lines(Consortium& net, const Json& query) {
  std::vector<std::string> lines;
  std::istringstream body(net.query(0, "hosp-a admin", query).body);
  for (std::string line; std::getline(body, line);) {
    if (Json::parse(line).at("type") == "emr.evidence") lines.push_back(line);
  }
  return lines;
}

TEST_CASE("node: what a lying member signed is kept, shown, and proves its guilt offline (R-064)") {
  Consortium net;
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  Liar liar(net.genesis);
  REQUIRE(Consortium::within_ten_seconds([&] { return liar.reached(); }));
  for (const char* block : {"one", "another", "a third"}) {
    liar.vote(VoteType::kPrepare, block, "hosp-d vote");
    liar.vote(VoteType::kCommit, block, "hosp-d vote");
  }
  liar.vote(VoteType::kPrepare, "forged", "hosp-b vote");
  const Json query = {{"kind", "evidence"}};
  REQUIRE(Consortium::within_ten_seconds([&] { return evidence_lines(net, query).size() >= 3; }));
  net.nodes[0].reset();  // it outlives the process
  net.start(0);
  std::size_t blamed = 0;
  std::size_t unproven = 0;
  for (const std::string& line : evidence_lines(net, query)) {
    CAPTURE(line);
    const auto evidence = ledger::parse_evidence(line, net.genesis);
    REQUIRE(evidence.ok());
    CHECK(evidence->culprit == "hosp-d");
    CHECK(evidence->node == "hosp-a");
    const auto verdict = ledger::verify_evidence(*evidence, net.genesis);
    if (evidence->kind == ledger::EvidenceKind::kEquivocation) {
      CHECK(verdict.ok());
      ++blamed;
    } else {
      CHECK(evidence->kind == ledger::EvidenceKind::kBadSignature);
      CHECK(verdict.error().reason == "unproven");
      ++unproven;
    }
  }
  CHECK(blamed == 2);  // one PREPARE pair, one COMMIT pair
  CHECK(unproven == 1);
  CHECK(evidence_lines(net, {{"kind", "evidence"}, {"proven", true}}).size() == 2);
  CHECK(evidence_lines(net, {{"kind", "evidence"}, {"member", "hosp-b"}}).empty());
}

TEST_CASE("evidence log: bounded for each member, over restarts, and nobody pushes out another") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("emr-evidence-" + std::to_string(::getpid())))
          .string();
  std::filesystem::remove_all(path);
  const auto vote = [](std::uint32_t member, std::uint64_t height, std::string_view digest) {
    consensus::VoteMessage message;
    message.vote = {VoteType::kCommit, 0, 0, height, hash_of(digest)};
    message.sender = member;
    return message;
  };
  const auto pair = [&](std::uint32_t member, std::uint64_t height) {
    consensus::Evidence found;
    found.culprit = member;
    found.kind = "commit";
    found.seq = height;
    found.first = consensus::encode_signed_vote(vote(member, height, "a"));
    found.second = consensus::encode_signed_vote(vote(member, height, "b"));
    return found;
  };
  {
    const auto store = store::Store::open(path);
    REQUIRE(store.ok());
    EvidenceLog log;
    log.load(*(*store)->snapshot());
    store::WriteBatch batch;
    std::size_t kept = 0;
    for (std::uint64_t height = 1; height <= 500; ++height) {
      kept += log.add(batch, pair(1, height), 7) ? 1U : 0U;
      log.add_unproven(batch, 1, vote(1, height, "c"), 7);
    }
    CHECK(kept == kProofsPerMemberMax);
    CHECK(!log.add(batch, pair(1, 1), 7));
    CHECK(log.add(batch, pair(2, 1), 7));
    REQUIRE((*store)->apply(batch).ok());
  }
  const auto store = store::Store::open(path);
  REQUIRE(store.ok());
  EvidenceLog log;
  log.load(*(*store)->snapshot());
  store::WriteBatch batch;
  CHECK(!log.add(batch, pair(1, 9'999), 7));
  CHECK(log.add(batch, pair(3, 1), 7));
  std::size_t proofs = 0;
  std::size_t unproven = 0;
  std::uint64_t last = 0;
  EvidenceLog::visit(*(*store)->snapshot(), [&](const ledger::Evidence& evidence) {
    (evidence.kind == ledger::EvidenceKind::kBadSignature ? unproven : proofs) += 1;
    CHECK(evidence.vote.seq >= last);
    last = evidence.vote.seq;
    CHECK(evidence.seen == 7);
    return true;
  });
  CHECK(proofs == kProofsPerMemberMax + 1);
  CHECK(unproven == kUnprovenPerMemberMax);
  std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace emr::node
