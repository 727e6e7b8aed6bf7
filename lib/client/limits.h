// Limits of the client side, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace emr::client {

/// A signed request lives two of the five minutes that nodes allow: clocks may differ.
inline constexpr std::int64_t kRequestSeconds = 120;
/// Status and error answers.
inline constexpr std::uint64_t kSmallAnswerBytes = std::uint64_t{1} << 20;
/// Rows that one query asks for at a time; the nodes' own limit.
inline constexpr std::uint64_t kRowsPerRequest = 1'000;
/// One node may take this long for one exchange before the next one is asked.
inline constexpr std::chrono::seconds kPatience{10};
/// So long nodes that are behind are asked again for their key parts, with these pauses.
inline constexpr std::chrono::seconds kReleaseWait{5};
inline constexpr std::chrono::milliseconds kReleasePause{200};
/// Which node to prefer is not worth waiting for.
inline constexpr std::chrono::milliseconds kPreferencePatience{2'000};
/// Lines of one submission, and their bytes (the nodes' limit of a body is 16 MiB).
inline constexpr std::size_t kBatchLinesMax = 1'000;
inline constexpr std::size_t kBatchBytesMax = std::size_t{8} << 20;
/// One wait of a submission at a node; then the next node is asked for the outcome.
inline constexpr std::chrono::seconds kWaitPerRequest{10};
/// Pause before the same nodes are asked again, when none could take or decide a transaction.
inline constexpr std::chrono::milliseconds kRetryPause{200};

/// Records of one look-up question: 10 KiB of the 16 that a signed query may have.
inline constexpr std::size_t kTagsPerQuestion = 64;
/// A node that did not answer a look-up is left alone for so many times as long as it kept us
/// waiting: a dead one costs a run the twentieth part of its time, and one that is back is asked.
inline constexpr int kRestFactor = 20;
inline constexpr std::chrono::milliseconds kRestLeast{200};
/// Blocks whose receipts were checked: those that the batches under way can share.
inline constexpr std::size_t kProvenBlocksMax = 64;

}  // namespace emr::client
