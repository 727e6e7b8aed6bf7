// Every limit of the peer network, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

#include "consensus/limits.h"

namespace emr::net {

/// One frame: the longest consensus message, or a batch of bulk data that its sender cut to fit.
inline constexpr std::size_t kMaxFrameBytes = std::size_t{16} << 20;
static_assert(kMaxFrameBytes > consensus::kMaxMessageBytes);
/// What waits for one peer on each lane; past it the oldest frame is dropped and counted. Consensus
/// resends, bulk data is fetched again: a slow peer costs itself, never our memory.
inline constexpr std::size_t kMaxQueuedBytes = std::size_t{48} << 20;
/// Frames are gathered into one TLS write up to this.
inline constexpr std::size_t kWriteBatchBytes = std::size_t{256} << 10;
/// A frame's buffer grows by this as bytes arrive, so that a claimed length alone costs nothing.
inline constexpr std::size_t kReadStepBytes = std::size_t{64} << 10;
/// Connections that have not said who they are yet; more are closed at once.
inline constexpr std::size_t kMaxStrangers = 64;
/// Of these from one address: one host alone cannot keep the members out. All members may sit
/// behind one address (a test, a gateway) and dial at once.
inline constexpr std::size_t kMaxStrangersPerAddress = 24;
/// TLS handshake and hello together.
inline constexpr std::chrono::seconds kHandshakeTimeout{5};
/// A link that sends nothing for this long sends an empty frame ...
inline constexpr std::chrono::milliseconds kKeepaliveInterval{1000};
/// ... so a peer that was silent for this long is gone.
inline constexpr std::chrono::seconds kSilenceTimeout{5};
/// A frame that takes longer than this from first to last byte ends the link.
inline constexpr std::chrono::seconds kFrameTimeout{30};
/// A write that the peer has not taken for so long ends the link: it does not read, and what waits
/// for it is old by then.
inline constexpr std::chrono::seconds kWriteTimeout{30};
/// Frames read from one peer in a second; a busy consortium sends a few hundred. The rest waits in
/// the kernel, so a flood of tiny frames costs the flooder, not the core's queue.
inline constexpr std::size_t kMaxFramesPerSecond = 20'000;
/// So many seconds of that, one after the other, are no accident ...
inline constexpr unsigned kFullSecondsMax = 2;
/// ... and nothing is read for so long: long beside the patience of a consortium with its primary,
/// short beside kWriteTimeout, so that the peer's other end need not think that we are dead.
inline constexpr std::chrono::seconds kFloodPause{10};
static_assert(kFloodPause * 2 < kWriteTimeout);
/// Dialing again: first after this, doubling up to the second.
inline constexpr std::chrono::milliseconds kRedialMin{50};
inline constexpr std::chrono::milliseconds kRedialMax{2000};

}  // namespace emr::net
