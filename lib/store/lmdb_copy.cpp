// A compacted copy of the store. LMDB walks the pages without looking at them, so they are looked
// at before (page_check.h).
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "store/lmdb_env.h"
#include "store/page_check.h"

namespace emr::store {

namespace {

/// The node goes on writing: by the time that the file is read it may be two commits ahead.
constexpr int kTries = 100;

PagesVerdict verdict_on(const LmdbEnv& env, int file, int& code) {
  for (int tries = 0; tries < kTries; ++tries) {
    MDB_txn* txn = nullptr;  // nobody reuses the pages that it sees
    code = env.begin_read(&txn);
    if (code != 0) return PagesVerdict::kDamaged;
    const PagesVerdict verdict = check_pages(file, mdb_txn_id(txn));
    mdb_txn_abort(txn);
    if (verdict != PagesVerdict::kOutdated) return verdict;
  }
  return PagesVerdict::kWhole;  // a file that so many commits reached is looked after by its node
}

}  // namespace

Status LmdbEnv::check_pages() const {
  const int file = ::open((directory_ + "/data.mdb").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return lmdb_error(errno, "open the data file");
  int code = 0;
  const PagesVerdict verdict = verdict_on(*this, file, code);
  ::close(file);
  if (code != 0) return lmdb_error(code, "look at the pages");
  return verdict == PagesVerdict::kWhole ? Status()
                                         : Status(damaged("a page of it cannot be read"));
}

Status LmdbEnv::copy_to(int fd) {
  EMR_TRY(check_pages());
  const CopyGuard guard;
  int code = mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT);
  if (code == MDB_MAP_RESIZED) {  // the node has grown its map since we opened it
    mdb_env_set_mapsize(env_, 0);
    find_map();
    code = mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT);
  }
  if (code == 0 && ::fsync(fd) != 0 && errno != EINVAL) code = errno;  // EINVAL: /dev/null
  if (code == MDB_INCOMPATIBLE) {
    return damaged("not every page of it can be reached");
  }
  return code == 0 ? Status() : Status(lmdb_error(code, "copy the store"));
}

}  // namespace emr::store
