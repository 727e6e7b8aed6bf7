// The three standard descriptors, made safe at program start. Internal to lib/cli.
#pragma once

namespace emr::cli {

/// A program may be started with 0, 1 or 2 closed; the next file it opens would then become its
/// stdout. Puts /dev/null in the holes and remembers them. Called once, first thing in run().
void guard_standard_streams();
/// Was this descriptor closed when the program started?
bool stream_was_closed(int fd) noexcept;

/// No core dump may hold a secret: RLIMIT_CORE 0 and PR_SET_DUMPABLE 0 (no ptrace by others).
void forbid_core_dumps();

}  // namespace emr::cli
