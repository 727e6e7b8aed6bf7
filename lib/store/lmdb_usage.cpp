// How much of an environment's file is in use, and whether all of it is there.
#include <sys/stat.h>

#include <cstring>

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

/// The file may lack pages only at its end and only free ones: LMDB does not write a page that one
/// transaction took and gave back.
Status LmdbEnv::check_size() const {
  mdb_filehandle_t descriptor = -1;
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_get_fd(env_, &descriptor);
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  struct stat file {};
  if (::fstat(descriptor, &file) != 0 || stat.ms_psize == 0) return damaged("it has no pages");
  const std::size_t there = static_cast<std::size_t>(file.st_size) / stat.ms_psize;
  const std::size_t used = info.me_last_pgno + 1;
  if (there >= used) return {};
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn); code != 0) return lmdb_error(code, "read the store");
  std::size_t missing = used - there;
  const int code = visit_free_pages(txn, [&](std::size_t page) {
    if (page >= there && page < used) --missing;
  });
  mdb_txn_abort(txn);
  if (code != 0) return lmdb_error(code, "read the store");
  if (missing == 0) return {};
  return damaged("the file is cut short, " + std::to_string(missing) + " pages are missing");
}

void LmdbEnv::find_map() const {
  mdb_filehandle_t descriptor = -1;
  if (mdb_env_get_fd(env_, &descriptor) == 0) map_ = find_mapping(descriptor);
}

}  // namespace emr::store
