// The store: what is durable, what is atomic, how it grows, and who may open it.
#include "store/store.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "store/testing.h"

namespace emr::store {
namespace {

namespace fs = std::filesystem;
using testing::open_store;
using testing::sample_block;
using testing::TempDir;

/// Runs `work` in another process; it ends without destructors, as if killed.
template <class Work>
pid_t start_child(Work work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}
bool ended_well(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
template <class Work>
bool in_child(Work work) {
  return ended_well(start_child(work));
}

TEST_CASE("store: a committed block is readable after a restart, whole") {
  const TempDir dir;
  {
    const auto store = open_store(dir.path);
    WriteBatch batch;
    put_genesis(batch, "{}", {}, {{"genesis", "0"}});
    put_committed(batch, sample_block(1));
    REQUIRE(store->apply(batch).ok());
  }
  const auto store = open_store(dir.path);
  const auto view = store->snapshot();
  REQUIRE(view->tip().ok());
  CHECK(view->tip().value()->height == 1);
  CHECK(view->tip().value()->time == 1'800'000'000);
  CHECK(view->genesis() == "{}");
  CHECK(view->block(1) == to_bytes("block"));
  CHECK(view->certificate(1) == to_bytes("certificate"));
  CHECK(view->receipts(1).value() == std::vector<std::string>{"{\"a\":1}", "{\"a\":2}"});
  CHECK(view->receipts(2).error().reason == "not_found");
  Hash32 second{};
  second.fill(2);
  CHECK(view->position(second).value()->height == 1);
  CHECK(view->position(second).value()->index == 1);
  CHECK(view->get("records/b") == "2");
  CHECK(store->state().get("genesis") == "0");
}

TEST_CASE("store: a repeatable batch is read at once and survives the death of its writer") {
  const TempDir dir;
  REQUIRE(in_child([&] {
    Store* const store = open_store(dir.path).release();  // never closed
    bool good = true;
    for (std::uint64_t height = 1; height <= 3; ++height) {
      WriteBatch batch;
      put_committed(batch, sample_block(height));
      good = good && store->apply(batch, Durability::kRepeatable).ok();
      good = good && store->current().tip().value()->height == height;
      if (height == 1) good = good && store->sync().ok();
    }
    return good;
  }));
  const auto store = open_store(dir.path);
  CHECK(store->snapshot()->tip().value()->height == 3);
}

TEST_CASE("store: an empty store has no tip") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  CHECK(!store->snapshot()->tip().value().has_value());
  CHECK(!store->snapshot()->genesis().has_value());
}

TEST_CASE("store: scan keeps to its prefix, starts behind the cursor, stops at the limit") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  WriteBatch batch;
  for (const char* key : {"a/1", "b/1", "b/2", "b/3", "b", "c/1"}) {
    batch.put(Table::kState, as_bytes(key), as_bytes("v"));
  }
  REQUIRE(store->apply(batch).ok());
  struct Row {
    std::string prefix, after;
    std::size_t limit;
    std::vector<std::string> keys;
  };
  const std::vector<Row> rows = {{"b/", "", 9, {"b/1", "b/2", "b/3"}},
                                 {"b/", "b/1", 9, {"b/2", "b/3"}},
                                 {"b/", "", 2, {"b/1", "b/2"}},
                                 {"b/", "b/3", 9, {}},
                                 {"b/", "a/9", 9, {"b/1", "b/2", "b/3"}},
                                 {"d", "", 9, {}},
                                 {"", "", 2, {"a/1", "b"}},
                                 {"b/", "", 0, {}}};
  for (const Row& row : rows) {
    CAPTURE(row.after);
    std::vector<std::string> keys;
    for (auto& entry : store->state().scan(row.prefix, row.after, row.limit)) {
      keys.push_back(entry.key);
    }
    CHECK(keys == row.keys);
  }
}

TEST_CASE("store: a snapshot does not move, the owner's state does") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  WriteBatch first;
  first.put(Table::kState, as_bytes("k"), as_bytes("old"));
  REQUIRE(store->apply(first).ok());
  const auto view = store->snapshot();
  CHECK(store->state().get("k") == "old");
  WriteBatch second;
  second.put(Table::kState, as_bytes("k"), as_bytes("new"));
  REQUIRE(store->apply(second).ok());
  CHECK(view->get("k") == "old");
  CHECK(store->state().get("k") == "new");
}

TEST_CASE("store: the map grows by itself far past its first size (R-029)") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  const Bytes value(std::size_t{1} << 20, 7);
  for (std::uint64_t i = 0; i < 96; i += 16) {
    WriteBatch batch;
    for (std::uint64_t j = i; j < i + 16; ++j)
      batch.put(Table::kContent, height_key(j), ByteView(value));
    REQUIRE(store->apply(batch).ok());
  }
  CHECK(store->snapshot()->get_raw(Table::kContent, height_key(95))->size() == value.size());
  CHECK(store->disk_usage().value().store_bytes > kMapBytesInitial);
}

TEST_CASE("store: a directory has one owner, a copy opens without writing (R-030)") {
  const TempDir dir;
  const TempDir copy;
  {
    const auto store = open_store(dir.path);
    WriteBatch batch;
    put_committed(batch, sample_block(1));
    REQUIRE(store->apply(batch).ok());
    const auto second = Store::open(dir.path);
    REQUIRE(!second.ok());
    CHECK(second.error().code == Code::kTempFail);
    CHECK(second.error().reason == "locked");
    CHECK(Store::open_copy(copy.path).error().code == Code::kNoInput);
  }
  fs::copy_file(dir.path + "/data.mdb", copy.path + "/data.mdb");
  const auto before = fs::last_write_time(copy.path + "/data.mdb");
  const auto offline = Store::open_copy(copy.path);
  REQUIRE(offline.ok());
  CHECK(offline.value()->snapshot()->block(1) == to_bytes("block"));
  CHECK(fs::last_write_time(copy.path + "/data.mdb") == before);
  CHECK(!fs::exists(copy.path + "/lock.mdb"));
}

TEST_CASE("store: one of another format is told by its name, and left as it was") {
  const TempDir dir;
  {
    const auto store = open_store(dir.path);
    WriteBatch batch;
    batch.put(Table::kMeta, as_bytes("format"), as_bytes("emr-store/1"));
    REQUIRE(store->apply(batch).ok());
  }
  for (const auto& store : {Store::open(dir.path), Store::open_copy(dir.path)}) {
    REQUIRE(!store.ok());
    CHECK(store.error().code == Code::kConfig);
    CHECK(store.error().message.find("emr-store/1") != std::string::npos);
    CHECK(!store.error().hint.empty());
  }
}

TEST_CASE("store: a killed writer leaves all of a batch or nothing") {
  const TempDir dir;
  { open_store(dir.path); }
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = Store::open(dir.path);
    WriteBatch batch;
    put_committed(batch, sample_block(1));
    const bool done = store.ok() && (*store)->apply(batch).ok();
    ::_exit(done ? 0 : 1);  // no destructor runs: as if killed
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  const auto store = open_store(dir.path);
  CHECK(store->snapshot()->tip().value()->height == 1);
  CHECK(store->state().get("records/a") == "1");
}

TEST_CASE("store: a write that fails half-way harms nothing and can be repeated (R-029)") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  WriteBatch small;
  put_committed(small, sample_block(1));
  REQUIRE(store->apply(small).ok());
  // A file size limit cuts a write short, as a disk does that fills up under our feet.
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = store->disk_usage().value().store_bytes + 64 * 1024;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
  WriteBatch large;
  large.put(Table::kContent, as_bytes("cid"), Bytes(std::size_t{8} << 20, 7));
  const Status refused = store->apply(large);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK(!refused.ok());
  CHECK(store->snapshot()->tip().value()->height == 1);
  CHECK(!store->snapshot()->contains(Table::kContent, as_bytes("cid")));
  CHECK(store->apply(large).ok());
  CHECK(store->snapshot()->contains(Table::kContent, as_bytes("cid")));
}

TEST_CASE("store: nothing is written into the reserve: 75, and all is as before (R-029)") {
  const TempDir dir;
  const auto store = Store::open(dir.path, {.reserve_bytes = UINT64_MAX});
  REQUIRE(store.ok());
  WriteBatch batch;
  put_committed(batch, sample_block(1));
  const Status refused = (*store)->apply(batch);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == Code::kTempFail);
  CHECK(refused.error().reason == "disk_full");
  CHECK(!(*store)->snapshot()->tip().value().has_value());
}

TEST_CASE("store: the map grows although readers overlap all the time (R-029)") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&, i] {
      while (!stop) {
        const auto view = store->snapshot();
        std::this_thread::sleep_for(std::chrono::milliseconds(2 + i));
        const auto nested = store->snapshot();  // must not wait for itself
      }
    });
  }
  const Bytes value(std::size_t{4} << 20, 7);
  for (std::uint64_t i = 0; i < 40; ++i) {
    WriteBatch batch;
    batch.put(Table::kContent, height_key(i), ByteView(value));
    CHECK(store->apply(batch).ok());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(store->snapshot()->count(Table::kContent) == 40);
}

TEST_CASE("store: a configured limit is a full disk, and what is erased makes room again (R-029)") {
  const TempDir dir;
  const auto opened = Store::open(dir.path, {.reserve_bytes = 0, .limit_bytes = 4U << 20});
  REQUIRE(opened.ok());
  Store& store = **opened;
  const Bytes value(std::size_t{256} << 10, 7);
  std::uint64_t kept = 0;
  Status written;
  while (written.ok() && kept < 100) {
    WriteBatch batch;
    batch.put(Table::kContent, height_key(kept), ByteView(value));
    written = store.apply(batch);
    if (written.ok()) ++kept;
  }
  REQUIRE(!written.ok());
  CHECK(written.error().code == Code::kTempFail);
  CHECK(written.error().reason == "disk_full");
  CHECK(kept > 8);
  CHECK(store.snapshot()->count(Table::kContent) == kept);
  CHECK(store.map_usage().value().used_percent >= 80);
  WriteBatch batch;
  for (std::uint64_t i = 0; i < kept; i += 2) batch.erase(Table::kContent, height_key(i));
  REQUIRE(store.apply(batch).ok());
  CHECK(store.map_usage().value().used_percent < 80);
  CHECK(store.map_usage().value().free_bytes > (1U << 20));
  WriteBatch between;  // LMDB uses pages again that were freed two transactions ago
  between.put(Table::kMeta, as_bytes("k"), ByteView(as_bytes("v")));
  REQUIRE(store.apply(between).ok());
  WriteBatch again;
  again.put(Table::kContent, height_key(0), ByteView(value));
  CHECK(store.apply(again).ok());
}

TEST_CASE("store: a copy of a store in use is consistent, small and opens (R-029, R-063)") {
  const TempDir dir;
  const TempDir target;
  const auto store = open_store(dir.path);
  WriteBatch batch;
  put_committed(batch, sample_block(1));
  batch.put(Table::kContent, as_bytes("gone"), Bytes(std::size_t{8} << 20, 7));
  REQUIRE(store->apply(batch).ok());
  WriteBatch erase;
  erase.erase(Table::kContent, as_bytes("gone"));
  REQUIRE(store->apply(erase).ok());
  const std::string path = target.path + "/data.mdb";
  CHECK(in_child([&] {  // LMDB opens a store once in a process
    const auto beside = Store::open_beside(dir.path);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    return beside.ok() && fd >= 0 && (*beside)->copy_to(fd).ok();
  }));
  CHECK(fs::file_size(path) < (1U << 20));
  const auto copy = Store::open_copy(target.path);
  REQUIRE(copy.ok());
  CHECK((*copy)->snapshot()->tip().value()->height == 1);
  CHECK(Store::open_beside(target.path + "/none").error().code == Code::kNoInput);
}

TEST_CASE("store: who reads beside a node follows when the node grows its map (R-029)") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  const pid_t child = start_child([&] {
    const auto beside = Store::open_beside(dir.path);
    for (int i = 0; i < 2000 && beside.ok(); ++i) {
      if ((*beside)->snapshot()->count(Table::kContent) == 20) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  });
  const Bytes value(std::size_t{8} << 20, 7);
  for (std::uint64_t i = 0; i < 20; ++i) {
    WriteBatch batch;
    batch.put(Table::kContent, height_key(i), ByteView(value));
    CHECK(store->apply(batch).ok());
  }
  CHECK(ended_well(child));
}

TEST_CASE("store: height keys sort as numbers") {
  CHECK(height_key(255) < height_key(256));
  CHECK(height_of_key(height_key(77)) == 77);
  CHECK(!height_of_key(as_bytes("short")).has_value());
}

}  // namespace
}  // namespace emr::store
