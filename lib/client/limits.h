// Limits of the client side, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.h"

namespace emr::client {

/// Signed requests live for two of the five minutes that nodes allow: clocks may differ.
inline constexpr UnixSeconds kRequestSeconds = 120;
/// Status documents, errors, key parts.
inline constexpr std::size_t kSmallAnswerBytes = std::size_t{1} << 20;
/// One request to POST /v1/tx; the node takes 16 MiB.
inline constexpr std::size_t kSubmitBytesMax = std::size_t{8} << 20;
/// How long one POST /v1/tx waits before the next node is asked; longer than a view change.
inline constexpr std::chrono::seconds kSubmitRound{10};
/// Pause before a busy or restarting node is asked again.
inline constexpr std::chrono::milliseconds kRetryPause{100};

}  // namespace emr::client
