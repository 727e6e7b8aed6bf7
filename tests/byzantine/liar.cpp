#include "liar.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "consensus/limits.h"
#include "ledger/block.h"
#include "ledger/state.h"

namespace emr::byzantine {

using consensus::Message;
using consensus::PrePrepare;
using consensus::ViewChange;
using consensus::VoteMessage;
using node::Frame;
using node::FrameKind;
using quorum::VoteType;

namespace {

constexpr std::array<std::string_view, 11> kNames{"honest", "silent",   "slow",   "equivocate",
                                                  "empty",  "forge",    "flood",  "withhold",
                                                  "censor", "huge-views", "greedy"};
/// A view that no member reaches in the life of the universe.
constexpr consensus::View kFar = std::uint64_t{1} << 62;
constexpr std::size_t kHeardMax = 64;
constexpr std::size_t kWritesKept = 4;
constexpr std::size_t kGreed = 1'000;

FrameKind kind_of(const Bytes& frame) { return static_cast<FrameKind>(frame.front()); }

std::optional<Message> consensus_message(const Bytes& frame) {
  if (kind_of(frame) != FrameKind::kConsensus) return std::nullopt;
  auto message = consensus::decode(ByteView(frame).subspan(1));
  if (!message) return std::nullopt;
  return *std::move(message);
}

}  // namespace

std::optional<Kind> kind_from_name(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Kind>(found - kNames.begin());
}

Liar::Liar(LiarOptions options, crypto::SigningKey vote)
    : options_(std::move(options)), signer_(std::move(vote)), random_("liar") {}

Liar::Frames Liar::say(net::PeerIndex to, net::Lane, const Frame& frame) {
  if (frame->empty()) return {frame};  // the keep-alive of the link
  switch (options_.kind) {
    case Kind::kHonest:
    case Kind::kCensor: return {frame};
    case Kind::kSilent: return {};
    case Kind::kFlood: return flood(frame);
    case Kind::kGreedy: return greed(frame);
    case Kind::kWithhold: {
      const bool kept = kind_of(*frame) == FrameKind::kRequests ||
                        kind_of(*frame) == FrameKind::kSidecars;
      return kept ? Frames{} : Frames{frame};
    }
    default: break;
  }
  auto message = consensus_message(*frame);
  if (!message) return {frame};
  learn(*message);
  return lie(to, frame, *std::move(message));
}

Liar::Frames Liar::lie(net::PeerIndex to, const Frame& frame, Message message) {
  const auto* proposal = std::get_if<PrePrepare>(&message);
  const auto* vote = std::get_if<VoteMessage>(&message);
  if (options_.kind == Kind::kHugeViews) return far_views(frame, message);
  if (options_.kind == Kind::kForge && vote != nullptr) return forged_votes(to, *vote);
  if (proposal == nullptr) return {frame};
  if (options_.kind == Kind::kSlow) delay(frame);
  if (options_.kind == Kind::kEquivocate) return two_proposals(to, frame, *proposal);
  if (options_.kind == Kind::kEmpty) return empty_proposal(frame, *proposal);
  return {frame};
}

/// Once for each proposal, not once for each member.
void Liar::delay(const Frame& frame) {
  if (delayed_ == frame) return;
  delayed_ = frame;
  std::this_thread::sleep_for(std::chrono::milliseconds(options_.timeout_ms * 8 / 10));
}

Liar::Frames Liar::two_proposals(net::PeerIndex to, const Frame& frame,
                                 const PrePrepare& proposal) {
  auto block = ledger::decode_block(*proposal.block);
  if (!block) return {frame};
  ++block->header.time;
  PrePrepare other = proposal;
  other.block = std::make_shared<const Bytes>(ledger::encode_block(*block));
  const Frame second = framed(other);
  if (to % 2 == 0) return {frame, second};
  return {second, frame};
}

/// Every field of the header follows from what is in the block: nothing.
Liar::Frames Liar::empty_proposal(const Frame& frame, PrePrepare proposal) {
  auto block = ledger::decode_block(*proposal.block);
  const auto before = writes_.find(proposal.seq - 1);
  if (!block || before == writes_.end()) return {frame};
  block->entries.clear();
  block->header.tx_root = ledger::entries_root({});
  block->header.receipt_root = ledger::receipts_root({});
  block->header.writes_hash = ledger::chain_writes(before->second, {});
  writes_[proposal.seq] = block->header.writes_hash;
  proposal.block = std::make_shared<const Bytes>(ledger::encode_block(*block));
  return {framed(proposal)};
}

Liar::Frames Liar::forged_votes(net::PeerIndex to, const VoteMessage& vote) {
  VoteMessage broken = vote;
  broken.signature[number() % broken.signature.size()] ^= 1;
  VoteMessage of_air = vote;
  of_air.vote.digest = random_.hash32();
  VoteMessage in_another_name = vote;
  in_another_name.sender = to;
  VoteMessage other_type = of_air;
  other_type.vote.type =
      vote.vote.type == VoteType::kPrepare ? VoteType::kCommit : VoteType::kPrepare;
  const auto unsigned_frame = [](const VoteMessage& one) {
    return node::consensus_frame(consensus::encode(Message(one)));
  };
  return {unsigned_frame(broken), unsigned_frame(in_another_name), framed(of_air),
          framed(other_type)};
}

Liar::Frames Liar::far_views(const Frame& frame, const Message& message) {
  Frames frames{frame};
  if (const auto* vote = std::get_if<VoteMessage>(&message)) {
    VoteMessage far = *vote;
    if (far.vote.type != VoteType::kCheckpoint) far.vote.view = kFar + number() % kFar;
    frames.push_back(framed(far));
    far.vote.seq += kFar;
    frames.push_back(framed(far));
    ViewChange change;
    change.epoch = vote->vote.epoch;
    change.view = kFar + number() % kFar;
    change.sender = options_.self;
    frames.push_back(framed(change));
    consensus::NewView view;
    view.epoch = change.epoch;
    view.view = change.view;
    view.sender = options_.self;
    view.selection = consensus::encode(consensus::Selection{});
    frames.push_back(framed(view));
  }
  if (const auto* proposal = std::get_if<PrePrepare>(&message)) {
    PrePrepare far = *proposal;
    far.view += kFar;
    frames.push_back(framed(far));
  }
  return frames;
}

/// Beside every honest frame: frames of noise in both lanes, a replay of what was said before, and
/// true requests whose signatures are false, each of which costs its reader a verification.
Liar::Frames Liar::flood(const Frame& frame) {
  Frames frames{frame};
  Bytes noise(16'384);
  random_.fill(noise);
  for (const auto kind : {FrameKind::kConsensus, FrameKind::kRequests, FrameKind::kSidecars,
                          FrameKind::kContent, FrameKind::kInventory}) {
    noise.front() = static_cast<std::uint8_t>(kind);
    frames.push_back(std::make_shared<const Bytes>(noise));
  }
  if (delayed_) frames.push_back(delayed_);
  delayed_ = frame;
  std::vector<node::RequestItem> items = heard_;
  for (node::RequestItem& item : items) {
    const std::size_t digit = item.entry.size() - 10;  // inside the signature
    item.entry[digit] = item.entry[digit] == '0' ? '1' : '0';
  }
  for (Frame& requests : node::request_frames(items)) frames.push_back(std::move(requests));
  for (Frame& replay : node::request_frames(heard_)) frames.push_back(std::move(replay));
  return frames;
}

/// Each of the few bytes that it says costs its hearer sixteen blocks.
Liar::Frames Liar::greed(const Frame& frame) const {
  const Frame request = framed(consensus::BlockRequest{1, consensus::kSyncWindow});
  Frames frames(kGreed, request);
  frames.push_back(frame);
  return frames;
}

bool Liar::hear(net::PeerIndex, Bytes& frame) {
  if (frame.empty()) return true;
  if (const auto message = consensus_message(frame)) learn(*message);
  if (kind_of(frame) != FrameKind::kRequests) return true;
  auto items = node::decode_requests(frame);
  if (!items) return true;
  if (options_.kind == Kind::kFlood && !items->empty()) {
    heard_.assign(items->begin(),
                  items->begin() + static_cast<std::ptrdiff_t>(std::min(items->size(), kHeardMax)));
  }
  if (options_.kind != Kind::kCensor) return true;
  const std::string from = "\"from\":\"" + options_.censored + "\"";
  std::erase_if(*items, [&](const node::RequestItem& item) {
    return item.entry.find(from) != std::string::npos;
  });
  if (items->empty()) return false;
  const auto kept = node::request_frames(*items);
  frame = *kept.front();  // they came in one frame
  return true;
}

void Liar::learn(const Message& message) {
  const auto* proposal = std::get_if<PrePrepare>(&message);
  if (proposal == nullptr) return;
  const auto block = ledger::decode_block(*proposal->block);
  if (!block) return;
  writes_[block->header.height] = block->header.writes_hash;
  while (writes_.size() > kWritesKept) writes_.erase(writes_.begin());
}

std::uint64_t Liar::number() {
  std::array<std::uint8_t, 8> bytes;
  random_.fill(bytes);
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

void Liar::sign(Message& message) const {
  const auto put = [this](const quorum::Vote& vote) {
    return signer_.sign(quorum::vote_bytes(options_.genesis, vote));
  };
  if (auto* vote = std::get_if<VoteMessage>(&message)) vote->signature = put(vote->vote);
  if (auto* one = std::get_if<ViewChange>(&message)) one->signature = put(vote_of(*one));
  if (auto* one = std::get_if<consensus::NewView>(&message)) one->signature = put(vote_of(*one));
  auto* proposal = std::get_if<PrePrepare>(&message);
  if (proposal == nullptr) return;
  const auto block = ledger::decode_block(*proposal->block);
  if (!block) return;
  proposal->signature = put({VoteType::kPrePrepare, proposal->epoch, proposal->view, proposal->seq,
                             ledger::block_hash(block->header)});
}

Frame Liar::framed(Message message) const {
  sign(message);
  return node::consensus_frame(consensus::encode(message));
}

}  // namespace emr::byzantine
