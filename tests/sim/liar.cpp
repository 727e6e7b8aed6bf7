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

std::vector<std::shared_ptr<const Bytes>> Liar::distort(NodeIndex,
                                                        const std::shared_ptr<const Bytes>& bytes) {
  if (bytes == last_in_ && random_.below(4) != 0) return last_out_;
  last_in_ = bytes;
  last_out_ = lie(bytes);
  return last_out_;
}

std::vector<std::shared_ptr<const Bytes>> Liar::lie(const std::shared_ptr<const Bytes>& bytes) {
  if (!random_.chance(mutate_ppm_)) return {bytes};
  const Result<Message> decoded = decode(*bytes);
  if (!decoded) return {bytes};
  remember(decoded.value());
  if (const auto* vote = std::get_if<VoteMessage>(&decoded.value())) {
    // Vote for everything that is on offer at this place.
    for (const Conspiracy::Forgery& one : plot_.forgeries) {
      if (one.seq != vote->vote.seq || random_.below(3) == 0) continue;
      VoteMessage second = *vote;
      second.vote.digest = one.digest;
      Message message = second;
      sign(message);
      const auto forged = std::make_shared<const Bytes>(encode(message));
      if (random_.below(2) == 0) return {forged};
      return {forged, bytes};  // the first one counts
    }
  }
  std::vector<std::shared_ptr<const Bytes>> out;
  const auto add = [&out](const Message& message) {
    out.push_back(std::make_shared<const Bytes>(encode(message)));
  };
  switch (random_.below(6)) {
    case 0: return {};
    case 1: return {bytes, bytes};
    case 2: {
      add(plot_.history[random_.below(plot_.history.size())]);
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

std::vector<Liar::Outgoing> Liar::react(NodeIndex from, const Bytes& bytes) {
  const Result<Message> decoded = decode(bytes);
  if (!decoded || !random_.chance(mutate_ppm_)) return {};
  if (const auto* request = std::get_if<BodyRequest>(&decoded.value())) {
    for (const Conspiracy::Forgery& one : plot_.forgeries) {
      if (one.digest != request->digest) continue;
      return {{from, std::make_shared<const Bytes>(encode(BodyReply{one.block}))}};
    }
  }
  const auto* proposal = std::get_if<PrePrepare>(&decoded.value());
  if (proposal == nullptr || random_.below(4) != 0) return {};
  PrePrepare own = *proposal;  // a proposal of its own, out of turn
  own.sender = self_;
  if (!forge(own)) return {};
  Message message = own;
  sign(message);
  return {{kEveryone, std::make_shared<const Bytes>(encode(message))}};
}

/// A block that executes perfectly but that nobody agreed on.
bool Liar::forge(PrePrepare& m) {
  for (const Conspiracy::Forgery& one : plot_.forgeries) {  // the same to most of them
    if (one.view != m.view || one.seq != m.seq || random_.below(4) == 0) continue;
    m.block = one.block;
    return true;
  }
  Result<ToyBlock> block = decode_toy_block(*m.block);
  if (!block || m.seq != node_.height() + 1) return false;
  ToyBlock& b = block.value();
  b.requests.clear();
  for (RequestId id = consortium_.issued; id > 0 && b.requests.size() < 2; --id) {
    if (!node_.app().is_applied(id - 1) && random_.below(2) == 0) b.requests.push_back(id - 1);
  }
  if (b.requests.empty()) return false;
  b.view = m.view;
  b.proposer = m.sender;
  b.state = next_state(node_.app().state(), b.seq, b.requests);
  if (random_.below(8) == 0) b.previous = other_digest();
  m.block = std::make_shared<const Bytes>(encode(b));
  const Hash32 digest = toy_digest(*m.block);
  push_bounded(plot_.forgeries, Conspiracy::Forgery{m.view, m.seq, digest, m.block});
  push_bounded(plot_.digests, digest);
  return true;
}

/// Claims that a forged block was prepared in the view before, with a certificate made of air.
void Liar::fabricate(ViewChange& m) {
  if (m.view == 0) return;
  quorum::QuorumCert certificate;
  certificate.vote = {quorum::VoteType::kPrepare, m.epoch, m.view - 1, m.committed + 1,
                      other_digest()};
  for (const Conspiracy::Forgery& one : plot_.forgeries) {
    if (one.seq == m.committed + 1) certificate.vote.digest = one.digest;
  }
  const std::size_t signers = consortium_.set.quorum();
  certificate.signers = (std::uint64_t{1} << signers) - 1;
  certificate.signatures.assign(signers, quorum::VoteSignature{});
  m.prepared = certificate;
}

void Liar::remember(const Message& message) {
  push_bounded(plot_.history, message);
  if (const auto* vote = std::get_if<VoteMessage>(&message)) {
    push_bounded(plot_.digests, vote->vote.digest);
  }
  const auto* change = std::get_if<ViewChange>(&message);
  if (change != nullptr && change->commit_certificate) {
    push_bounded(plot_.certificates, *change->commit_certificate);
  }
  if (change != nullptr && change->prepared) push_bounded(plot_.certificates, *change->prepared);
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
    one->signature = put(
        {quorum::VoteType::kPrePrepare, one->epoch, one->view, one->seq, toy_digest(*one->block)});
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
  const std::size_t known = plot_.digests.size();
  if (known > 0 && random_.below(3) != 0) return plot_.digests[random_.below(known)];
  Hash32 digest{};
  digest[0] = static_cast<std::uint8_t>(random_.below(256));
  return digest;
}

BlockBytes Liar::bent_block(const Bytes& bytes) {
  Result<ToyBlock> block = decode_toy_block(bytes);
  if (!block) return std::make_shared<const Bytes>(bytes);
  ToyBlock& b = block.value();
  switch (random_.below(7)) {
    case 6: b.time_ms = nearby(b.time_ms); break;
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
  if (random_.below(2) == 0 && forge(m)) return;
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
      if (!plot_.certificates.empty()) {
        certificate = plot_.certificates[random_.below(plot_.certificates.size())];
      }
  }
}

void Liar::change(ViewChange& m) {
  switch (random_.below(7)) {
    case 0: m.view = nearby(m.view); break;
    case 1: m.prepared.reset(); break;
    case 5:
    case 6: fabricate(m); break;
    case 2:
      if (m.prepared) weaken(*m.prepared);
      break;
    case 3:
      if (m.commit_certificate) weaken(*m.commit_certificate);
      break;
    default:  // hide the last committed block
      if (plot_.certificates.empty()) break;
      m.commit_certificate = plot_.certificates[random_.below(plot_.certificates.size())];
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
void Liar::change(Probe& m) { m.nonce = nearby(m.nonce); }

/// Too much, to keep somebody from rejoining for ever; or too little.
void Liar::change(ProbeReply& m) {
  m.committed = random_.below(2) == 0 ? random_.below(m.committed + 1) : m.committed + 1'000'000;
  m.view = random_.below(2) == 0 ? 0 : m.view + 1'000'000;
}

}  // namespace emr::sim
