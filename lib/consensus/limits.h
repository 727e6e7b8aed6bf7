// Limits of the consensus core, each with its reason. Passing one is a counted refusal, never a
// crash: what a limit drops comes back by resending or by block sync.
#pragma once

#include <cstddef>
#include <cstdint>

#include "quorum/limits.h"

namespace emr::consensus {

/// A full batch (400 entries) of ordinary transactions is about 0.3 MiB; 400 of the largest allowed
/// (16 KiB) are 6.25 MiB. The block must fit a message.
inline constexpr std::size_t kMaxBlockBytes = 8u << 20;
/// VIEW-CHANGE: two certificates and a fixed part.
inline constexpr std::size_t kMaxViewChangeBytes = 512 + 2 * quorum::kMaxCertificateBytes;
/// NEW-VIEW: one VIEW-CHANGE of every validator.
inline constexpr std::size_t kMaxNewViewBytes = 512 + quorum::kMaxValidators * kMaxViewChangeBytes;
/// The longest message of all: a block with its certificate, or a NEW-VIEW.
inline constexpr std::size_t kMaxMessageBytes = kMaxBlockBytes + 2 * quorum::kMaxCertificateBytes;
static_assert(kMaxNewViewBytes <= kMaxMessageBytes);

/// Messages of later views or heights that are kept per peer until their time comes. A peer that is
/// one step ahead has at most a proposal, a prepare and a commit (and a checkpoint) in the air.
inline constexpr std::size_t kFutureMessagesPerPeer = 8;
/// Of these at most so many may carry a block, because blocks are what costs memory.
inline constexpr std::size_t kFutureBlocksPerPeer = 2;
/// How far ahead of the last committed height a vote may lie and still be kept.
inline constexpr std::uint64_t kFutureHeights = 8;
/// Blocks asked for, served and buffered at once while catching up.
inline constexpr std::uint64_t kSyncWindow = 16;
/// Timeout doublings: 2 s grow to at most 64 s, so a healed network recovers within about a minute.
inline constexpr unsigned kMaxTimeoutDoublings = 5;
/// Evidence reported per culprit and height; more would only let a liar fill the disk.
inline constexpr std::size_t kEvidencePerHeight = 2;

}  // namespace emr::consensus
