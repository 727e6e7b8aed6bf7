// Every limit of the ledger formats, with its reason. Passing one is an error with the reason word
// "limit", never a crash and never a silent cut.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::ledger {

/// A core stays in the block for ever: big enough for 64 attachment handles (64 hex each) and a
/// grant with 64 records, small enough that 400 of them are one 6.4 MiB proposal at the very worst.
inline constexpr std::size_t kCoreBytesMax = 16 * 1024;
/// One emr.tx line with its sidecar (two envelopes of a long record text). Inline binaries (images,
/// base64 of a PDF) exceed it on purpose: they belong to the content store.
inline constexpr std::size_t kTransactionLineBytesMax = 256 * 1024;
/// core + 65-byte signature in hex + punctuation.
inline constexpr std::size_t kEntryBytesMax = kCoreBytesMax + 512;
/// A receipt names facts (version, outcome, grant, expiry), never content.
inline constexpr std::size_t kReceiptBytesMax = 4 * 1024;
/// Upper bound of pbft.batchMax in a genesis; the default is 1000.
inline constexpr std::uint32_t kBlockEntriesMax = 4096;
/// 9999-12-31T23:59:59Z: later times have no text.
inline constexpr std::uint64_t kBlockTimeMax = 253'402'300'799;
/// Whole block on the wire; a primary stops filling a block before this.
inline constexpr std::size_t kBlockBytesMax = 8 * 1024 * 1024;
/// Header and entry count of a block, rounded up (the header takes 263 bytes).
inline constexpr std::size_t kHeaderRoom = 512;
/// A signature is worthless after a day: replay keys live in state no longer than this.
inline constexpr std::int64_t kValiditySecondsMax = 24 * 60 * 60;
/// A transaction whose validUntil is further ahead than the day plus this skew is refused, so that
/// a client whose clock is a little fast can still ask for the whole day.
inline constexpr std::int64_t kClockSkewSecondsMax = 60;
/// Texts of the typed data: what a wallet shows in one line.
inline constexpr std::size_t kTypedTextCharsMax = 60;
/// Members of one list argument (handles, records of a grant).
inline constexpr std::uint32_t kListItemsMax = 64;
/// Signed queries are sent at once; five minutes cover clock skew and a slow link.
inline constexpr std::int64_t kQuerySecondsMax = 5 * 60;
/// A signed query or release request.
inline constexpr std::size_t kQueryBytesMax = 16 * 1024;
/// A genesis file with 100 institutions is about 80 KiB.
inline constexpr std::size_t kGenesisBytesMax = 1024 * 1024;
/// A certificate names its signers in one 64-bit map (lib/quorum), and PBFT with more all-to-all
/// voters is outside what this design is for; 4 is the least n that bears one fault.
inline constexpr std::size_t kInstitutionsMin = 4;
inline constexpr std::size_t kInstitutionsMax = 64;
/// Changes of the validator set that one proof walks through: a consortium of 64 that renews every
/// key every year has as many in sixteen years. Beyond it, trust a later epoch instead.
inline constexpr std::size_t kEpochLinksMax = 1024;
/// An exported proof: entry, receipt, two Merkle paths of 12 hashes, header, certificate of 64, and
/// the epochs that lie behind it (2 to 13 KiB of hex each; with ten members 3).
inline constexpr std::size_t kProofBytesMax = 8 * 1024 * 1024;
/// Depth of a Merkle path: 2^12 = kBlockEntriesMax.
inline constexpr std::size_t kMerklePathMax = 12;

/// A state key: what LMDB can hold as a key (its compiled default).
inline constexpr std::size_t kStateKeyBytesMax = 511;
/// A state value follows from one transaction (16 KiB) or gathers small facts; 64 times that.
inline constexpr std::size_t kStateValueBytesMax = 1024 * 1024;
/// Entries of a chunk of the authenticated state: one key in so many begins a new chunk. About
/// 10 KiB travel at once, and a proof lists 32 keys; fewer would mean more leaves to keep.
inline constexpr std::size_t kChunkEntriesMean = 32;
/// A chunk is cut here even without such a key, which chance makes once in 3,000 chunks and
/// somebody who chooses keys could make at will: a chunk must fit a message.
inline constexpr std::size_t kChunkEntriesMax = 256;
/// Chunks of one state: 2^24 chunks are 500 million entries.
inline constexpr std::uint64_t kStateChunksMax = std::uint64_t{1} << 24;
/// Depth of a Merkle path over them.
inline constexpr std::size_t kStatePathMax = 24;

static_assert(kStateChunksMax <= (std::uint64_t{1} << kStatePathMax));
static_assert(256 % kChunkEntriesMean == 0, "a byte of a hash decides");
static_assert(kBlockEntriesMax <= (1U << kMerklePathMax));
static_assert(kEntryBytesMax > kCoreBytesMax && kEntryBytesMax < kTransactionLineBytesMax);

}  // namespace emr::ledger
