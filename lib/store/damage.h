// A data directory may be damaged: cut short, its pages zeroed or changed by a bad disk or a hand.
// LMDB trusts its pages. It would run off the map (SIGSEGV), read behind the end of the file
// (SIGBUS) or abort; and none of that can be undone, because it happens in the middle of LMDB. So
// whatever it is, the process says what is wrong and ends with kIo (74), at once and from any
// thread: nothing that is written ends half-way, because a store commits by one page. A fault that
// is not of a store stays what it was.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace emr::store {

/// What is said of it.
Error damaged(const std::string& what);
/// From now on a read that hits damage ends the process so. Whoever opens a store calls it.
void watch_for_damage();
/// The bytes that go to stderr then; a tool puts its name and form around damaged(). Without a call
/// they are the message and the hint.
void say_on_damage(const std::string& text);
/// Says it and ends the process.
[[noreturn]] void stop_damaged() noexcept;

/// While one lives, faults of this thread are those of the store.
class ReadGuard {
 public:
  ReadGuard() noexcept;
  ~ReadGuard();
  ReadGuard(const ReadGuard&) = delete;
  ReadGuard& operator=(const ReadGuard&) = delete;
};

/// The same for all threads: LMDB copies a store with a thread of its own.
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
MappedRange find_mapping(int descriptor);

}  // namespace emr::store
