#include "consensus/messages.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "consensus/limits.h"
#include "crypto/hash.h"

namespace emr::consensus {

namespace {

using quorum::VoteSignature;
using quorum::VoteType;

constexpr std::uint8_t kFormatVersion = 1;
constexpr std::size_t kMaxSelectionBytes = 8 + 1 + 8 + 32;

VoteSignature read_signature(WireReader& reader) {
  VoteSignature signature{};
  const ByteView bytes = reader.raw(signature.size());
  if (!reader.failed()) std::copy(bytes.begin(), bytes.end(), signature.begin());
  return signature;
}

NodeIndex read_node(WireReader& reader) {
  const NodeIndex node = reader.u8();
  if (node >= quorum::kMaxValidators) reader.reject();
  return node;
}

bool read_flag(WireReader& reader) {
  const std::uint8_t flag = reader.u8();
  if (flag > 1) reader.reject();
  return flag == 1;
}

BlockBytes read_block(WireReader& reader) {
  return std::make_shared<const Bytes>(to_bytes(reader.blob(kMaxBlockBytes)));
}

std::uint8_t node_byte(NodeIndex node) { return static_cast<std::uint8_t>(node); }

// --- PRE-PREPARE ---------------------------------------------------------------------------------

void write(WireWriter& writer, const PrePrepare& m) {
  writer.u64(m.epoch).u64(m.view).u64(m.seq).u8(node_byte(m.sender)).raw(m.signature);
  writer.blob(*m.block);
}

PrePrepare read_pre_prepare(WireReader& reader) {
  PrePrepare m;
  m.epoch = reader.u64();
  m.view = reader.u64();
  m.seq = reader.u64();
  m.sender = read_node(reader);
  m.signature = read_signature(reader);
  m.block = read_block(reader);
  return m;
}

// --- votes ---------------------------------------------------------------------------------------

void write(WireWriter& writer, const VoteMessage& m) {
  writer.u64(m.vote.epoch).u8(static_cast<std::uint8_t>(m.vote.type));
  writer.u64(m.vote.view).u64(m.vote.seq).raw(m.vote.digest);
  writer.u8(node_byte(m.sender)).raw(m.signature);
}

VoteMessage read_vote(WireReader& reader, VoteType last = VoteType::kCheckpoint) {
  VoteMessage m;
  m.vote.epoch = reader.u64();
  const std::uint8_t type = reader.u8();
  if (type < 1 || type > static_cast<std::uint8_t>(last)) reader.reject();
  m.vote.type = static_cast<VoteType>(type);
  m.vote.view = reader.u64();
  m.vote.seq = reader.u64();
  m.vote.digest = reader.hash();
  m.sender = read_node(reader);
  m.signature = read_signature(reader);
  if (m.vote.type == VoteType::kCheckpoint && m.vote.view != 0) reader.reject();
  return m;
}

// --- VIEW-CHANGE ---------------------------------------------------------------------------------

void write_content(WireWriter& writer, const ViewChange& m) {
  writer.u64(m.epoch).u64(m.view).u8(node_byte(m.sender)).u64(m.committed);
  writer.u8(m.commit_certificate ? 1 : 0);
  if (m.commit_certificate) encode(writer, *m.commit_certificate);
  writer.u8(m.prepared ? 1 : 0);
  if (m.prepared) encode(writer, *m.prepared);
}

void write(WireWriter& writer, const ViewChange& m) {
  write_content(writer, m);
  writer.raw(m.signature);
}

/// A certificate that proves exactly its claim: a committed height, or a block prepared above it in
/// an earlier view.
bool claims_hold(const ViewChange& m) {
  if ((m.committed > 0) != m.commit_certificate.has_value()) return false;
  if (m.commit_certificate) {
    const quorum::Vote& vote = m.commit_certificate->vote;
    if (vote.type != VoteType::kCommit || vote.seq != m.committed) return false;
  }
  if (!m.prepared) return true;
  const quorum::Vote& vote = m.prepared->vote;
  return vote.type == VoteType::kPrepare && vote.seq == m.committed + 1 && vote.view < m.view;
}

ViewChange read_view_change(WireReader& reader) {
  ViewChange m;
  m.epoch = reader.u64();
  m.view = reader.u64();
  m.sender = read_node(reader);
  m.committed = reader.u64();
  if (read_flag(reader)) m.commit_certificate = quorum::decode_certificate(reader);
  if (read_flag(reader)) m.prepared = quorum::decode_certificate(reader);
  m.signature = read_signature(reader);
  if (!claims_hold(m)) reader.reject();
  return m;
}

// --- NEW-VIEW ------------------------------------------------------------------------------------

void write_content(WireWriter& writer, const NewView& m) {
  writer.u64(m.epoch).u64(m.view).u8(node_byte(m.sender));
  writer.u8(static_cast<std::uint8_t>(m.view_changes.size()));
  for (const ViewChange& one : m.view_changes) write(writer, one);
  writer.blob(m.selection);
}

void write(WireWriter& writer, const NewView& m) {
  write_content(writer, m);
  writer.raw(m.signature);
}

NewView read_new_view(WireReader& reader) {
  NewView m;
  m.epoch = reader.u64();
  m.view = reader.u64();
  m.sender = read_node(reader);
  const std::size_t count = reader.u8();
  if (count > quorum::kMaxValidators) reader.reject();
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    m.view_changes.push_back(read_view_change(reader));
    const std::size_t n = m.view_changes.size();
    if (n > 1 && m.view_changes[n - 2].sender >= m.view_changes[n - 1].sender) reader.reject();
  }
  m.selection = to_bytes(reader.blob(kMaxSelectionBytes));
  m.signature = read_signature(reader);
  return m;
}

// --- unsigned hints ------------------------------------------------------------------------------

void write(WireWriter& writer, const StatusMessage& m) {
  writer.u64(m.epoch).u64(m.view).u8(m.active ? 1 : 0).u64(m.committed).u64(m.stable);
}

StatusMessage read_status(WireReader& reader) {
  StatusMessage m;
  m.epoch = reader.u64();
  m.view = reader.u64();
  m.active = read_flag(reader);
  m.committed = reader.u64();
  m.stable = reader.u64();
  return m;
}

void write(WireWriter& writer, const BlockRequest& m) { writer.u64(m.first).u64(m.last); }

BlockRequest read_block_request(WireReader& reader) {
  const Seq first = reader.u64();
  const Seq last = reader.u64();
  if (first == 0 || last < first || last - first >= kSyncWindow) reader.reject();
  return {first, last};
}

void write(WireWriter& writer, const BlockReply& m) {
  encode(writer, m.certificate);
  writer.blob(*m.block);
}

BlockReply read_block_reply(WireReader& reader) {
  BlockReply m;
  m.certificate = quorum::decode_certificate(reader);
  m.block = read_block(reader);
  return m;
}

void write(WireWriter& writer, const BodyRequest& m) { writer.u64(m.seq).raw(m.digest); }
void write(WireWriter& writer, const BodyReply& m) { writer.blob(*m.block); }
void write(WireWriter& writer, const StableMessage& m) { encode(writer, m.certificate); }

void write(WireWriter& writer, const Probe& m) { writer.u64(m.nonce); }

void write(WireWriter& writer, const ProbeReply& m) {
  writer.u64(m.nonce).u64(m.epoch).u64(m.view).u64(m.committed);
}

ProbeReply read_probe_reply(WireReader& reader) {
  ProbeReply m;
  m.nonce = reader.u64();
  m.epoch = reader.u64();
  m.view = reader.u64();
  m.committed = reader.u64();
  return m;
}

Message read_body(MessageType type, WireReader& reader) {
  switch (type) {
    case MessageType::kPrePrepare: return read_pre_prepare(reader);
    case MessageType::kVote: return read_vote(reader);
    case MessageType::kViewChange: return read_view_change(reader);
    case MessageType::kNewView: return read_new_view(reader);
    case MessageType::kStatus: return read_status(reader);
    case MessageType::kBlockRequest: return read_block_request(reader);
    case MessageType::kBlockReply: return read_block_reply(reader);
    case MessageType::kBodyRequest: {
      const Seq seq = reader.u64();
      return BodyRequest{seq, reader.hash()};
    }
    case MessageType::kBodyReply: return BodyReply{read_block(reader)};
    case MessageType::kStable: return StableMessage{quorum::decode_certificate(reader)};
    case MessageType::kProbe: return Probe{reader.u64()};
    case MessageType::kProbeReply: return read_probe_reply(reader);
  }
  reader.reject();
  return StatusMessage{};
}

// Room for a message, so that writing it is one allocation; too little is only slower.
constexpr std::size_t kFixedBytes = 192;  // a vote fits
template <class T>
std::size_t usual_size(const T&) {
  return kFixedBytes;
}
std::size_t usual_size(const PrePrepare& m) { return kFixedBytes + m.block->size(); }
std::size_t usual_size(const BodyReply& m) { return kFixedBytes + m.block->size(); }
std::size_t usual_size(const StableMessage& m) {
  return kFixedBytes + quorum::encoded_size(m.certificate);
}
std::size_t usual_size(const ViewChange& m) {
  std::size_t size = kFixedBytes;
  if (m.commit_certificate) size += quorum::encoded_size(*m.commit_certificate);
  if (m.prepared) size += quorum::encoded_size(*m.prepared);
  return size;
}
std::size_t usual_size(const NewView& m) {
  std::size_t size = kFixedBytes;
  for (const ViewChange& one : m.view_changes) size += usual_size(one);
  return size;
}

WireWriter start_message(MessageType type, std::size_t size) {
  WireWriter writer(size);
  writer.u8(kFormatVersion).u8(static_cast<std::uint8_t>(type));
  return writer;
}

}  // namespace

Bytes encode(const Message& message) {
  // The variant lists its types in the order of their wire numbers, which start at 1.
  const std::size_t size = std::visit([](const auto& one) { return usual_size(one); }, message);
  WireWriter writer = start_message(static_cast<MessageType>(message.index() + 1), size);
  std::visit([&writer](const auto& one) { write(writer, one); }, message);
  return std::move(writer).take();
}

Result<Message> decode(ByteView bytes) {
  if (bytes.size() > kMaxMessageBytes) {
    return fail(Code::kProtocol, "the message is too long").with_reason("too_long");
  }
  WireReader reader(bytes);
  if (reader.u8() != kFormatVersion) reader.reject();
  Result<Message> message(read_body(static_cast<MessageType>(reader.u8()), reader));
  if (!reader.finish()) {
    return fail(Code::kProtocol, "the message is malformed").with_reason("malformed");
  }
  return message;
}

Bytes encode_block_reply(ByteView block, const QuorumCert& certificate) {
  const std::size_t size = kFixedBytes + quorum::encoded_size(certificate) + block.size();
  WireWriter writer = start_message(MessageType::kBlockReply, size);
  encode(writer, certificate);
  writer.blob(block);
  return std::move(writer).take();
}

Bytes encode_signed_vote(const VoteMessage& vote) {
  WireWriter writer;
  write(writer, vote);
  return std::move(writer).take();
}

Result<VoteMessage> decode_signed_vote(ByteView bytes) {
  WireReader reader(bytes);
  const VoteMessage vote = read_vote(reader, VoteType::kNewView);
  if (!reader.finish()) return fail(Code::kData, "a signed vote is malformed");
  return vote;
}

std::optional<VoteMessage> signed_part(const Message& message, const BlockReader& blocks) {
  if (const auto* vote = std::get_if<VoteMessage>(&message)) return *vote;
  if (const auto* m = std::get_if<ViewChange>(&message)) {
    return VoteMessage{vote_of(*m), m->sender, m->signature};
  }
  if (const auto* m = std::get_if<NewView>(&message)) {
    return VoteMessage{vote_of(*m), m->sender, m->signature};
  }
  const auto* proposal = std::get_if<PrePrepare>(&message);
  if (proposal == nullptr) return std::nullopt;
  const Result<BlockHead> head = blocks.read(*proposal->block);
  if (!head) return std::nullopt;
  const quorum::Vote vote{VoteType::kPrePrepare, proposal->epoch, proposal->view, proposal->seq,
                          head->digest};
  return VoteMessage{vote, proposal->sender, proposal->signature};
}

Bytes encode(const Selection& selection) {
  WireWriter writer;
  writer.u64(selection.committed).u8(selection.digest ? 1 : 0).u64(selection.prepared_view);
  writer.raw(selection.digest.value_or(Hash32{}));
  return std::move(writer).take();
}

Result<Selection> decode_selection(ByteView bytes) {
  WireReader reader(bytes);
  Selection selection;
  selection.committed = reader.u64();
  const bool has_digest = read_flag(reader);
  selection.prepared_view = reader.u64();
  const Hash32 digest = reader.hash();
  if (has_digest) selection.digest = digest;
  EMR_TRY(reader.finish());
  return selection;
}

Hash32 content_digest(const ViewChange& message) {
  WireWriter writer(usual_size(message));
  write_content(writer, message);
  return crypto::tagged_hash("emr/view-change/1", writer.bytes());
}

Hash32 content_digest(const NewView& message) {
  WireWriter writer(usual_size(message));
  write_content(writer, message);
  return crypto::tagged_hash("emr/new-view/1", writer.bytes());
}

quorum::Vote vote_of(const ViewChange& message) {
  return {VoteType::kViewChange, message.epoch, message.view, message.committed,
          content_digest(message)};
}

quorum::Vote vote_of(const NewView& message) {
  // The selection's height is bound through the content digest; seq repeats it for readers.
  const auto selection = decode_selection(message.selection);
  const Seq start = selection ? selection.value().committed : 0;
  return {VoteType::kNewView, message.epoch, message.view, start, content_digest(message)};
}

}  // namespace emr::consensus
