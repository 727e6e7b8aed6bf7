#include "toy_app.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/wire.h"
#include "quorum/insecure_suite.h"

namespace emr::sim {

namespace {

constexpr std::size_t kMaxRequests = 64;

/// Four lanes of the simulator's fast mix: enough that two different inputs never meet by chance.
Hash32 fast_hash(ByteView bytes, std::uint64_t seed) {
  Hash32 out{};
  for (std::uint64_t lane = 0; lane < 2; ++lane) {
    std::uint64_t state = seed + lane + 1;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + at, 8);
      state = quorum::insecure_mix(state, word);
    }
    std::uint64_t rest = 0;
    std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
    state = quorum::insecure_mix(state, rest ^ bytes.size());
    std::memcpy(out.data() + lane * 8, &state, 8);
  }
  return out;
}

}  // namespace

Hash32 next_state(const Hash32& state, const std::vector<RequestId>& requests) {
  WireWriter writer;
  writer.raw(state);
  for (const RequestId id : requests) writer.u64(id);
  return fast_hash(writer.bytes(), 77);
}

Hash32 toy_digest(ByteView bytes) { return fast_hash(bytes, 11); }

Bytes encode(const ToyBlock& block) {
  WireWriter writer;
  writer.u64(block.epoch).u64(block.seq).u64(block.view).u8(std::uint8_t(block.proposer));
  writer.raw(block.previous).raw(block.state);
  writer.u32(static_cast<std::uint32_t>(block.requests.size()));
  for (const RequestId id : block.requests) writer.u64(id);
  return std::move(writer).take();
}

Result<ToyBlock> decode_toy_block(ByteView bytes) {
  WireReader reader(bytes);
  ToyBlock block;
  block.epoch = reader.u64();
  block.seq = reader.u64();
  block.view = reader.u64();
  block.proposer = reader.u8();
  block.previous = reader.hash();
  block.state = reader.hash();
  const std::size_t count = reader.u32();
  if (count > kMaxRequests) reader.reject();
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    block.requests.push_back(reader.u64());
  }
  EMR_TRY(reader.finish());
  return block;
}

Result<consensus::BlockHead> ToyReader::read(ByteView bytes) const {
  EMR_ASSIGN(const ToyBlock block, decode_toy_block(bytes));
  return consensus::BlockHead{toy_digest(bytes), block.previous, block.epoch, block.seq,
                              block.view,        block.proposer, std::nullopt};
}

Bytes ToyApp::build(consensus::Epoch epoch, consensus::View view, consensus::Seq seq,
                    consensus::NodeIndex proposer, const Hash32& previous,
                    const std::vector<RequestId>& requests) {
  const ToyBlock block{epoch,   seq, view, proposer, previous, next_state(state_, requests),
                       requests};
  Bytes bytes = encode(block);
  overlay_ = Overlay{toy_digest(bytes), block.state, requests};
  return bytes;
}

bool ToyApp::validate(ByteView bytes) {
  overlay_.reset();
  const Result<ToyBlock> block = decode_toy_block(bytes);
  if (!block || block.value().requests.empty()) return false;
  std::vector<RequestId> sorted = block.value().requests;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return false;
  for (const RequestId id : sorted) {
    if (id >= issued_ || is_applied(id)) return false;
  }
  if (block.value().state != next_state(state_, block.value().requests)) return false;
  overlay_ = Overlay{toy_digest(bytes), block.value().state, block.value().requests};
  return true;
}

void ToyApp::commit(const Hash32& digest) {
  EMR_CHECK(overlay_ && overlay_->digest == digest);
  state_ = overlay_->state;
  for (const RequestId id : overlay_->requests) {
    if (id >= applied_.size()) applied_.resize(std::max<std::size_t>(id + 1, issued_));
    applied_[id] = true;
  }
  overlay_.reset();
}

}  // namespace emr::sim
