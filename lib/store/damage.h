// A data directory may be damaged: cut short, its pages zeroed or changed by a bad disk or a hand.
// LMDB trusts its pages. It would run off the map (SIGSEGV), read behind the end of the file
// (SIGBUS) or abort; and none of that can be undone, because it happens in the middle of LMDB. So
// whatever it is, the process says what is wrong and ends with kIo (74), at once and from any
// thread: nothing that is written ends half-way, because a store commits by one page. A fault that
// is not of a store stays what it was. The lock file beside the data (LMDB's table of readers) is
// mapped too: what is wrong with it is no damage of the ledger, and is told apart.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace emr::store {

/// What is said of it.
Error damaged(const std::string& what);
/// Of a lock file that is cut short or none.
Error lock_damaged();
/// Of a store that failed before (a disk that refused a write), so that nothing more can be read.
Error store_failed();
/// From now on a read that hits damage ends the process so. Whoever opens a store calls it.
void watch_for_damage();
/// How a tool writes such an error to stderr. Without a call it is the message and the hint.
void say_on_damage(const std::function<std::string(const Error&)>& form);
/// Say it and end the process.
[[noreturn]] void stop_damaged() noexcept;
[[noreturn]] void stop_failed() noexcept;

/// While one lives, faults of this thread are those of the store.
class ReadGuard {
 public:
  ReadGuard() noexcept;
  ~ReadGuard();
  ReadGuard(const ReadGuard&) = delete;
  ReadGuard& operator=(const ReadGuard&) = delete;
};

/// The same for all threads: LMDB copies a store with a thread of its own. An abort counts, too.
class CopyGuard {
 public:
  CopyGuard() noexcept;
  ~CopyGuard();
  CopyGuard(const CopyGuard&) = delete;
  CopyGuard& operator=(const CopyGuard&) = delete;
};

/// Where a file is mapped; everything when that cannot be told.
struct MappedRange {
  std::uintptr_t first = 0;
  std::uintptr_t last = UINTPTR_MAX;  ///< behind the end

  bool holds(ByteView bytes) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(bytes.data());
    return at >= first && at <= last && bytes.size() <= last - at;
  }
};
MappedRange find_mapping(const std::string& path);
/// Faults where this file is mapped are of the lock file, until it is forgotten. The last one
/// counts.
void watch_lock_file(const std::string& path);
void forget_lock_file() noexcept;

}  // namespace emr::store
