// Every limit of a running node, with its reason. What passes one is answered "busy" or dropped and
// counted; nothing a client or a peer does makes a node hold more than these add up to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "http/limits.h"
#include "ledger/block.h"
#include "ledger/limits.h"
#include "net/limits.h"
#include "quorum/limits.h"

namespace emr::node {

/// Requests that wait for a block: two seconds of work at the target rate of 10,000/s.
inline constexpr std::size_t kMempoolCountMax = 20'000;
/// Their cores and sidecars in memory.
inline constexpr std::size_t kMempoolBytesMax = std::size_t{256} << 20;
/// Of these at most so many from one account, so that one importer cannot lock everybody out.
inline constexpr std::size_t kMempoolPerSenderMax = 5'000;
/// And of one peer's at most the (f + 1)th part of number and bytes: a member that makes accounts
/// at will, and f of them together, leave room for everybody else.
constexpr std::size_t mempool_share(std::size_t total, std::size_t faulty_max) {
  return total / (faulty_max + 1);
}
/// A request that is refused by the state after all is looked for this often (and not in every
/// block: admission reads state).
inline constexpr std::chrono::milliseconds kMempoolSweepInterval{500};
/// Our own clients' requests are sent to the peers again when no block took them for so long: the
/// first copy may have been dropped on the way to the primary.
inline constexpr std::chrono::milliseconds kForwardAgain{700};

/// Others' requests that a node reminds the primary of at once, the oldest first: under a backlog
/// most of them are there, and every copy is read again.
inline constexpr std::size_t kRelayedMax = 64;

/// Lines of one POST /v1/tx: what fits the body at 1 KiB each.
inline constexpr std::size_t kLinesPerRequestMax = 10'000;
/// A client that waits for no outcome still waits for the checks of its lines, so long at most.
inline constexpr std::chrono::seconds kAcceptancePatience{30};
/// Longest ?wait= of a client; a proxy in between gives up sooner.
inline constexpr std::uint64_t kWaitSecondsMax = 300;

/// Connections that wait for the outcome of what they did not bring: anybody may ask, so they leave
/// half of the places to everybody else (http/limits.h).
inline constexpr std::size_t kWatchersMax = http::kMaxConnections / 2;

/// Work that waits for a worker thread, of all clients or of one peer; past it HTTP answers 503 and
/// that peer's bulk data is dropped.
inline constexpr std::size_t kWorkQueueMax = 4'096;
/// Frames of one peer that wait for the core thread, and the same for the workers. Two full-size
/// proposals and votes; or sixteen bulk frames.
inline constexpr std::size_t kPeerInboxBytesMax = std::size_t{32} << 20;

/// What a waiting frame costs besides its bytes: without it, empty frames would wait for nothing.
inline constexpr std::size_t kFrameOverheadBytes = 256;

/// Verified work that waits for the core thread; so much waits only when its disk stands still.
inline constexpr std::size_t kCoreInboxBytesMax = std::size_t{256} << 20;

/// Blocks for a peer that catches up: so many bytes at once, far below what may wait for its link
/// (where the first ones would be dropped for the last), and so many in a second: about 14,000
/// transactions, and it asks all of us in turn. It executes them more slowly; who asks for more
/// wants our time, not our blocks.
inline constexpr std::size_t kServedBytesBurst = 2 * consensus::kMaxBlockBytes;
inline constexpr std::size_t kServedBytesPerSecond = std::size_t{8} << 20;
static_assert(kServedBytesBurst + consensus::kMaxMessageBytes < net::kMaxQueuedBytes);
/// What serving a block costs besides its bytes: reading, its certificate, a frame.
inline constexpr std::size_t kServedOverheadBytes = std::size_t{4} << 10;

/// Bulk frames are cut here: far below the mesh's limit, so that votes get their turn in between.
inline constexpr std::size_t kBulkFrameBytes = std::size_t{2} << 20;
static_assert(kBulkFrameBytes * 4 < net::kMaxFrameBytes);
/// Items of one "want" frame.
inline constexpr std::size_t kWantItemsMax = 4'096;
/// Missing sidecars of a proposal are asked for again, from the next peer, after this.
inline constexpr std::chrono::milliseconds kSidecarRetry{100};
/// Sidecars of committed transactions that we lack are asked for again, from the next peer.
inline constexpr std::chrono::milliseconds kSidecarRepairInterval{500};
/// And this rarely, when nobody has brought any for long: they may be pruned everywhere.
inline constexpr std::chrono::milliseconds kSidecarRepairMax{60'000};
/// Background repair: one inventory step to one peer each interval.
inline constexpr std::chrono::seconds kRepairInterval{5};
/// A reader waits so long for a block that we do not hold and a peer may.
inline constexpr std::chrono::seconds kContentFetchTimeout{5};
/// Meanwhile the peers are asked again: the link to the one that has it may just be coming up.
inline constexpr std::chrono::milliseconds kContentFetchAgain{500};
/// Readers that wait for such blocks at once.
inline constexpr std::size_t kContentFetchesMax = 256;

/// Chunks of a state asked for at once: about 640 KiB, one durable write at the receiver.
inline constexpr std::uint32_t kChunksPerRequest = 64;
/// One chunk on the wire: 256 entries, of which few are long; a longer one cannot be transferred.
inline constexpr std::size_t kChunkBytesMax = std::size_t{8} << 20;
static_assert(kChunkBytesMax + kBulkFrameBytes < net::kMaxFrameBytes);
/// The end of an epoch on the wire: header, certificate, keys.
inline constexpr std::size_t kEpochLinkBytesMax =
    ledger::kHeaderBytes + quorum::kMaxCertificateBytes + 8 + quorum::kMaxValidators * 33;
static_assert(ledger::kEpochLinksMax * kEpochLinkBytesMax + kBulkFrameBytes < net::kMaxFrameBytes);
/// Snapshots that are kept for others: the newest, and an older one that somebody still fetches.
inline constexpr std::size_t kSnapshotsMax = 2;
/// Asked for within this time: somebody is fetching from it.
inline constexpr std::chrono::seconds kSnapshotInUse{30};
/// State bytes that may change under a pinned view before it is let go; LMDB copies whole pages, so
/// the disk space that it keeps from being used again is up to ten times as much.
inline constexpr std::size_t kPinnedBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kPinnedBytesInUseMax = std::size_t{256} << 20;
/// Offers are collected for so long before one is chosen.
inline constexpr std::chrono::milliseconds kOfferPatience{700};
/// A peer that does not bring what was asked for is not asked again for a while.
inline constexpr std::chrono::milliseconds kChunkPatience{5000};
/// After so many times in a row it counts as one that does not hold the snapshot, and what it
/// offers is not taken for a while: blocks are the way that no single member can bar.
inline constexpr unsigned kChunkFailuresMax = 5;
inline constexpr std::chrono::minutes kFailedOfferPenalty{10};
/// A node that catches up leaves its peers' links to the votes: one request per peer in flight, and
/// this long between two of them.
inline constexpr std::chrono::milliseconds kChunkInterval{20};
/// Questions of one peer for chunks or old blocks that are worked on at once; it has one in flight,
/// and the next one may overtake the end of our work on it. What is more is dropped.
inline constexpr unsigned kTransfersPerPeer = 2;
/// Old blocks of one frame, and the time between two requests for them: history can wait.
inline constexpr std::size_t kHistoryBlocksMax = 64;
inline constexpr std::chrono::milliseconds kHistoryInterval{100};
inline constexpr std::chrono::milliseconds kHistoryPatience{3000};

/// Institutions that one process ever sees as peers: members and those that came and went.
inline constexpr std::size_t kPeerPlacesMax = 1024;
/// A transport key that was renewed, or whose owner has left, is accepted for so long: its owner
/// learns from us what was decided.
inline constexpr std::chrono::seconds kKeyGrace{30};
/// A node whose renewed transport key may be registered without its knowing tries it after this
/// long without any peer.
inline constexpr std::chrono::seconds kTryOtherKey{10};
/// Places for verified transactions that are remembered, about 3 KiB each.
inline constexpr std::size_t kVerifiedMax = 4'096;
/// A member that forwarded what no honest member forwards is not read in bulk for so long; twice as
/// long each time, up to the maximum. Its clients reach the others through any honest member.
inline constexpr std::uint64_t kShunMinMs = 1'000;
inline constexpr std::uint64_t kShunMaxMs = 60'000;

/// Nonces of signed requests, remembered until they expire (at most five minutes).
inline constexpr std::size_t kNoncesMax = 200'000;
/// Of these of one signer: 160 a second all the time, and room for everybody else.
inline constexpr std::size_t kNoncesPerSignerMax = kNoncesMax / 4;
/// How far a proposal's time may lie from our clock. Longer than any tolerable drift of NTP, short
/// enough that a proposer cannot end sessions or grants early by more than this.
inline constexpr std::int64_t kBlockTimeSkewSeconds = 15;
/// The clock of the consensus core.
inline constexpr std::chrono::milliseconds kTickInterval{20};

/// Blocks of one query answer.
inline constexpr std::uint64_t kBlocksPerQueryMax = 1'000;
/// Sidecars erased in one transaction while pruning.
inline constexpr std::size_t kPruneBatch = 2'000;

/// Log lines of one topic and level: so many at once, for what happens in bursts, ...
inline constexpr std::uint64_t kLogLinesBurst = 100;
/// ... and so many per second for ever: 86,400 lines or about 10 MB a day at the very worst. The
/// rest is counted and the count is logged.
inline constexpr std::uint64_t kLogLinesPerSecond = 1;
/// Proofs of one member's faults that are kept: one blames it already, some show a habit. About
/// 300 bytes each, so all members together stay far below a megabyte.
inline constexpr std::size_t kProofsPerMemberMax = 64;
/// Messages with a wrong signature that are kept of one member's link: a hint for operators only.
inline constexpr std::size_t kUnprovenPerMemberMax = 16;
/// A signed vote as evidence holds it is 122 bytes.
inline constexpr std::size_t kEvidenceHalfBytesMax = 256;

/// A core thread that has not published its status for so long is stuck, most likely on its disk.
/// Far longer than the slowest sync of a healthy disk, shorter than a service manager's patience.
inline constexpr std::chrono::seconds kCoreSilenceMax{10};
/// A state is logged when it has lasted this long: view changes come and go within it.
inline constexpr std::int64_t kHealthSettleSeconds = 2;
/// How often the disk is looked at, and dead readers of the store are cleared.
inline constexpr std::chrono::seconds kDiskCheckInterval{60};

/// The unit of the consensus core's clock.
constexpr std::uint64_t in_ms(std::chrono::milliseconds duration) {
  return static_cast<std::uint64_t>(duration.count());
}

}  // namespace emr::node
