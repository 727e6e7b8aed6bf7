// The limits of the command line layer, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace emr::cli {

/// One line of a stream: the bound of one request to a node. A longer line is refused and its rest
/// is read over, so that --on-error skip can go on behind it without holding it.
inline constexpr std::size_t kMaxLineBytes = 16U << 20;
/// Read size of the line reader: large enough that system calls do not show in a profile.
inline constexpr std::size_t kReadBytes = 256U << 10;
/// A configuration is written by hand.
inline constexpr std::size_t kMaxConfigBytes = 1U << 20;
/// A key, session or passphrase file.
inline constexpr std::size_t kMaxSecretBytes = 64U << 10;
/// A passphrase: scrypt takes any length, a person does not.
inline constexpr std::size_t kMaxPassphraseBytes = 1024;
/// One value on the command line or in the environment.
inline constexpr std::size_t kMaxOptionBytes = 64U << 10;
/// Progress: silent for the first second, then at most 10 lines a second.
inline constexpr std::chrono::milliseconds kProgressDelay{1000};
inline constexpr std::chrono::milliseconds kProgressInterval{100};
/// Temporary files that a signal must be able to remove.
inline constexpr std::size_t kMaxTempFiles = 16;
/// Help text and man pages of a terminal of the usual width.
inline constexpr std::size_t kHelpColumns = 80;

}  // namespace emr::cli
