// The engine's work on epochs: which sets decided, which key signs now, who follows whom.
#include "contracts/membership.h"
#include "node/engine.h"

namespace emr::node {

Status Engine::load_epochs() {
  const quorum::Epoch last = this->epoch();
  for (quorum::Epoch epoch = 0; epoch < last; ++epoch) {
    EMR_ASSIGN(const contracts::EpochRow row, contracts::find_epoch(application_.state(), epoch));
    EMR_TRY(verifier_.add(row.set));
    validators_.add(row.set);
  }
  return enter_epoch(application_.validators());
}

/// The view in which an epoch starts: the one after that of the block that ended the one before.
Result<consensus::View> Engine::first_view_of(quorum::Epoch epoch) const {
  if (epoch == 0) return genesis_->primary_index();
  EMR_ASSIGN(const auto links, store_->snapshot()->epoch_links(epoch, epoch - 1));
  return links.back().header.first_view + 1;
}

Status Engine::learn_epochs(const std::vector<ledger::EpochLink>& links) {
  for (const ledger::EpochLink& link : links) {
    const quorum::ValidatorSet* deciding = validators_.find(link.header.epoch);
    if (deciding == nullptr) {
      return fail(Code::kNegative, "the end of an epoch is left out").with_reason("unknown_epoch");
    }
    EMR_ASSIGN(const auto next, ledger::successor(link, genesis_->hash, *deciding));
    EMR_TRY(verifier_.add(next));
    validators_.add(next);
  }
  return {};
}

Status Engine::enter_epoch(const quorum::ValidatorSet& set) {
  EMR_TRY(verifier_.add(set));
  validators_.add(set);
  signer_.select(set);
  self_ = set.find(signer_.key());
  return {};
}

/// After the commit of a block that changed the members: the peers first, so that replica indices
/// mean the same here and in the core; then the epoch.
void Engine::follow_members() {
  const auto settled = std::exchange(settled_, nullptr);
  if (settled->next_validators) {
    const quorum::ValidatorSet& set = *settled->next_validators;
    if (const Status known = enter_epoch(set); !known) return stop(known.error());
    log_->warning("consensus", "epoch " + std::to_string(set.epoch()) + " begins with " +
                                   std::to_string(set.size()) + " validators; this node " +
                                   (self_ ? "is one of them" : "observes"));
  }
  host_->on_members_changed();
  if (!settled->next_validators) return;
  followups_.push_back(consensus::EpochStarted{settled->next_validators->epoch(),
                                               settled->block.header.first_view + 1});
}

/// Who had this replica index then.
std::string Engine::member_name(consensus::Epoch epoch, consensus::NodeIndex member) const {
  const auto row = contracts::find_epoch(application_.state(), epoch);
  if (row && member < row->ids.size()) return row->ids[member];
  return "member " + std::to_string(member);
}

}  // namespace emr::node
