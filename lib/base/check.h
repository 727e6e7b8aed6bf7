// Invariants of the program itself. They stay on in release builds and are never used for
// anything a user, a peer or a file can cause: such input is answered with emr::Error.
#pragma once

namespace emr {

/// Prints the failed expression and its place to stderr and aborts (exit by SIGABRT). Never prints
/// run-time values, because they could be patient data.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace emr

#define EMR_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::emr::check_failed(#expression, __FILE__, __LINE__))
