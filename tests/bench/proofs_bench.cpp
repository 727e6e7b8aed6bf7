// bench-proofs: what an auditor pays for one exported receipt when the consortium has changed its
// members twenty times since the genesis: for the first line, and for every other one.
#include "figure.h"
#include "ledger/proof.h"
#include "ledger/testing_methods.h"

namespace {

using namespace emr;
using namespace emr::ledger;

constexpr quorum::Epoch kEpochs = 20;
constexpr std::size_t kMembers = 4;

/// The first member has a new key in every epoch.
std::string key_name(quorum::Epoch epoch, std::size_t member) {
  const std::string name = testing::institution_id(member) + " vote";
  return member == 0 && epoch > 0 ? name + std::to_string(epoch) : name;
}

std::vector<quorum::VoteKey> keys_of(quorum::Epoch epoch) {
  std::vector<quorum::VoteKey> keys;
  for (std::size_t i = 0; i < kMembers; ++i) {
    keys.push_back(testing::key_of(key_name(epoch, i)).public_key());
  }
  return keys;
}

BlockHeader header_of(const Genesis& genesis, quorum::Epoch epoch, std::uint64_t height,
                      quorum::Epoch next) {
  BlockHeader header;
  header.genesis = genesis.hash;
  header.epoch = epoch;
  header.height = height;
  header.next_validators = quorum::ValidatorSet::make(next, keys_of(next))->hash();
  return header;
}

Bytes certify(const BlockHeader& header) {
  std::vector<std::pair<quorum::NodeIndex, std::string>> signers;
  for (quorum::NodeIndex i = 0; i < 3; ++i) signers.emplace_back(i, key_name(header.epoch, i));
  return testing::certify_by(header, header.genesis, signers);
}

Proof make_story(const Genesis& genesis) {
  std::vector<EpochLink> ends;
  for (quorum::Epoch epoch = 0; epoch < kEpochs; ++epoch) {
    const BlockHeader header = header_of(genesis, epoch, 10 * (epoch + 1), epoch + 1);
    ends.push_back({header, certify(header), keys_of(epoch + 1)});
  }
  const auto tx = testing::verified_note("alice", 1, genesis.chain());
  const std::vector<std::string> entries{tx->entry()};
  const std::vector<std::string> receipts{
      encode_receipt({tx->txid(), ReceiptStatus::kOk, "", "{}"})};
  BlockHeader header = header_of(genesis, kEpochs, 10 * kEpochs + 5, kEpochs);
  header.tx_root = entries_root(entries);
  header.receipt_root = receipts_root(receipts);
  return make_proof(header, entries, receipts, 0, certify(header), std::move(ends));
}

}  // namespace

int main() {
  const Genesis genesis = testing::make_genesis();
  const std::string line = encode_proof(make_story(genesis));
  const auto milliseconds = [&](EpochChain* known) {
    return 1e3 / bench::per_second([&] {
             const auto proof = parse_proof(line);
             EMR_CHECK(proof.ok());
             EpochChain fresh(genesis);
             EMR_CHECK(verify_proof(*proof, known != nullptr ? *known : fresh,
                                    testing::toy_methods())
                           .ok());
           });
  };
  bench::figure("consensus.proof_verify_20_epochs_first", milliseconds(nullptr), "ms");
  EpochChain known(genesis);
  bench::figure_with_most("consensus.proof_verify_20_epochs_next", milliseconds(&known), "ms", 1,
                          1);
  return 0;
}
