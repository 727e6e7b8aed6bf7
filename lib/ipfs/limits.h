// Limits of the IPFS layer, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace emr::ipfs {

/// Blocks collected for one dag/import request: few round trips, small memory.
inline constexpr std::size_t kImportBatchBytes = std::size_t{12} << 20;
/// One line of an RPC answer; the longest we read names one CID and one message.
inline constexpr std::size_t kMaxRpcLine = 64 * 1024;
/// All lines of one RPC answer (progress is switched off, so there are a handful).
inline constexpr std::size_t kMaxRpcAnswer = std::size_t{1} << 20;
/// What is repeated of a peer's error message: enough to act on, too short to flood a log.
inline constexpr std::size_t kMaxPeerMessage = 120;
/// An API token file.
inline constexpr std::size_t kMaxTokenBytes = 4096;
/// Default bound of one RPC. Kubo waits for ever for a block that nobody has.
inline constexpr std::chrono::seconds kRpcTimeout{60};
/// Uploads get a second more for each of these bytes: a slow hospital line of 1 MiB/s.
inline constexpr std::uint64_t kUploadBytesPerSecond = std::uint64_t{1} << 20;

/// Work units in flight per thread, and the bytes of one: memory is threads x units x bytes.
inline constexpr std::size_t kUnitsPerThread = 3;
inline constexpr std::size_t kUnitBytes = std::size_t{1} << 20;
inline constexpr unsigned kMaxThreads = 16;

}  // namespace emr::ipfs
