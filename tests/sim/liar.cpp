#include "liar.h"

#include <utility>

namespace emr::sim {

using namespace consensus;  // NOLINT: this file is about nothing else

namespace {

constexpr std::size_t kMemory = 32;

template <class T>
void push_bounded(std::deque<T>& queue, T value) {
  queue.push_back(std::move(value));
  if (queue.size() > kMemory) queue.pop_front();
}

}  // namespace

std::vector<std::shared_ptr<const Bytes>> Liar::distort(
    NodeIndex, const std::shared_ptr<const Bytes>& bytes) {
  if (!random_.chance(mutate_ppm_)) return {bytes};
  const Result<Message> decoded = decode(*bytes);
  if (!decoded) return {bytes};
  remember(decoded.value());
  std::vector<std::shared_ptr<const Bytes>> out;
  const auto add = [&out](const Message& message) {
    out.push_back(std::make_shared<const Bytes>(encode(message)));
  };
  switch (random_.below(6)) {
    case 0: return {};
    case 1: return {bytes, bytes};
    case 2: {
      add(history_[random_.below(history_.size())]);
      return out;
    }
    case 3: {
      out.push_back(bytes);
      add(mutate(decoded.value()));
      return out;
    }
    default: add(mutate(decoded.value())); return out;
  }
}

void Liar::remember(const Message& message) {
  push_bounded(history_, message);
  if (const auto* vote = std::get_if<VoteMessage>(&message)) {
    push_bounded(digests_, vote->vote.digest);
  }
  const auto* change = std::get_if<ViewChange>(&message);
  if (change != nullptr && change->commit_certificate) {
    push_bounded(certificates_, *change->commit_certificate);
  }
  if (change != nullptr && change->prepared) push_bounded(certificates_, *change->prepared);
}

Message Liar::mutate(Message message) {
  std::visit([this](auto& one) { change(one); }, message);
  if (random_.below(8) != 0) sign(message);
  return message;
}

/// Signs again whatever its kind; unsigned kinds stay as they are.
void Liar::sign(Message& message) {
  const auto put = [this](const quorum::Vote& vote) {
    return signer_.sign(quorum::vote_bytes(consortium_.genesis, vote));
  };
  if (auto* vote = std::get_if<VoteMessage>(&message)) vote->signature = put(vote->vote);
  if (auto* one = std::get_if<ViewChange>(&message)) one->signature = put(vote_of(*one));
  if (auto* one = std::get_if<NewView>(&message)) one->signature = put(vote_of(*one));
  if (auto* one = std::get_if<PrePrepare>(&message)) {
    one->signature = put({quorum::VoteType::kPrePrepare, one->epoch, one->view, one->seq,
                          toy_digest(*one->block)});
  }
}

std::uint64_t Liar::nearby(std::uint64_t value) {
  switch (random_.below(5)) {
    case 0: return value + 1;
    case 1: return value == 0 ? 0 : value - 1;
    case 2: return value + random_.between(2, 5);
    case 3: return value + 1'000'000'000;
    default: return value;
  }
}

Hash32 Liar::other_digest() {
  if (!digests_.empty() && random_.below(3) != 0) return digests_[random_.below(digests_.size())];
  Hash32 digest{};
  digest[0] = static_cast<std::uint8_t>(random_.below(256));
  return digest;
}

BlockBytes Liar::bent_block(const Bytes& bytes) {
  Result<ToyBlock> block = decode_toy_block(bytes);
  if (!block) return std::make_shared<const Bytes>(bytes);
  ToyBlock& b = block.value();
  switch (random_.below(6)) {
    case 0: b.requests.push_back(random_.below(consortium_.issued + 5)); break;
    case 1: b.state[0] ^= 1; break;
    case 2: b.previous = other_digest(); break;
    case 3: b.view = nearby(b.view); break;
    case 4: b.seq = nearby(b.seq); break;
    default: b.requests.assign(1, random_.below(consortium_.issued + 1)); break;
  }
  return std::make_shared<const Bytes>(encode(b));
}

void Liar::change(PrePrepare& m) {
  switch (random_.below(4)) {
    case 0: m.view = nearby(m.view); break;
    case 1: m.seq = nearby(m.seq); break;
    default: m.block = bent_block(*m.block);
  }
}

void Liar::change(VoteMessage& m) {
  switch (random_.below(5)) {
    case 0: m.vote.view = nearby(m.vote.view); break;
    case 1: m.vote.seq = nearby(m.vote.seq); break;
    case 2: m.vote.type = static_cast<quorum::VoteType>(random_.between(1, 3)); break;
    default: m.vote.digest = other_digest();
  }
  if (m.vote.type == quorum::VoteType::kCheckpoint) m.vote.view = 0;
}

void Liar::weaken(quorum::QuorumCert& certificate) {
  switch (random_.below(6)) {
    case 0: certificate.vote.digest = other_digest(); break;
    case 1: certificate.vote.view = nearby(certificate.vote.view); break;
    case 2: certificate.vote.seq = nearby(certificate.vote.seq); break;
    case 3: certificate.signatures[0][0] ^= 1; break;
    case 4:  // one signer fewer
      certificate.signers &= certificate.signers - 1;
      certificate.signatures.erase(certificate.signatures.begin());
      break;
    default:
      if (!certificates_.empty()) {
        certificate = certificates_[random_.below(certificates_.size())];
      }
  }
}

void Liar::change(ViewChange& m) {
  switch (random_.below(5)) {
    case 0: m.view = nearby(m.view); break;
    case 1: m.prepared.reset(); break;
    case 2:
      if (m.prepared) weaken(*m.prepared);
      break;
    case 3:
      if (m.commit_certificate) weaken(*m.commit_certificate);
      break;
    default:  // hide the last committed block
      if (certificates_.empty()) break;
      m.commit_certificate = certificates_[random_.below(certificates_.size())];
      m.committed = m.commit_certificate->vote.seq;
      m.prepared.reset();
  }
}

void Liar::change(NewView& m) {
  switch (random_.below(6)) {
    case 0: m.view_changes.pop_back(); break;
    case 1: m.selection = encode(Selection{}); break;
    case 2: {
      Selection selection = decode_selection(m.selection).value();
      selection.digest = other_digest();
      m.selection = encode(selection);
      break;
    }
    case 3: m.view = nearby(m.view); break;
    case 4: change(m.view_changes[random_.below(m.view_changes.size())]); break;
    default: {
      Selection selection = decode_selection(m.selection).value();
      selection.digest.reset();
      m.selection = encode(selection);
    }
  }
}

void Liar::change(StatusMessage& m) {
  m.view = nearby(m.view);
  m.committed = nearby(m.committed);
  m.stable = nearby(m.stable);
}

void Liar::change(BlockRequest& m) {
  m.first = random_.between(1, m.first);
  m.last = m.first + random_.below(16);
}

void Liar::change(BlockReply& m) {
  if (random_.below(2) == 0) {
    m.block = bent_block(*m.block);
  } else {
    weaken(m.certificate);
  }
}

void Liar::change(BodyRequest& m) { m.seq = nearby(m.seq); }
void Liar::change(BodyReply& m) { m.block = bent_block(*m.block); }
void Liar::change(StableMessage& m) { weaken(m.certificate); }

}  // namespace emr::sim
