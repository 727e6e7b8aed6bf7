// How much of an environment's file is in use, and whether all of it is there.
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <thread>

#include "store/damage.h"
#include "store/lmdb_env.h"

namespace emr::store {

namespace {

/// Calls `visit` with each page of the free list, whose records are lists of page numbers behind
/// their count.
int visit_free_pages(MDB_txn* txn, const std::function<void(std::size_t page)>& visit) {
  constexpr MDB_dbi kFreeList = 0;
  const ReadGuard guard;
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn, kFreeList, &cursor); code != 0) return code;
  MDB_val key{};
  MDB_val value{};
  int code = 0;
  while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
    const auto* const words = static_cast<const std::uint8_t*>(value.mv_data);
    std::size_t count = 0;
    if (value.mv_size >= sizeof count) std::memcpy(&count, words, sizeof count);
    const bool is_whole = value.mv_size / sizeof count > count;
    for (std::size_t i = 1; is_whole && i <= count; ++i) {
      std::size_t page = 0;
      std::memcpy(&page, words + i * sizeof page, sizeof page);
      visit(page);
    }
  }
  mdb_cursor_close(cursor);
  return code == MDB_NOTFOUND ? 0 : code;
}

}  // namespace

/// Pages ever used, less those on the free list.
Result<MapUsage> LmdbEnv::map_usage() const {
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn); code != 0) return lmdb_error(code, "read the store");
  std::uint64_t free_pages = 0;
  const int code = visit_free_pages(txn, [&](std::size_t) { ++free_pages; });
  mdb_txn_abort(txn);
  if (code != 0) return lmdb_error(code, "read the store");
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  MapUsage usage;
  usage.free_bytes = free_pages * stat.ms_psize;
  usage.used_bytes = (info.me_last_pgno + 1) * stat.ms_psize;
  usage.used_bytes -= std::min(usage.used_bytes, usage.free_bytes);
  usage.limit_bytes = options_.limit_bytes;
  if (usage.limit_bytes > 0) {
    usage.used_percent = static_cast<unsigned>(
        std::min<std::uint64_t>(usage.used_bytes * 100 / usage.limit_bytes, 100));
  }
  return usage;
}

/// A read transaction, and the number of pages of the store as it sees it. A node that has the
/// store open may write meanwhile, and for as long as its disk takes to flush a commit the page
/// that counts is ahead of what readers see: then it is looked at again.
int LmdbEnv::begin_counted(MDB_txn** txn, std::size_t* pages) const {
  constexpr int kTriesMax = 2000;
  for (int tries = 1;; ++tries) {
    if (const int code = begin_read(txn); code != 0) return code;
    MDB_envinfo info{};
    mdb_env_info(env_, &info);
    *pages = info.me_last_pgno + 1;
    if (info.me_last_txnid == mdb_txn_id(*txn)) return 0;
    mdb_txn_abort(*txn);
    if (tries == kTriesMax) return EAGAIN;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// The file may lack pages only at its end and only free ones: LMDB does not write a page that one
/// transaction took and gave back. Its length is read last: it only grows.
Status LmdbEnv::check_size() const {
  MDB_txn* txn = nullptr;
  std::size_t used = 0;
  if (const int code = begin_counted(&txn, &used); code != 0) {
    return lmdb_error(code, "read the store");
  }
  mdb_filehandle_t descriptor = -1;
  MDB_stat stat{};
  mdb_env_get_fd(env_, &descriptor);
  mdb_env_stat(env_, &stat);
  struct stat file {};
  const bool is_known = ::fstat(descriptor, &file) == 0 && stat.ms_psize != 0;
  const std::size_t there =
      is_known ? static_cast<std::size_t>(file.st_size) / stat.ms_psize : std::size_t{0};
  std::set<std::size_t> free;  // a damaged list may name one twice
  int code = 0;
  if (is_known && there < used) {
    code = visit_free_pages(txn, [&](std::size_t page) {
      if (page >= there && page < used) free.insert(page);
    });
  }
  mdb_txn_abort(txn);
  if (!is_known) return damaged("it has no pages");
  if (code != 0) return lmdb_error(code, "read the store");
  if (there + free.size() >= used) return {};
  return damaged("the file is cut short, " + std::to_string(used - there - free.size()) +
                 " pages are missing");
}

void LmdbEnv::find_map() const { map_ = find_mapping(directory_ + "/data.mdb"); }

}  // namespace emr::store
