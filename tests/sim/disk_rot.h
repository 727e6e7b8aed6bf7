// Bits that flip on the disk of a simulated node.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "consensus/durable.h"

namespace emr::sim {

inline void flip(Bytes& bytes, std::uint64_t at) {
  bytes[at / 8 % bytes.size()] ^= static_cast<std::uint8_t>(1u << (at % 8));
}

/// One bit of a vote record; false: there was none. `is_fatal` becomes true when no start may
/// overlook it (a lost body is fetched again).
inline bool rot_record(std::array<Bytes, consensus::kSlotCount>& slots, std::uint64_t position,
                       bool& is_fatal) {
  const std::size_t slot = position % slots.size();
  if (slots[slot].empty()) return false;
  flip(slots[slot], position >> 16);
  const bool is_body = slot == std::size_t(consensus::Slot::kBodyA) ||
                       slot == std::size_t(consensus::Slot::kBodyB);
  is_fatal = is_fatal || !is_body;
  return true;
}

/// One bit of a stored block. Others may hold the same bytes in memory: theirs stay.
template <class Chain>
bool rot_block(Chain& chain, std::uint64_t position) {
  if (chain.empty()) return false;
  auto& stored = chain[position % chain.size()];
  Bytes bytes = *stored.block;
  flip(bytes, position >> 16);
  stored.block = std::make_shared<const Bytes>(std::move(bytes));
  return true;
}

}  // namespace emr::sim
