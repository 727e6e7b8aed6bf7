// What LMDB's codes mean, and which of its two files they are about.
#include <sys/stat.h>

#include <cerrno>

#include "store/lmdb_env.h"

namespace emr::store {

namespace {

/// A lock file holds two headers of a cache line each and one reader at least. LMDB itself would
/// read behind the end of a shorter one that somebody else has open.
constexpr off_t kLockFileLeast = 3 * 64;

}  // namespace

bool is_lock_file_short(const std::string& directory) {
  struct stat file {};
  return ::stat((directory + "/lock.mdb").c_str(), &file) == 0 && file.st_size < kLockFileLeast;
}

bool opens_without_lock(const std::string& directory) {
  MDB_env* env = nullptr;
  if (mdb_env_create(&env) != 0) return false;
  const int code = mdb_env_open(env, directory.c_str(), MDB_RDONLY | MDB_NOLOCK, 0);
  mdb_env_close(env);
  return code == 0;
}

Error lmdb_error(int code, std::string_view doing) {
  if (code == ENOSPC || code == EDQUOT) {
    return fail(Code::kTempFail, "the disk is full; nothing was written")
        .with_reason("disk_full")
        .with_hint("make room in the data directory's file system and start again");
  }
  if (code == EAGAIN) {
    return fail(Code::kTempFail, "the node is writing all the time")
        .with_reason("busy")
        .with_hint("try again; its disk is slow");
  }
  if (code == MDB_READERS_FULL) {
    return fail(Code::kTempFail, "too many programs read this ledger at once")
        .with_reason("busy")
        .with_hint("try again when a backup or a doctor's visit is over");
  }
  if (code == MDB_VERSION_MISMATCH) {
    return fail(Code::kConfig, "the store was written by another version of LMDB")
        .with_reason("store_format");
  }
  if (code == MDB_PANIC) return store_failed();
  if (is_damage(code)) return damaged("cannot " + std::string(doing) + ": " + mdb_strerror(code));
  return fail(Code::kIo, "cannot " + std::string(doing) + ": " + mdb_strerror(code));
}

/// By what lmdb.h says of each code, and where LMDB 0.9 returns it to calls like ours:
///   CORRUPTED, PAGE_NOTFOUND   a page of the wrong type, or a number beyond the last page
///   INVALID                    the file is none of LMDB's
///   CURSOR_FULL                a tree deeper than any: a page that leads back to itself
///   INCOMPATIBLE               the flags of a table are not those it was made with
/// Not: PANIC (a write of the page that makes a tree current failed before: the disk, and this
/// process is done with it), VERSION_MISMATCH (another LMDB wrote it), BAD_TXN (a call behind one
/// that failed: what the first one said counts, and there is none behind it here).
bool is_damage(int code) noexcept {
  return code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID ||
         code == MDB_CURSOR_FULL || code == MDB_INCOMPATIBLE;
}

}  // namespace emr::store
