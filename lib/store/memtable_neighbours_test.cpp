// What does not gather: neighbours of one batch, which share their pages as they are.
#include <doctest/doctest.h>

#include "store/limits.h"
#include "store/memtable.h"
#include "store/testing.h"

namespace emr::store {
namespace {

using testing::open_store;
using testing::records_of;
using testing::TempDir;

TEST_CASE("memtable: neighbours go into the tree at once, and no older log brings back a value") {
  const TempDir dir;
  auto store = open_store(dir.path);
  const auto neighbour = [](int i) { return "audit/000000000000/" + std::to_string(10 + i); };
  const auto put = [](WriteBatch& batch, const std::string& key, std::string_view value) {
    batch.put(Table::kState, as_bytes(key), as_bytes(value));
  };
  WriteBatch first;  // settles last but for one key, so that its log stays
  put(first, neighbour(3), "old");
  for (std::uint64_t i = 1; i <= 2 * kMemtableEntriesLeast; ++i) {
    first.put(Table::kState, height_key(~(i * 0x9E3779B97F4A7C15U) | std::uint64_t{0xF0} << 56),
              as_bytes("value"));
  }
  REQUIRE(store->apply(first).ok());
  const std::size_t settled = records_of(*store, Table::kState);
  REQUIRE(settled > 0);
  REQUIRE(settled < kMemtableEntriesLeast);
  for (int i = 0; i < 40; ++i) {  // the run that holds the old value is merged, and forgets it
    WriteBatch other;
    put(other, "z" + std::to_string(i), "value");
    REQUIRE(store->apply(other).ok());
  }
  WriteBatch run;
  const std::size_t before = records_of(*store, Table::kState);
  for (int i = 0; i < 9; ++i) put(run, neighbour(i), "new");
  REQUIRE(store->apply(run).ok());
  CHECK(records_of(*store, Table::kState) >= before + 8);
  CHECK(records_of(*store, Table::kMemlog) > 41);
  CHECK(store->state().get(neighbour(3)) == "new");
  store.reset();
  store = open_store(dir.path);
  CHECK(store->state().get(neighbour(3)) == "new");
  for (std::uint64_t i = 0; i < 500; ++i) {  // nor when all of that settles
    WriteBatch other;
    for (std::uint64_t k = 1; k <= 80; ++k) {
      other.put(Table::kState, height_key((i * 80 + k) * 0x9E3779B97F4A7C15U), as_bytes("value"));
    }
    REQUIRE(store->apply(other).ok());
  }
  CHECK(store->state().get(neighbour(3)) == "new");
}

// A log that had room for its batch, blocks and all, waited with several times what was counted.
TEST_CASE("memtable: what waits is as large as its changes, however large the batch") {
  WriteBatch batch;
  batch.put(Table::kBlocks, as_bytes("00000001"), Bytes(100'000, 7));
  batch.put(Table::kState, as_bytes("key"), as_bytes("value"));
  for (char end = 'a'; end < 'z'; ++end) {  // into the tree: their values are not logged
    batch.put(Table::kState, as_bytes(std::string("audit/0000/") + end), Bytes(1000, 7));
  }
  const MemStep step = Memtable().after(batch, false);
  const Bytes& log = step.run->logs.front()->bytes;
  CHECK(log.size() < 1000);
  CHECK(log.capacity() == log.size());
}

TEST_CASE("memtable: few neighbours gather") {
  const TempDir dir;
  const auto store = open_store(dir.path);
  WriteBatch batch;
  for (std::size_t i = 1; i < kMemtableNeighboursLeast; ++i) {
    batch.put(Table::kState, height_key(i), as_bytes("value"));
  }
  REQUIRE(store->apply(batch).ok());
  CHECK(records_of(*store, Table::kState) == 0);
  batch.put(Table::kState, height_key(kMemtableNeighboursLeast), as_bytes("value"));
  batch.erase(Table::kState, height_key(kMemtableNeighboursLeast + 1));
  REQUIRE(store->apply(batch).ok());  // for the others something waits
  CHECK(records_of(*store, Table::kState) == 1);
}

}  // namespace
}  // namespace emr::store
