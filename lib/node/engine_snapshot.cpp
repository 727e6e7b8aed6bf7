// The engine's part in state transfer: what is certified, what becomes durable, what is told to the
// core (lib/node/state_transfer.h fetches).
#include "base/hex.h"
#include "node/engine.h"

namespace emr::node {

void Engine::act(const consensus::FetchSnapshot&) { host_->want_snapshot(); }

Status Engine::verify_certificate(const ledger::BlockHeader& header, ByteView bytes) const {
  EMR_ASSIGN(const quorum::QuorumCert certificate, quorum::decode_certificate(bytes));
  const quorum::ValidatorSet* set = validators_.find(header.epoch);
  if (set == nullptr) return fail(Code::kProtocol, "the validators of this epoch are not known");
  const quorum::Vote claimed{quorum::VoteType::kCommit, header.epoch, certificate.vote.view,
                             header.height, ledger::block_hash(header)};
  if (certificate.vote != claimed) return fail(Code::kProtocol, "a certificate of something else");
  return quorum::verify(certificate, *set, genesis_->hash, verifier_);
}

void Engine::snapshot_declined() { step(consensus::SnapshotDeclined{}); }

void Engine::fail_transfer(const Error& why) { stop(why); }

void Engine::put_old_block(store::WriteBatch& batch, const ledger::Block& block,
                           const OldBlock& raw) {
  store::CommittedBlock old;
  old.tip.height = block.header.height;
  const Bytes encoded = ledger::encode_block(block);
  std::vector<Hash32> txids;
  old.block = encoded;
  old.certificate = raw.certificate;
  old.receipts = raw.receipts;
  for (const std::string& entry : block.entries) {
    const auto tx = ledger::parse_entry(entry, executor_->methods());
    if (!tx) return log_->error("snapshot", "a certified block holds an entry we cannot read");
    txids.push_back(tx->txid);
    const bool lacks = !tx->core.payload.empty() &&
                       !store_->current().contains(store::Table::kSidecars, tx->txid);
    if (lacks) note_missing(batch, tx->txid);
  }
  old.txids = txids;
  store::put_old(batch, old);
}

/// One transaction: the stage becomes the state, and the block that certifies it becomes the tip.
/// The epoch may be a later one then, and the registrations others.
void Engine::install_snapshot(const ledger::Block& block, const OldBlock& raw,
                              ledger::StateTree tree, const ledger::StateReader& stage,
                              store::WriteBatch batch) {
  const ledger::BlockHeader& header = block.header;
  const quorum::ValidatorSet next = executor_->validators(stage, *genesis_);
  if (next.hash() != header.next_validators) {
    return stop(fail(Code::kInternal, "a certified state names other validators than its block")
                    .with_reason("diverged"));
  }
  const ledger::ChainTip tip{header.height, ledger::block_hash(header), header.writes_hash,
                             header.time};
  put_old_block(batch, block, raw);
  batch.install_stage();
  store::put_tip(batch, tip);
  if (next.epoch() > header.epoch) {
    store::put_epoch_link(batch, ledger::make_link(header, raw.certificate, next));
  }
  if (const Status durable = store_->apply(batch); !durable) return stop(durable.error());
  build_.reset();
  checking_.reset();
  arrived_.clear();
  kept_.clear();
  application_.restore(tip, std::move(tree));
  if (const Status can = application_.check_software(); !can) return stop(can.error());
  if (const Status known = load_epochs(); !known) return stop(known.error());
  host_->on_members_changed();  // and some may have renewed how they connect
  const auto first_view = first_view_of(epoch());
  if (!first_view) return stop(first_view.error());
  const auto decoded = quorum::decode_certificate(raw.certificate);
  EMR_CHECK(decoded.ok());  // it was verified
  step(consensus::SnapshotInstalled{
      {tip.height, tip.hash, *decoded}, epoch(), *first_view});
}

}  // namespace emr::node
