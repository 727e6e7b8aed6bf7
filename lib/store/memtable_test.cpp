// The memtable against a plain map: whatever gathers, settles, is logged and read again, a reader
// sees the changes in the order in which they were made.
#include "store/memtable.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "store/limits.h"
#include "store/testing.h"

namespace emr::store {
namespace {

using testing::open_store;
using testing::records_of;
using testing::TempDir;
using Model = std::map<std::pair<Table, std::string>, std::string>;

std::string random_key(std::mt19937& random) {
  static const char* const kFamilies[] = {"audit/", "registration/session/", "replay/a/", "z"};
  return kFamilies[random() % 4] + std::to_string(random() % 3000);
}

/// A batch of changes of both tables, also of one key twice, and what it does to the model.
WriteBatch random_batch(std::mt19937& random, Model& model) {
  WriteBatch batch;
  const std::size_t changes = 1 + random() % (random() % 8 == 0 ? 1500 : 40);
  for (std::size_t i = 0; i < changes; ++i) {
    const Table table = random() % 3 == 0 ? Table::kTxIndex : Table::kState;
    const std::string key = random_key(random);
    if (random() % 4 == 0) {
      batch.erase(table, as_bytes(key));
      model.erase({table, key});
    } else {
      const std::string value(random() % 90, static_cast<char>('a' + random() % 26));
      batch.put(table, as_bytes(key), as_bytes(value));
      model[{table, key}] = value;
    }
  }
  return batch;
}

/// Everything, by look-up and in order, from the beginning and from somewhere.
void check_equal(const Snapshot& view, const Model& model, std::mt19937& random) {
  for (const Table table : {Table::kTxIndex, Table::kState}) {
    const std::string from = random() % 2 == 0 ? "" : random_key(random);
    std::vector<std::pair<std::string, std::string>> found;
    view.visit(table, as_bytes(from), [&](ByteView key, ByteView value) {
      found.emplace_back(as_text(key), as_text(value));
      return true;
    });
    std::vector<std::pair<std::string, std::string>> wanted;
    for (auto at = model.lower_bound({table, from}); at != model.end(); ++at) {
      if (at->first.first == table) wanted.emplace_back(at->first.second, at->second);
    }
    CHECK(found == wanted);
    for (int i = 0; i < 50; ++i) {
      const std::string key = random_key(random);
      const auto value = view.get_raw(table, as_bytes(key));
      const auto known = model.find({table, key});
      REQUIRE(value.has_value() == (known != model.end()));
      if (value) CHECK(as_text(*value) == known->second);
    }
  }
}

TEST_CASE("memtable: readers see every change, through settling, restarts and old views") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const TempDir dir;
    auto store = open_store(dir.path);
    Model model;
    std::unique_ptr<Snapshot> old_view;
    Model old_model;
    for (int round = 0; round < 120; ++round) {
      REQUIRE(store->apply(random_batch(random, model)).ok());
      if (round % 7 == 0) check_equal(store->current(), model, random);
      if (round % 40 == 10) {
        old_view = store->snapshot();
        old_model = model;
      }
      if (round % 40 == 39) {
        check_equal(*old_view, old_model, random);
        old_view.reset();
        store.reset();  // one directory, one owner
        store = open_store(dir.path);
        check_equal(*store->snapshot(), model, random);
      }
    }
    CHECK(records_of(*store, Table::kState) > 100);  // some of it has settled
    store.reset();  // LMDB: one environment a process
    const auto copy = Store::open_copy(dir.path);
    REQUIRE(copy.ok());
    check_equal(*(*copy)->snapshot(), model, random);
  }
}

TEST_CASE("memtable: whoever is killed loses nothing that gathers") {
  const TempDir dir;
  std::mt19937 random(7);
  Model model;
  std::vector<WriteBatch> batches;
  for (int i = 0; i < 30; ++i) batches.push_back(random_batch(random, model));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Store* const store = open_store(dir.path).release();  // never closed
    bool good = true;
    for (const WriteBatch& batch : batches) {
      good = good && store->apply(batch, Durability::kRepeatable).ok();
    }
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  const auto store = open_store(dir.path);
  check_equal(*store->snapshot(), model, random);
}

TEST_CASE("memtable: few changes gather, many settle at the pace at which they come") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  std::uint64_t number = 0;
  const auto apply = [&](std::size_t keys) {
    WriteBatch batch;
    for (std::size_t i = 0; i < keys; ++i) {
      // Odd multiples of a large number: every key is new and falls anywhere in the order.
      batch.put(Table::kState, height_key(++number * 0x9E3779B97F4A7C15U), as_bytes("value"));
    }
    REQUIRE(store->apply(batch).ok());
  };
  for (int i = 0; i < 10; ++i) apply(100);
  CHECK(records_of(*store, Table::kState) == 0);
  for (int i = 0; i < 600; ++i) apply(100);
  const std::size_t waiting = number - records_of(*store, Table::kState);
  CHECK(waiting < 100 * 2 * kMemtableSlices);
  CHECK(waiting > 100 * kMemtableSlices / 2);
  const std::size_t pieces = records_of(*store, Table::kMemlog);
  CHECK(pieces < 100 * 4 * kMemtableSlices * 30 / kLogPieceBytes + 600);  // old logs go
}

TEST_CASE("memtable: it is bounded in bytes") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  const Bytes large(kMemtableBytesMax / 8, 'v');
  std::uint64_t number = 0;
  for (int i = 0; i < 12; ++i) {
    WriteBatch batch;
    batch.put(Table::kState, height_key(++number), large);
    REQUIRE(store->apply(batch).ok());
  }
  CHECK(records_of(*store, Table::kState) >= 8);
  CHECK(store->state().get(std::string(as_text(height_key(12)))).has_value());
}

TEST_CASE("memtable: a stage that is installed lies under nothing of the old state") {
  const TempDir dir;
  Hash32 txid{};
  {
    const auto store = open_store(dir.path);
    WriteBatch batch;
    batch.put(Table::kState, as_bytes("a"), as_bytes("old"));
    batch.put(Table::kTxIndex, txid, as_bytes("position"));
    batch.put(Table::kStage, as_bytes("b"), as_bytes("new"));
    REQUIRE(store->apply(batch).ok());
    const auto before = store->snapshot();
    WriteBatch install;
    install.put(Table::kState, as_bytes("c"), as_bytes("of the old state too"));
    install.install_stage();
    REQUIRE(store->apply(install).ok());
    CHECK(before->get("a") == "old");
    CHECK(records_of(*store, Table::kMemlog) == 0);
  }
  const auto store = open_store(dir.path);
  CHECK(!store->state().get("a").has_value());
  CHECK(store->state().get("b") == "new");
  CHECK(!store->state().get("c").has_value());
  CHECK(store->current().contains(Table::kTxIndex, txid));
}

TEST_CASE("memtable: what is no log is refused") {
  const std::string good{"\x01\x00\x01\x00\x00\x00\x01" "av"
                         "\x01\x00\x01\x00\x00\x00\x00" "b", 17};
  CHECK(Memtable().add_logged(1, to_bytes(good)).ok());
  const std::string with_mark{"\x05\x00\x01\x00\x00\x00\x00" "a", 8};
  CHECK(Memtable().add_logged(1, to_bytes(with_mark)).ok());
  for (std::size_t size = 1; size < good.size(); ++size) {
    if (size == 9) continue;  // the first change alone
    CHECK(!Memtable().add_logged(1, to_bytes(good.substr(0, size))).ok());
  }
  const std::pair<int, char> faults[] = {
      {0, '\x04'}, {0, '\x06'}, {2, '\0'}, {9, '\0'}, {16, 'a'}};
  for (const auto& [at, byte] : faults) {
    std::string bad = good;
    bad[static_cast<std::size_t>(at)] = byte;
    CHECK(!Memtable().add_logged(1, to_bytes(bad)).ok());
  }
}

/// Of a row of the log.
Bytes row(std::uint64_t batch, std::uint8_t piece) {
  Bytes key = height_key(batch);
  key.insert(key.end(), {0, piece});
  return key;
}

TEST_CASE("memtable: a row of the log that is missing among others, or is none, is damage") {
  WriteBatch odd;
  odd.put(Table::kMemlog, as_bytes("row"), as_bytes("x"));
  WriteBatch cut;
  cut.put(Table::kMemlog, row(5, 0), as_bytes("\x01"));
  std::vector<WriteBatch> damages{odd, cut};
  for (const auto& [batch, piece] : {std::pair(3, 0), {1, 0}, {2, 0}, {2, 1}, {1, 1}}) {
    WriteBatch gone;
    gone.erase(Table::kMemlog, row(static_cast<std::uint64_t>(batch),
                                   static_cast<std::uint8_t>(piece)));
    damages.push_back(std::move(gone));
  }
  damages.back().erase(Table::kMemlog, row(1, 0));  // the oldest one of all: they begin with 2
  for (std::size_t i = 0; i < damages.size(); ++i) {
    CAPTURE(i);
    const TempDir dir;
    {
      const auto store = open_store(dir.path);
      for (std::size_t number = 1; number <= 5; ++number) {
        WriteBatch batch;  // the second change begins with the second piece
        batch.put(Table::kState, as_bytes("a"), Bytes(kLogPieceBytes - 8, 'v'));
        batch.put(Table::kState, as_bytes("b" + std::to_string(number)), as_bytes("1"));
        REQUIRE(store->apply(batch).ok());
      }
      REQUIRE(store->apply(damages[i]).ok());
    }
    const auto store = Store::open(dir.path);
    if (i + 1 == damages.size()) {
      CHECK(store.ok());
      continue;
    }
    REQUIRE(!store.ok());
    CHECK(store.error().code == Code::kIo);
    CHECK(store.error().reason == "corrupt");
  }
}

// The limit of a process stands for a disk that is full for a while.
TEST_CASE("memtable: commits that fail change nothing, for no view, and are made again") {
  const TempDir dir;
  auto store = open_store(dir.path);
  std::mt19937 random(11);
  Model model;
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto former = std::signal(SIGXFSZ, SIG_IGN);
  int failures = 0;
  for (int round = 0; round < 60; ++round) {
    Model next = model;
    WriteBatch batch = random_batch(random, next);
    batch.put(Table::kContent, height_key(random()), Bytes(100'000, 'c'));
    struct rlimit full = before;
    full.rlim_cur = store->disk_usage().value().store_bytes;
    if (round % 3 == 2) REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    const bool good = store->apply(batch).ok();
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    failures += good ? 0 : 1;
    if (!good) {
      check_equal(*store->snapshot(), model, random);
      if (round % 2 == 0) {  // another batch takes the number of the one that failed
        next = model;
        batch = random_batch(random, next);
      }
      REQUIRE(store->apply(batch).ok());
    }
    model = std::move(next);
    check_equal(store->current(), model, random);
  }
  (void)std::signal(SIGXFSZ, former);
  CHECK(failures > 5);
  store.reset();
  check_equal(*open_store(dir.path)->snapshot(), model, random);
}

/// The same word in a table that gathers and in one that does not.
WriteBatch marked_batch(std::mt19937& random, int number) {
  Model unused;
  WriteBatch batch = random_batch(random, unused);
  for (const Table table : {Table::kMeta, Table::kState, Table::kTxIndex}) {
    batch.put(table, as_bytes("mark"), as_bytes(std::to_string(number)));
  }
  return batch;
}

bool is_of_one_moment(const Snapshot& view) {
  const auto mark = [&](Table table) {
    return std::string(as_text(view.get_raw(table, as_bytes("mark")).value_or(ByteView())));
  };
  return mark(Table::kMeta) == mark(Table::kState) && mark(Table::kMeta) == mark(Table::kTxIndex);
}

TEST_CASE("memtable: readers of other threads see one moment while the owner commits") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  std::atomic<bool> is_over = false;
  std::atomic<int> faults = 0;
  const auto read = [&] {
    while (!is_over.load()) {
      if (!is_of_one_moment(*store->snapshot())) ++faults;
      const auto pin = store->pin();
      (void)pin->with([&](const Snapshot& view) { faults += is_of_one_moment(view) ? 0 : 1; });
    }
  };
  std::thread one(read);
  std::thread other(read);
  std::mt19937 random(5);
  for (int i = 0; i < 150; ++i) {
    CHECK(store->apply(marked_batch(random, i), Durability::kRepeatable).ok());
  }
  is_over = true;
  one.join();
  other.join();
  CHECK(faults == 0);
}

TEST_CASE("memtable: a reader beside sees one moment while nodes commit, are killed and start") {
  const TempDir dir;
  REQUIRE(open_store(dir.path)->sync().ok());
  const auto beside = Store::open_beside(dir.path);
  REQUIRE(beside.ok());
  for (unsigned start = 0; start < 3; ++start) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      std::mt19937 random(start);
      Store* const store = open_store(dir.path).release();  // never closed
      bool good = is_of_one_moment(store->current());
      for (int i = 0; i < 50; ++i) {
        const Durability durability = i % 2 == 0 ? Durability::kRepeatable : Durability::kFull;
        good = good && store->apply(marked_batch(random, i), durability).ok();
      }
      ::_exit(good ? 0 : 1);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
      REQUIRE(is_of_one_moment(*(*beside)->snapshot()));
    }
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
}

}  // namespace
}  // namespace emr::store
