#include "toy_app.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/wire.h"
#include "quorum/insecure_suite.h"

namespace emr::sim {

namespace {

constexpr std::size_t kMaxRequests = 64;

/// Two lanes of the simulator's fast mix: enough that two different inputs never meet by chance.
Hash32 fast_hash(ByteView bytes, std::uint64_t seed) {
  std::uint64_t lanes[2] = {seed + 1, seed + 2};
  const auto mix = [&lanes](std::uint64_t word) {
    for (std::uint64_t& lane : lanes) lane = quorum::insecure_mix(lane, word);
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, bytes.data() + at, bytes.size() - at);
  mix(rest ^ bytes.size());
  Hash32 out{};
  std::memcpy(out.data(), lanes, sizeof lanes);
  return out;
}

}  // namespace

Hash32 next_state(const Hash32& state, consensus::Seq seq, const std::vector<RequestId>& requests) {
  std::uint64_t lanes[2];
  std::memcpy(lanes, state.data(), sizeof lanes);
  for (const RequestId id : requests) {
    lanes[0] += quorum::insecure_mix(id + 1, seq);
    lanes[1] += quorum::insecure_mix(seq + 77, id);
  }
  Hash32 next{};
  std::memcpy(next.data(), lanes, sizeof lanes);
  return next;
}

Hash32 toy_digest(ByteView bytes) { return fast_hash(bytes, 11); }

Bytes encode(const ToyBlock& block) {
  WireWriter writer(128 + 8 * block.requests.size());
  writer.u64(block.epoch).u64(block.seq).u64(block.view).u8(std::uint8_t(block.proposer));
  writer.u64(block.time_ms);
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
  block.time_ms = reader.u64();
  block.previous = reader.hash();
  block.state = reader.hash();
  const std::size_t count = reader.u32();
  if (count > kMaxRequests) reader.reject();
  if (!reader.failed()) block.requests.reserve(count);
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

Bytes ToyApp::build(ToyBlock block, std::uint64_t wall_ms) {
  block.time_ms = std::max(time_ms_, wall_ms);
  block.state = next_state(state_, block.seq, block.requests);
  Bytes bytes = encode(block);
  overlay_ = Overlay{toy_digest(bytes), std::move(block)};
  return bytes;
}

bool ToyApp::validate(ByteView bytes, consensus::Origin origin, std::uint64_t wall_ms) {
  overlay_.reset();
  Result<ToyBlock> decoded = decode_toy_block(bytes);
  if (!decoded || decoded.value().requests.empty()) return false;
  ToyBlock& block = decoded.value();
  std::vector<RequestId> sorted = block.requests;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return false;
  for (const RequestId id : sorted) {
    if (id >= *issued_ || is_applied(id)) return false;
  }
  if (block.time_ms < time_ms_) return false;
  const bool is_near =
      block.time_ms + kToySkewMs >= wall_ms && block.time_ms <= wall_ms + kToySkewMs;
  if (origin == consensus::Origin::kProposed && !is_near) return false;
  if (block.state != next_state(state_, block.seq, block.requests)) return false;
  overlay_ = Overlay{toy_digest(bytes), std::move(block)};
  return true;
}

void ToyApp::commit(const Hash32& digest) {
  EMR_CHECK(overlay_ && overlay_->digest == digest);
  const ToyBlock& block = overlay_->block;
  state_ = block.state;
  time_ms_ = block.time_ms;
  for (const RequestId id : block.requests) {
    if (id >= applied_.size()) applied_.resize(std::max<std::size_t>(id + 1, *issued_));
    applied_[id] = static_cast<std::uint32_t>(block.seq);
  }
  overlay_.reset();
}

Bytes ToyApp::dump() const {
  std::size_t size = applied_.size();
  while (size > 0 && applied_[size - 1] == 0) --size;
  WireWriter writer(64 + 4 * size);
  writer.raw(state_).u64(time_ms_).u64(size);
  writer.raw({reinterpret_cast<const std::uint8_t*>(applied_.data()), 4 * size});
  return std::move(writer).take();
}

bool ToyApp::restore(ByteView dump, const Hash32& root) {
  WireReader reader(dump);
  ToyApp fresh(*issued_);
  fresh.state_ = reader.hash();
  fresh.time_ms_ = reader.u64();
  const std::uint64_t size = std::min<std::uint64_t>(reader.u64(), reader.remaining() / 4);
  const ByteView applied = reader.raw(4 * size);
  fresh.applied_.resize(size);
  std::memcpy(fresh.applied_.data(), applied.data(), applied.size());
  Hash32 found{};
  for (RequestId id = 0; id < size; ++id) {
    if (fresh.applied_[id] != 0) found = next_state(found, fresh.applied_[id], {id});
  }
  if (!reader.finish() || found != root || fresh.state_ != root) return false;
  *this = std::move(fresh);
  return true;
}

}  // namespace emr::sim
