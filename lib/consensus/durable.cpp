#include "consensus/durable.h"

#include <algorithm>
#include <utility>

#include "base/wire.h"
#include "consensus/limits.h"
#include "crypto/hash.h"

namespace emr::consensus {

namespace {

constexpr std::size_t kSealBytes = 8;
constexpr std::size_t kFixedBytes = 128;  ///< of a record, with its seal

/// Against bit rot and mixed-up cells, not against an attacker: who can write here can vote anyway.
ByteView seal_of(std::uint8_t slot, ByteView content, Hash32& hash) {
  hash = crypto::tagged_hash("emr/vote-log/1", {ByteView(&slot, 1), content});
  return ByteView(hash).first(kSealBytes);
}

Record sealed(Slot slot, Bytes content) {
  Record record{static_cast<std::uint8_t>(slot), std::move(content)};
  Hash32 hash;
  append(record.value, seal_of(record.slot, record.value, hash));
  return record;
}

Record record(Slot slot, WireWriter&& writer) { return sealed(slot, std::move(writer).take()); }

bool is_body(std::uint8_t slot) {
  return slot == static_cast<std::uint8_t>(Slot::kBodyA) ||
         slot == static_cast<std::uint8_t>(Slot::kBodyB);
}

/// The content of a sealed record; nothing when a bit of it has changed.
std::optional<ByteView> unseal(const Record& record) {
  if (record.value.size() < kSealBytes) return std::nullopt;
  const ByteView value = record.value;
  const ByteView content = value.first(value.size() - kSealBytes);
  Hash32 hash;
  const ByteView seal = seal_of(record.slot, content, hash);
  return std::ranges::equal(seal, value.last(kSealBytes)) ? std::optional(content) : std::nullopt;
}

Slot read_body_slot(WireReader& reader) {
  const auto slot = static_cast<Slot>(reader.u8());
  if (slot != Slot::kBodyA && slot != Slot::kBodyB) reader.reject();
  return slot;
}

ViewRecord read_view(WireReader& reader) {
  ViewRecord value;
  value.epoch = reader.u64();
  value.view = reader.u64();
  const std::uint8_t active = reader.u8();
  if (active > 1) reader.reject();
  value.active = active == 1;
  value.new_view = to_bytes(reader.blob(kMaxNewViewBytes));
  return value;
}

AcceptedRecord read_accepted(WireReader& reader) {
  AcceptedRecord value;
  value.view = reader.u64();
  value.seq = reader.u64();
  value.digest = reader.hash();
  value.body = read_body_slot(reader);
  const ByteView signature = reader.raw(value.proposal_signature.size());
  std::copy(signature.begin(), signature.end(), value.proposal_signature.begin());
  return value;
}

PreparedRecord read_prepared(WireReader& reader) {
  PreparedRecord value;
  value.body = read_body_slot(reader);
  value.certificate = quorum::decode_certificate(reader);
  return value;
}

CheckpointRecord read_checkpoint(WireReader& reader) {
  CheckpointRecord value;
  value.epoch = reader.u64();
  value.seq = reader.u64();
  value.digest = reader.hash();
  return value;
}

}  // namespace

Record to_record(const ViewRecord& value) {
  WireWriter writer(kFixedBytes + value.new_view.size());
  writer.u64(value.epoch).u64(value.view).u8(value.active ? 1 : 0).blob(value.new_view);
  return record(Slot::kView, std::move(writer));
}

Record to_record(const AcceptedRecord& value) {
  WireWriter writer(kFixedBytes);
  writer.u64(value.view).u64(value.seq).raw(value.digest);
  writer.u8(static_cast<std::uint8_t>(value.body)).raw(value.proposal_signature);
  return record(Slot::kAccepted, std::move(writer));
}

Record to_record(const PreparedRecord& value) {
  WireWriter writer(kFixedBytes + quorum::encoded_size(value.certificate));
  writer.u8(static_cast<std::uint8_t>(value.body));
  encode(writer, value.certificate);
  return record(Slot::kPrepared, std::move(writer));
}

Record to_record(const CheckpointRecord& value) {
  WireWriter writer;
  writer.u64(value.epoch).u64(value.seq).raw(value.digest);
  return record(Slot::kCheckpoint, std::move(writer));
}

Record stable_record(const QuorumCert& certificate) {
  return sealed(Slot::kStable, encode(certificate));
}

Record body_record(Slot slot, ByteView block) {
  return {static_cast<std::uint8_t>(slot), to_bytes(block)};
}

Result<DurableState> decode_records(const std::vector<Record>& records) {
  const auto damaged = [] {
    return fail(Code::kData, "a record of the vote log is damaged").with_reason("vote_log");
  };
  DurableState state;
  for (const Record& one : records) {
    if (one.value.empty()) continue;
    if (is_body(one.slot)) {
      const std::size_t cell = static_cast<Slot>(one.slot) == Slot::kBodyA ? 0 : 1;
      state.bodies[cell] = std::make_shared<const Bytes>(one.value);
      continue;
    }
    const std::optional<ByteView> content = unseal(one);
    if (!content) return damaged();
    WireReader reader(*content);
    switch (static_cast<Slot>(one.slot)) {
      case Slot::kView: state.view = read_view(reader); break;
      case Slot::kAccepted: state.accepted = read_accepted(reader); break;
      case Slot::kPrepared: state.prepared = read_prepared(reader); break;
      case Slot::kCheckpoint: state.checkpoint = read_checkpoint(reader); break;
      case Slot::kStable: state.stable = quorum::decode_certificate(reader); break;
      default: reader.reject();
    }
    if (!reader.finish()) return damaged();
  }
  return state;
}

}  // namespace emr::consensus
