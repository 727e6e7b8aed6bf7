#include "offline_proof.h"

#include "contracts/contracts.h"
#include "ledger/application.h"
#include "ledger/merkle.h"

namespace emr::query {

namespace {

Error does_not_hold(std::string what, std::uint64_t height) {
  return fail(Code::kNegative, "block " + std::to_string(height) + " of the copy " + what)
      .with_reason("corrupt")
      .with_hint("emr-query verify --ledger names everything that does not hold");
}

Result<ledger::Block> read_block(const store::Snapshot& copy, std::uint64_t height) {
  const auto bytes = copy.block(height);
  const bool is_on_its_way = copy.get_raw(store::Table::kMeta, as_bytes("history")).has_value();
  if (!bytes && is_on_its_way) {
    return fail(Code::kTempFail, "the copy is of a member that joined by a snapshot, and lacks "
                                 "blocks that its last checkpoint is proved with")
        .with_reason("history")
        .with_hint("copy another member's ledger, or this one's when it has fetched its history");
  }
  if (!bytes) return does_not_hold("is missing", height);
  auto block = ledger::decode_block(*bytes);
  if (!block) return does_not_hold("cannot be read", height);
  return *std::move(block);
}

Result<ledger::BlockHeader> last_checkpoint(const store::Snapshot& copy, std::uint64_t tip) {
  for (std::uint64_t height = tip; height > 0; --height) {
    EMR_ASSIGN(const ledger::Block block, read_block(copy, height));
    if (block.header.state_root != Hash32{}) return block.header;
  }
  return fail(Code::kTempFail, "the copy holds no checkpoint yet").with_reason("no_checkpoint");
}

/// The state after this height, by executing every block up to it.
Result<ledger::MapState> execute_to(const store::Snapshot& copy, const ledger::Genesis& trusted,
                                    std::uint64_t height) {
  const contracts::Contracts contracts;
  const ledger::ChainId chain = trusted.chain();
  const auto founded = ledger::Application::found(trusted, contracts);
  ledger::MapState state;
  state.apply(founded.first);
  ledger::Application application(trusted, contracts, state, founded.second);
  for (std::uint64_t at = 1; at <= height; ++at) {
    EMR_ASSIGN(ledger::Block block, read_block(copy, at));
    std::vector<ledger::Transaction> entries;
    for (const std::string& entry : block.entries) {
      auto parsed = ledger::parse_entry(entry, contracts.methods());
      if (!parsed) return does_not_hold("holds an entry that cannot be read", at);
      entries.push_back(*std::move(parsed));
    }
    std::vector<ledger::VerifiedPtr> transactions;
    for (auto& verified : ledger::verify_transactions(std::move(entries), chain)) {
      if (!verified) return does_not_hold("holds an entry with a wrong signature", at);
      transactions.push_back(*std::move(verified));
    }
    const auto executed = application.validate(std::move(block), transactions);
    if (!executed) return does_not_hold("gives other results", at);
    state.apply((*executed)->writes);
    application.commit((*executed)->hash);
  }
  return state;
}

Result<ledger::StateProof> prove_in(const ledger::StateReader& state,
                                    const ledger::BlockHeader& header, std::string_view key) {
  const ledger::StateTree tree = ledger::StateTree::of(state);
  if (tree.root() != header.state_root) {
    return does_not_hold("names another state than the copy's", header.height);
  }
  const ledger::MerkleTree merkle(tree.leaves());
  ledger::StateProof proof;
  proof.header = header;
  proof.key = key;
  proof.value = state.get(key);
  proof.number = tree.chunk_of(key);
  proof.chunk = tree.chunk(proof.number);
  proof.chunks = tree.leaves().size();
  proof.path = merkle.path(proof.number);
  return proof;
}

}  // namespace

Result<ledger::StateProof> prove_from_copy(const store::Snapshot& copy,
                                           const ledger::Genesis& trusted, std::string_view key) {
  const auto genesis = copy.genesis();
  if (!genesis || *genesis != ledger::encode_genesis(trusted)) {
    return fail(Code::kConfig, "the copy is of another chain than the genesis file")
        .with_reason("wrong_chain");
  }
  EMR_ASSIGN(const auto tip, copy.tip());
  const std::uint64_t height = tip ? tip->height : 0;
  EMR_ASSIGN(const ledger::BlockHeader header, last_checkpoint(copy, height));
  ledger::StateProof proof;
  if (header.height == height) {
    EMR_ASSIGN(proof, prove_in(copy, header, key));
  } else {
    EMR_ASSIGN(const ledger::MapState state, execute_to(copy, trusted, header.height));
    EMR_ASSIGN(proof, prove_in(state, header, key));
  }
  auto certificate = copy.certificate(header.height);
  if (!certificate) return does_not_hold("has no certificate", header.height);
  proof.certificate = *std::move(certificate);
  EMR_ASSIGN(proof.epochs, copy.epoch_links(header.epoch));
  return proof;
}

}  // namespace emr::query
