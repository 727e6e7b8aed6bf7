// Temporary files that must not outlive the process: a small table that a signal handler may read.
// SIGINT, SIGTERM and SIGHUP remove what stands in it and then end the process as they always do;
// a program that handles these signals itself (the node) keeps its own handlers. Internal.
#pragma once

#include <string>

namespace emr::cli {

/// Remembers `path` until forget_temp_file(); installs the handlers at the first call. Returns the
/// slot, or -1 when the table is full (the file then is only removed on the normal ways out).
int remember_temp_file(const std::string& path);
void forget_temp_file(int slot) noexcept;

}  // namespace emr::cli
