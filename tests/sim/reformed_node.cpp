#include "reformed_node.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/wire.h"
#include "consensus/durable.h"
#include "consensus/limits.h"
#include "crypto/hash.h"
#include "disk_rot.h"

namespace emr::sim {

std::vector<Identity> Reform::order() const {
  std::vector<Identity> members;
  for (const auto& [identity, version] : key_version) members.push_back(identity);
  return members;
}

quorum::ValidatorSet Reform::set(consensus::Epoch epoch) const {
  std::vector<quorum::VoteKey> keys;
  for (const auto& [identity, version] : key_version) {
    keys.push_back(quorum::insecure_key(ReformSigner::key_number(identity, version)));
  }
  return quorum::ValidatorSet::make(epoch, std::move(keys)).value();
}

Reform reformed(const Reform& members, const Request& request) {
  Reform next = members;
  const auto at = next.key_version.find(request.who);
  if (request.change == Change::kJoin) next.key_version.try_emplace(request.who, 0);
  if (at == next.key_version.end()) return next;
  if (request.change == Change::kLeave && next.key_version.size() > 4) next.key_version.erase(at);
  else if (request.change == Change::kRotate) at->second = (at->second + 1) % 64;
  return next;
}

Bytes encode(const ReformBlock& block) {
  WireWriter writer;
  writer.u64(block.epoch).u64(block.seq).u64(block.view).u32(block.proposer);
  writer.raw(block.previous).raw(block.next_validators).u64(block.request);
  return std::move(writer).take();
}

Result<ReformBlock> decode_reform_block(ByteView bytes) {
  WireReader reader(bytes);
  ReformBlock block;
  block.epoch = reader.u64();
  block.seq = reader.u64();
  block.view = reader.u64();
  block.proposer = reader.u32();
  block.previous = reader.hash();
  block.next_validators = reader.hash();
  block.request = reader.u64();
  EMR_TRY(reader.finish());
  return block;
}

Result<consensus::BlockHead> ReformReader::read(ByteView bytes) const {
  EMR_ASSIGN(const ReformBlock block, decode_reform_block(bytes));
  return consensus::BlockHead{crypto::sha256(bytes), block.previous, block.epoch, block.seq,
                              block.view,            block.proposer, block.next_validators};
}

ReformedNode::ReformedNode(ReformHost& host, Identity identity, Identity identities,
                           const Reform& founders, const std::vector<Request>& requests,
                           const consensus::Config& config)
    : host_(host),
      identity_(identity),
      identities_(identities),
      requests_(requests),
      config_(config),
      signer_(identity),
      tip_{0, genesis_, std::nullopt} {
  begin_era(founders, 0);
}

void ReformedNode::begin_era(Reform members, consensus::View first_view) {
  Era era{members, members.order(), members.set(epochs_.size()), first_view};
  epochs_.push_back(std::move(era));
}

const quorum::ValidatorSet* ReformedNode::find(consensus::Epoch epoch) const {
  return epoch < epochs_.size() ? &epochs_[epoch].set : nullptr;
}

void ReformedNode::select_key() {
  const auto& versions = epochs_[at_epoch_].members.key_version;
  if (versions.contains(identity_)) signer_.choose(versions.at(identity_));
}

std::optional<consensus::NodeIndex> ReformedNode::index_of(Identity identity) const {
  const auto& order = epochs_[at_epoch_].order;
  const auto at = std::find(order.begin(), order.end(), identity);
  if (at == order.end()) return std::nullopt;
  return static_cast<consensus::NodeIndex>(at - order.begin());
}

bool ReformedNode::start(consensus::Millis now_ms) {
  EMR_CHECK(!replica_);
  ++life_;
  now_ms_ = now_ms;
  at_epoch_ = epochs_.size() - 1;
  select_key();
  consensus::Restored restored{at_epoch_, epochs_.back().first_view, tip_, {}, now_ms};
  if (rejoining_) restored.rejoin_nonce = life_;
  for (std::uint8_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].empty()) restored.records.push_back({slot, slots_[slot]});
  }
  const consensus::Environment environment{genesis_, signer_, verifier_, reader_, *this};
  effects_.clear();
  auto replica = consensus::Replica::start(config_, environment, restored, effects_);
  if (!replica) return false;
  replica_ = std::move(replica).value();
  perform();
  tell_pending();
  return true;
}

void ReformedNode::crash() {
  replica_.reset();
  build_wanted_.reset();
}

void ReformedNode::wipe() {
  crash();
  slots_ = {};
  chain_.clear();
  applied_.clear();
  tip_ = {0, genesis_, std::nullopt};
  Reform founders = epochs_.front().members;
  epochs_.clear();
  begin_era(std::move(founders), 0);
  signer_.choose(0);
  has_damaged_record_ = false;
  rejoining_ = true;
}

bool ReformedNode::damage_record(std::uint64_t position) {
  return rot_record(slots_, position, has_damaged_record_);
}

bool ReformedNode::damage_block(std::uint64_t position) { return rot_block(chain_, position); }

/// As lib/node does it: members speak to the core, others may ask for blocks.
void ReformedNode::deliver(Identity from, const Bytes& bytes) {
  if (!replica_) return;
  if (const auto index = index_of(from)) return step(consensus::Received{*index, bytes});
  const auto message = consensus::decode(bytes);
  const auto* request = message ? std::get_if<consensus::BlockRequest>(&message.value()) : nullptr;
  if (request != nullptr) serve(from, request->first, request->last);
}

void ReformedNode::tick(consensus::Millis now_ms) {
  now_ms_ = now_ms;
  step(consensus::Tick{now_ms});
}

void ReformedNode::answer(const consensus::Event& event) {
  const auto* started = std::get_if<consensus::EpochStarted>(&event);
  if (replica_ && started != nullptr) {
    at_epoch_ = started->epoch;
    select_key();
  }
  step(event);
  if (started != nullptr) tell_pending();
}

std::uint64_t ReformedNode::next_request() const {
  for (std::uint64_t id = 0; id < requests_.size(); ++id) {
    if (id >= applied_.size() || !applied_[id]) return id;
  }
  return requests_.size();
}

void ReformedNode::tell_pending() {
  const std::uint64_t waiting = next_request() < requests_.size() ? 1 : 0;
  step(consensus::Pending{waiting, now_ms_});
  if (replica_ && build_wanted_ && waiting > 0) act(*build_wanted_);
}

void ReformedNode::step(const consensus::Event& event) {
  if (!replica_) return;
  effects_.clear();
  replica_->step(event, effects_);
  const bool committed = effects_.commit.has_value();
  perform();
  if (committed) tell_pending();
}

void ReformedNode::perform() {
  persist();
  for (const consensus::Send& send : effects_.sends) {
    const auto& order = epochs_[at_epoch_].order;
    for (Identity to = 0; to < identities_; ++to) {
      const bool meant = send.to == consensus::kEveryone ||
                         (send.to < order.size() && order[send.to] == to);
      if (meant && to != identity_) host_.on_send(*this, to, send.bytes);
    }
  }
  if (!effects_.halt.empty()) {
    host_.on_halt(*this, effects_.halt);
    return crash();
  }
  const std::vector<consensus::Action> actions = std::move(effects_.actions);
  for (const consensus::Action& action : actions) act(action);
}

void ReformedNode::persist() {
  for (consensus::Record& record : effects_.persist) {
    slots_[record.slot] = std::move(record.value);
  }
  if (!effects_.commit) return;
  const consensus::CommitBlock& commit = *effects_.commit;
  const bool ends_epoch = apply({commit.block, commit.certificate});
  build_wanted_.reset();
  host_.on_commit(*this, commit);
  if (!ends_epoch) return;
  host_.on_answer(*this,
                  consensus::EpochStarted{epochs_.size() - 1, epochs_.back().first_view});
}

/// True when the block is the last of its epoch.
bool ReformedNode::apply(const Stored& stored) {
  const ReformBlock block = decode_reform_block(*stored.block).value();
  tip_ = {block.seq, stored.certificate.vote.digest, stored.certificate};
  chain_.push_back(stored);
  if (applied_.size() <= block.request) applied_.resize(block.request + 1);
  applied_[block.request] = true;
  Reform next = reformed(members(), requests_[block.request]);
  if (next.key_version == members().key_version) return false;
  begin_era(std::move(next), block.view + 1);
  return true;
}

bool ReformedNode::install(const ReformedNode& peer, consensus::Seq height) {
  if (!replica_ || at_epoch_ + 1 != epochs_.size()) return false;  // it is between two epochs
  height = std::min(height, peer.height());
  const auto is_whole = [](const Stored& one) {
    return crypto::sha256(*one.block) == one.certificate.vote.digest;
  };
  if (height <= this->height()) return false;
  const auto first = peer.chain_.begin() + static_cast<std::ptrdiff_t>(this->height());
  const auto stop = peer.chain_.begin() + static_cast<std::ptrdiff_t>(height);
  if (!std::all_of(first, stop, is_whole)) return false;
  for (auto at = first; at != stop; ++at) apply(*at);
  at_epoch_ = epochs_.size() - 1;
  select_key();
  build_wanted_.reset();
  step(consensus::SnapshotInstalled{tip_, at_epoch_, epochs_.back().first_view});
  tell_pending();
  return true;
}

ReformBlock ReformedNode::block_for(std::uint64_t request, consensus::View view,
                                    consensus::NodeIndex proposer) const {
  const consensus::Epoch epoch = epochs_.size() - 1;
  const Reform next = reformed(members(), requests_[request]);
  const bool changes = next.key_version != members().key_version;
  return {epoch,       tip_.seq + 1, view, proposer, tip_.digest,
          changes ? next.set(epoch + 1).hash() : epochs_.back().set.hash(), request};
}

bool ReformedNode::validate(ByteView bytes) const {
  const auto block = decode_reform_block(bytes);
  if (!block || block->request >= requests_.size()) return false;
  if (block->request < applied_.size() && applied_[block->request]) return false;
  return to_bytes(bytes) == encode(block_for(block->request, block->view, block->proposer));
}

void ReformedNode::act(const consensus::Action& action) {
  if (const auto* order = std::get_if<consensus::BuildBlock>(&action)) {
    const std::uint64_t request = next_request();
    if (request == requests_.size()) {
      build_wanted_ = *order;
      return;
    }
    const auto self = index_of(identity_);
    EMR_CHECK(self.has_value());
    auto block = std::make_shared<const Bytes>(encode(block_for(request, order->view, *self)));
    const consensus::Built built{order->view, order->seq, std::move(block)};
    build_wanted_.reset();
    return host_.on_answer(*this, built);
  }
  if (const auto* order = std::get_if<consensus::ValidateBlock>(&action)) {
    build_wanted_.reset();
    const bool ok = validate(*order->block);
    return host_.on_answer(
        *this, consensus::Validated{order->seq, order->digest, ok, order->origin});
  }
  if (std::holds_alternative<consensus::Rejoined>(action)) rejoining_ = false;
  if (const auto* order = std::get_if<consensus::FetchSnapshot>(&action)) {
    host_.on_fetch(*this, order->checkpoint);
  }
  if (const auto* order = std::get_if<consensus::ServeBlocks>(&action)) {
    const auto& members = epochs_[at_epoch_].order;
    if (order->to < members.size()) serve(members[order->to], order->first, order->last);
  }
}

void ReformedNode::serve(Identity to, consensus::Seq first, consensus::Seq last) {
  last = std::min<consensus::Seq>({last, first + consensus::kSyncWindow - 1, chain_.size()});
  for (consensus::Seq seq = first; seq <= last; ++seq) {
    const Stored& stored = chain_[seq - 1];
    host_.on_send(*this, to, std::make_shared<const Bytes>(consensus::encode_block_reply(
                                 *stored.block, stored.certificate)));
  }
}

}  // namespace emr::sim
