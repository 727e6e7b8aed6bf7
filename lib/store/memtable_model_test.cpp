// The memtable alone, in many shapes of load, with a map for the trees and a map for the logs: what
// it settles, what it logs and what it reads again add up to every change, whenever it is started.
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "store/limits.h"
#include "store/memtable.h"
#include "store/store.h"

namespace emr::store {
namespace {

using Key = std::pair<Table, std::string>;
using Model = std::map<Key, std::string>;

/// One node: its memtable, and what its database would hold.
struct Node {
  std::shared_ptr<const Memtable> memtable = std::make_shared<const Memtable>();
  Model tree;
  std::map<std::uint64_t, Bytes> logs;

  void commit(const MemStep& step) {
    for (const WriteBatch::Change& change : step.direct) {
      tree[{change.table, std::string(as_text(change.key))}] = as_text(*change.value);
    }
    for (const MemEntry& entry : step.settled) {
      const Key key{entry.table, std::string(as_text(entry.key()))};
      if (entry.erased) tree.erase(key);
      else tree[key] = as_text(entry.value());
    }
    if (step.number >= step.first_kept) logs[step.number] = step.run->logs.front()->bytes;
    logs.erase(logs.begin(), logs.lower_bound(step.first_kept));
    memtable = step.next;
  }

  void start_again() {
    auto read = std::make_shared<Memtable>();
    for (const auto& [number, log] : logs) REQUIRE(read->add_logged(number, log).ok());
    read->end_logs();
    memtable = std::move(read);
  }

  /// The tree with the memtable over it.
  Model seen() const {
    Model all = tree;
    for (const Table table : {Table::kTxIndex, Table::kState}) {
      for (Memtable::Cursor at(*memtable, table, {}); at.get() != nullptr; at.next()) {
        const MemEntry& entry = *at.get();
        REQUIRE(memtable->find(table, entry.key()) == &entry);
        const Key key{table, std::string(as_text(entry.key()))};
        if (entry.erased) all.erase(key);
        else all[key] = as_text(entry.value());
      }
    }
    return all;
  }
};

/// How keys come: over a space of this size, in order, always the same ones, or all of it.
enum class Shape { kWide, kNarrow, kRising, kFalling, kHot, kLong };

std::string key_of(Shape shape, std::uint64_t number, std::mt19937& random) {
  const auto text = [](std::uint64_t value) { return std::to_string(10'000'000 + value); };
  switch (shape) {
    case Shape::kWide: return text(random() % 1'000'000);
    case Shape::kNarrow: return text(random() % 1500);
    case Shape::kRising: return text(5'000'000 + number);
    case Shape::kFalling: return text(5'000'000 - number);
    case Shape::kHot: return text(random() % 3);
    case Shape::kLong: break;
  }
  return std::string(kKeyBytesMax - 8, 'k') + text(random() % 2000);
}

struct Load {
  Shape shape;
  std::size_t most;  ///< changes a batch
  std::size_t value_most;
  int batches;
};

WriteBatch next_batch(const Load& load, Model& model, std::uint64_t& number,
                      std::mt19937& random) {
  WriteBatch batch;
  const std::size_t changes = 1 + random() % load.most;
  for (std::size_t i = 0; i < changes; ++i) {
    const Key key{random() % 4 == 0 ? Table::kTxIndex : Table::kState,
                  key_of(load.shape, ++number, random)};
    if (random() % 4 == 0) {
      batch.erase(key.first, as_bytes(key.second));
      model.erase(key);
    } else {
      const std::string value(random() % (load.value_most + 1), static_cast<char>(number));
      batch.put(key.first, as_bytes(key.second), as_bytes(value));
      model[key] = value;
    }
  }
  return batch;
}

/// Beside ordinary commits: some that fail, some that settle everything, some starts.
void play(const Load& load, unsigned seed) {
  std::mt19937 random(seed);
  Node node;
  Model model;
  std::uint64_t number = 0;
  for (int i = 0; i < load.batches; ++i) {
    if (random() % 16 == 0) {
      Model unused = model;
      (void)node.memtable->after(next_batch(load, unused, number, random), random() % 2 == 0);
    }
    const WriteBatch batch = next_batch(load, model, number, random);
    const bool settles_all = random() % 300 == 0;
    const auto before = node.memtable;  // a reader's
    node.commit(node.memtable->after(batch, settles_all));
    if (settles_all) CHECK((node.logs.empty() && node.memtable->empty() && node.tree == model));
    if (random() % 64 == 0) node.start_again();
    if (i % 97 == 0 || i + 1 == load.batches) REQUIRE(node.seen() == model);
  }
  node.start_again();
  CHECK(node.seen() == model);
}

TEST_CASE("memtable: in every shape of load, no change is lost and none comes back") {
  const Load loads[] = {
      {Shape::kWide, 1, 20, 4000},   {Shape::kWide, 400, 60, 150},  {Shape::kNarrow, 1, 20, 4000},
      {Shape::kNarrow, 300, 9, 300}, {Shape::kRising, 3, 20, 2500}, {Shape::kFalling, 3, 20, 2500},
      {Shape::kRising, 300, 9, 200}, {Shape::kHot, 2, 20, 1000},    {Shape::kLong, 200, 0, 150},
  };
  for (const Load& load : loads) {
    for (unsigned seed = 1; seed <= 2; ++seed) {
      CAPTURE(static_cast<int>(load.shape));
      CAPTURE(load.most);
      CAPTURE(seed);
      play(load, seed);
    }
  }
}

// What is written again and again keeps the number of waiting changes below the one from which on
// any settle; the oldest batch waits then, and every log behind it.
TEST_CASE("memtable: however small the batches, there is an end to their logs") {
  Node node;
  WriteBatch cold;
  for (int i = 0; i < 900; ++i) {
    cold.put(Table::kState, as_bytes("cold" + std::to_string(i)), as_bytes("v"));
  }
  node.commit(node.memtable->after(cold, false));
  std::size_t most = 0;
  for (int i = 0; i < 10'000; ++i) {
    WriteBatch batch;
    batch.put(Table::kState, as_bytes("hot"), as_bytes(std::to_string(i)));
    node.commit(node.memtable->after(batch, false));
    most = std::max(most, node.logs.size());
  }
  CHECK(most <= kMemtableBatchesMax);
  CHECK(node.seen().size() == 901);
  CHECK(node.seen().at({Table::kState, "hot"}) == "9999");
}

// A batch that finds the logs full puts all of them into the trees, and the node stands still.
TEST_CASE("memtable: large batches settle early enough that nothing has to go at once") {
  Node node;
  std::mt19937_64 random(9);
  constexpr std::size_t kValueBytes = 256 << 10;
  constexpr std::size_t kBatchValues = 32;  // 8 MiB
  std::size_t most = 0;
  for (int i = 0; i < 96; ++i) {
    WriteBatch batch;
    for (std::size_t k = 0; k < kBatchValues; ++k) {
      batch.put(Table::kState, as_bytes(std::to_string(random())), Bytes(kValueBytes, 'v'));
    }
    const MemStep step = node.memtable->after(batch, false);
    const bool all_at_once = step.first_kept > step.number && i > 0;
    REQUIRE_FALSE(all_at_once);
    node.commit(step);
    most = std::max(most, node.logs.size());
  }
  CHECK(most * kBatchValues * kValueBytes < kMemtableBytesMax);
}

}  // namespace
}  // namespace emr::store
