// The chain of epochs: from the genesis alone to any later set of validators, and no other way in
// (field/ledger.md pitfalls 14, 15). Method: four epochs with real keys, one change each.
#include "ledger/epochs.h"

#include <doctest/doctest.h>

#include <functional>

#include "ledger/application.h"
#include "ledger/proof.h"
#include "ledger/testing_methods.h"
#include "quorum/limits.h"

namespace emr::ledger {
namespace {

using Names = std::vector<std::string>;

std::vector<quorum::VoteKey> keys_of(const Names& names) {
  std::vector<quorum::VoteKey> keys;
  for (const std::string& name : names) keys.push_back(testing::key_of(name).public_key());
  return keys;
}

quorum::ValidatorSet set_of(quorum::Epoch epoch, const Names& names) {
  return quorum::ValidatorSet::make(epoch, keys_of(names)).value();
}

/// The first q of the set certify.
Bytes certify_all(const BlockHeader& header, const Hash32& genesis, const Names& names) {
  const std::size_t quorum = set_of(header.epoch, names).quorum();
  std::vector<std::pair<quorum::NodeIndex, std::string>> signers;
  for (quorum::NodeIndex i = 0; i < quorum; ++i) signers.emplace_back(i, names[i]);
  return testing::certify_by(header, genesis, signers);
}

struct Story {
  Genesis genesis = testing::make_genesis();
  std::vector<Names> sets{{"hosp-a vote", "hosp-b vote", "hosp-c vote", "hosp-d vote"},
                          {"hosp-a vote", "hosp-b vote", "hosp-c vote", "hosp-d vote", "e"},
                          {"hosp-b vote", "hosp-c vote", "hosp-d vote", "e"},
                          {"hosp-b vote", "hosp-c vote", "new d", "e"}};

  EpochLink link(std::size_t epoch, std::uint64_t height) const {
    EpochLink link;
    link.header.genesis = genesis.hash;
    link.header.epoch = epoch;
    link.header.height = height;
    link.header.next_validators = set_of(epoch + 1, sets[epoch + 1]).hash();
    link.certificate = certify_all(link.header, genesis.hash, sets[epoch]);
    link.next = keys_of(sets[epoch + 1]);
    return link;
  }
  /// A proof about a block of the last epoch.
  Proof proof() const {
    BlockHeader header;
    const auto tx = testing::verified_note("alice", 1, genesis.chain());
    const std::vector<std::string> entries{tx->entry()};
    const std::vector<std::string> receipts{
        encode_receipt({tx->txid(), ReceiptStatus::kOk, "", "{}"})};
    header.genesis = genesis.hash;
    header.epoch = 3;
    header.height = 40;
    header.tx_root = entries_root(entries);
    header.receipt_root = receipts_root(receipts);
    header.next_validators = set_of(3, sets[3]).hash();
    return make_proof(header, entries, receipts, 0, certify_all(header, genesis.hash, sets[3]),
                      {link(0, 10), link(1, 20), link(2, 30)});
  }
};

std::string reason_of(const Proof& proof, const Genesis& genesis) {
  const auto proven = verify_proof(proof, genesis, testing::toy_methods());
  return proven ? "" : proven.error().reason;
}

TEST_CASE("epochs: a receipt of a later epoch is proven from the genesis alone") {
  const Story story;
  const Proof proof = story.proof();
  const auto parsed = parse_proof(encode_proof(proof));
  REQUIRE(parsed.ok());
  CHECK(encode_proof(*parsed) == encode_proof(proof));
  const auto proven = verify_proof(*parsed, story.genesis, testing::toy_methods());
  REQUIRE(proven.ok());
  CHECK(proven->height == 40);
}

TEST_CASE("epochs: whatever is changed about the chain, the proof fails") {
  struct Case {
    const char* reason;
    std::function<void(Proof&, const Story&)> spoil;
  };
  const Case cases[] = {
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs.pop_back(); }},
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs.erase(p.epochs.begin()); }},
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs.push_back(p.epochs.back()); }},
      {"epoch_chain", [](Proof& p, const Story&) { std::swap(p.epochs[0], p.epochs[1]); }},
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs[1].next[0][5] ^= 1; }},
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs[1].next.pop_back(); }},
      {"epoch_chain", [](Proof& p, const Story&) { p.epochs[1].header.time += 1; }},
      {"epoch_chain", [](Proof& p, const Story& s) { p.epochs[1] = s.link(1, 10); }},
      {"height", [](Proof& p, const Story& s) { p.epochs[2] = s.link(2, 41); }},
      // The new set certifies itself.
      {"epoch_chain",
       [](Proof& p, const Story& s) {
         p.epochs[2].certificate =
             certify_all(p.epochs[2].header, s.genesis.hash, {"x", "y", "z", "w"});
         p.epochs[2].next = keys_of({"x", "y", "z", "w"});
       }},
      // The set of the last epoch, or of the first, is not the one of this block.
      {"no_quorum",
       [](Proof& p, const Story& s) {
         p.certificate = testing::certify_by(p.header, s.genesis.hash,
                                             {{0, "hosp-b vote"}, {1, "hosp-c vote"}});
       }},
      {"bad_signature",
       [](Proof& p, const Story& s) {
         p.certificate = certify_all(p.header, s.genesis.hash, s.sets[2]);
       }},
      {"epoch_chain", [](Proof& p, const Story&) { p.header.epoch = 0; }},
  };
  const Story story;
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    CAPTURE(i);
    Proof bad = story.proof();
    cases[i].spoil(bad, story);
    CHECK(reason_of(bad, story.genesis) == cases[i].reason);
    EpochChain known(story.genesis);
    REQUIRE(verify_proof(story.proof(), known, testing::toy_methods()).ok());
    CHECK_FALSE(verify_proof(bad, known, testing::toy_methods()).ok());
    CHECK(verify_proof(story.proof(), known, testing::toy_methods()).ok());  // as before
  }
}

TEST_CASE("epochs: an end that is known holds by a certificate of other members too") {
  const Story story;
  EpochChain known(story.genesis);
  REQUIRE(verify_proof(story.proof(), known, testing::toy_methods()).ok());
  Proof other = story.proof();
  EpochLink& end = other.epochs[1];
  end.certificate = testing::certify_by(
      end.header, story.genesis.hash,
      {{1, "hosp-b vote"}, {2, "hosp-c vote"}, {3, "hosp-d vote"}, {4, "e"}});
  CHECK(verify_proof(other, known, testing::toy_methods()).ok());
  end.certificate.back() ^= 1;
  CHECK_FALSE(verify_proof(other, known, testing::toy_methods()).ok());
}

TEST_CASE("epochs: votes of one epoch are worth nothing in another, even by the same keys") {
  const Story story;
  const BlockHeader header = story.proof().header;
  Proof proof = story.proof();
  // Signed by the right members, but as votes of the epoch before.
  const quorum::Vote vote{quorum::VoteType::kCommit, 2, 0, header.height, block_hash(header)};
  std::vector<quorum::SignedBy> signatures;
  for (quorum::NodeIndex i = 0; i < 3; ++i) {
    const quorum::Secp256k1Signer signer(testing::key_of(story.sets[3][i]));
    signatures.emplace_back(i, signer.sign(quorum::vote_bytes(story.genesis.hash, vote)));
  }
  proof.certificate = quorum::encode(quorum::make_certificate(vote, signatures));
  CHECK(reason_of(proof, story.genesis) == "wrong_epoch");
}

TEST_CASE("epochs: links round trip and refuse every truncation") {
  const Bytes bytes = encode_link(Story().link(0, 10));
  const auto link = decode_link(bytes);
  REQUIRE(link.ok());
  CHECK(encode_link(*link) == bytes);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    CHECK_FALSE(decode_link(ByteView(bytes).first(size)).ok());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode_link(longer).ok());
}

// --- the application -----------------------------------------------------------------------------

/// notes.touch adds a validator.
class Growing final : public Executor {
 public:
  const MethodTable& methods() const override { return testing::toy_methods(); }
  void found(Overlay& state, const Genesis&) const override { state.put("epoch", "0"); }
  void begin_block(Overlay&, const BlockContext&) const override {}
  void end_block(Overlay&, const BlockContext&) const override {}
  Receipt execute(Overlay& state, const VerifiedTransaction& tx,
                  const BlockContext&) const override {
    if (tx.core().method == "touch") {
      state.put("epoch", std::to_string(std::stoull(*state.get("epoch")) + 1));
    }
    return {tx.txid(), ReceiptStatus::kOk, "", "{}"};
  }
  Status admit(const StateReader&, const VerifiedTransaction&,
               const BlockContext&) const override {
    return {};
  }
  quorum::ValidatorSet validators(const StateReader& state, const Genesis&) const override {
    const auto epoch = std::stoull(*state.get("epoch"));
    Names names{"hosp-a vote", "hosp-b vote", "hosp-c vote", "hosp-d vote"};
    for (std::uint64_t i = 0; i < epoch; ++i) names.push_back("more " + std::to_string(i));
    return set_of(epoch, names);
  }
};

VerifiedPtr touch(std::uint8_t nonce, const ChainId& chain) {
  Core core;
  core.contract = "notes";
  core.method = "touch";
  core.from = testing::key_of("alice").address();
  core.nonce[0] = nonce;
  core.valid_until = testing::kStart + 3600;
  core.args = std::make_shared<const nlohmann::json>(nlohmann::json::object());
  auto tx = make_transaction(std::move(core), testing::toy_methods());
  EMR_CHECK(tx.ok() && sign_transaction(*tx, chain, testing::key_of("alice")).ok());
  return verify_transaction(*std::move(tx), chain).value();
}

TEST_CASE("application: a change of the validators is the last of its block and names the next") {
  const Genesis genesis = testing::make_genesis();
  const ChainId chain = genesis.chain();
  const Growing executor;
  MapState state;
  auto [writes, tip] = Application::found(genesis, executor);
  state.apply(writes);
  Application app(genesis, executor, state, tip);
  const auto note = [&](std::uint8_t nonce) { return testing::verified_note("a", nonce, chain); };
  const std::vector<VerifiedPtr> candidates{note(1), touch(2, chain), note(3)};
  const auto built = app.build(candidates, {1, 0, testing::kStart + 1, 0});
  CHECK(built->transactions.size() == 2);
  CHECK(built->block.header.epoch == 0);
  REQUIRE(built->next_validators.has_value());
  CHECK(built->block.header.next_validators == built->next_validators->hash());

  // A block that goes on behind it is refused, whoever signed it.
  Block longer = built->block;
  longer.entries.push_back(candidates[2]->entry());
  const auto refused = app.validate(longer, candidates);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().reason == "not_last");

  app.commit(built->hash);
  state.apply(built->writes);
  CHECK(app.validators().epoch() == 1);
  CHECK(app.validators().size() == 5);
  const auto next = app.build({note(3)}, {2, 1, testing::kStart + 2, 4});
  CHECK(next->block.header.epoch == 1);
  CHECK_FALSE(next->next_validators.has_value());
  CHECK(next->block.header.next_validators == app.validators().hash());
  Application restarted(genesis, executor, state, app.tip());
  CHECK(restarted.validators().hash() == app.validators().hash());
  CHECK(restarted.validate(next->block, {note(3)}).ok());
}

// --- one certificate -----------------------------------------------------------------------------

/// By the first q of the founders, for any vote.
Bytes certify_vote(const quorum::Vote& vote, const Story& story) {
  std::vector<quorum::SignedBy> signatures;
  for (quorum::NodeIndex i = 0; i < 3; ++i) {
    const quorum::Secp256k1Signer signer(testing::key_of(story.sets[0][i]));
    signatures.emplace_back(i, signer.sign(quorum::vote_bytes(story.genesis.hash, vote)));
  }
  return quorum::encode(quorum::make_certificate(vote, signatures));
}

TEST_CASE("certificate: COMMIT votes for this block at this height, and nothing else") {
  const Story story;
  BlockHeader header;
  header.genesis = story.genesis.hash;
  header.height = 7;
  const quorum::Vote vote{quorum::VoteType::kCommit, 0, 0, 7, block_hash(header)};
  const quorum::ValidatorSet founders = set_of(0, story.sets[0]);
  const auto reason = [&](const quorum::Vote& what, const BlockHeader& block) {
    const Status status =
        verify_certificate(block, certify_vote(what, story), story.genesis.hash, founders);
    return status ? "" : status.error().reason;
  };
  CHECK(reason(vote, header) == "");
  quorum::Vote other = vote;
  other.type = quorum::VoteType::kPrepare;  // prepared is not committed
  CHECK(reason(other, header) == "certificate");
  other.type = quorum::VoteType::kCheckpoint;
  CHECK(reason(other, header) == "certificate");
  other = vote;
  other.seq = 8;
  CHECK(reason(other, header) == "certificate");
  other = vote;
  other.digest[0] ^= 1;
  CHECK(reason(other, header) == "certificate");
  other = vote;
  other.view = 5;  // a block may be committed in a later view than its first
  CHECK(reason(other, header) == "");
  BlockHeader foreign = header;
  foreign.genesis[0] ^= 1;
  other.digest = block_hash(foreign);
  CHECK(reason(other, foreign) == "genesis");
  BlockHeader later = header;
  later.epoch = 1;
  other.digest = block_hash(later);
  CHECK(reason(other, later) == "epoch");
}

TEST_CASE("epochs: a successor is the set that the certified block names") {
  const Story story;
  EpochLink link = story.link(0, 10);
  const quorum::ValidatorSet founders = set_of(0, story.sets[0]);
  REQUIRE(successor(link, story.genesis.hash, founders).ok());
  link.next = keys_of({"x", "y", "z", "w"});
  CHECK(successor(link, story.genesis.hash, founders).error().reason == "next_validators");
}

TEST_CASE("epochs: the block that ends an epoch is its last, the next one the first of the next") {
  const Story story;
  EpochChain chain(story.genesis);
  REQUIRE(chain.extend(story.link(0, 10)).ok());
  const auto reason = [&](quorum::Epoch epoch, std::uint64_t height) {
    BlockHeader header;
    header.genesis = story.genesis.hash;
    header.epoch = epoch;
    header.height = height;
    const Status status =
        chain.check(header, certify_all(header, story.genesis.hash, story.sets[epoch]));
    return status ? "" : status.error().reason;
  };
  CHECK(reason(0, 10) == "");
  CHECK(reason(0, 11) == "height");
  CHECK(reason(1, 10) == "height");
  CHECK(reason(1, 11) == "");
  CHECK(reason(2, 12) == "unknown_epoch");
}

TEST_CASE("epochs: a link as it is made and read, with as many members as there may be") {
  const Story story;
  const EpochLink link = story.link(0, 10);
  const EpochLink made = make_link(link.header, link.certificate, set_of(1, story.sets[1]));
  CHECK(encode_link(made) == encode_link(link));
  EpochLink large = link;
  large.next.resize(quorum::kMaxValidators);
  CHECK(decode_link(encode_link(large)).ok());
  large.next.emplace_back();
  CHECK_FALSE(decode_link(encode_link(large)).ok());
}

}  // namespace
}  // namespace emr::ledger
