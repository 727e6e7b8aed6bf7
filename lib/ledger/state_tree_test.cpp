// The authenticated state: whatever the history, equal states have equal roots; every chunk proves
// itself, and whatever is changed in one is noticed; no choice of keys makes a chunk too large.
#include "ledger/state_tree.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {
namespace {

std::string key_at(std::uint64_t number) { return "family/" + std::to_string(number); }

/// Sorted, each key once, a third of them erasures.
std::vector<StateWrite> random_writes(std::mt19937& random, std::uint32_t keys) {
  MapState once;
  for (std::uint32_t i = 0; i < 1 + random() % 40; ++i) {
    once.apply({{key_at(random() % keys), std::to_string(random())}});
  }
  std::vector<StateWrite> writes;
  for (const auto& [key, value] : once.entries()) {
    writes.push_back({key, random() % 3 == 0 ? std::nullopt : std::optional(value)});
  }
  return writes;
}

StateChunk chunk_of_state(const StateTree& tree, const MapState& state, std::size_t number) {
  const ChunkIndex index = tree.chunk(number);
  StateChunk chunk{index.start, index.stop, {}};
  for (const auto& [key, value] : index.entries) chunk.entries.push_back({key, *state.get(key)});
  return chunk;
}

TEST_CASE("state tree: the root follows from the entries, not from their history") {
  std::mt19937 random(11);
  for (const std::uint32_t keys : {3U, 200U, 3000U}) {
    MapState state;
    StateTree tree;
    for (int round = 0; round < 150; ++round) {
      auto writes = random_writes(random, keys);
      if (round % 3 == 0) std::reverse(writes.begin(), writes.end());  // slower, not different
      const StateTree before = tree;
      const Hash32 root_before = before.root();
      tree.apply(writes);
      state.apply(writes);
      const StateTree fresh = StateTree::of(state);
      REQUIRE(tree.root() == fresh.root());
      REQUIRE(tree.entries() == state.entries().size());
      REQUIRE(tree.starts() == fresh.starts());
      REQUIRE(before.root() == root_before);  // a copy does not change with its original
    }
  }
}

TEST_CASE("state tree: chunks cover every key exactly once and prove themselves") {
  std::mt19937 random(5);
  MapState state;
  for (std::uint32_t i = 0; i < 2000; ++i) state.apply({{key_at(random() % 5000), "v"}});
  const StateTree tree = StateTree::of(state);
  const auto starts = tree.starts();
  const MerkleTree merkle(tree.leaves());
  REQUIRE(starts.size() == merkle.size());
  CHECK(starts.size() > 2000 / kChunkEntriesMean / 2);
  CHECK(state_root(merkle.size(), merkle.root()) == tree.root());
  CHECK(state_root(merkle.size() + 1, merkle.root()) != tree.root());
  std::size_t entries = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto chunk = decode_chunk(encode_chunk(chunk_of_state(tree, state, i)));
    REQUIRE(chunk.ok());
    CHECK(chunk->start == starts[i]);
    CHECK(chunk->stop == (i + 1 < starts.size() ? std::optional(starts[i + 1]) : std::nullopt));
    const auto leaf = chunk_leaf(index_of(*chunk));
    REQUIRE(leaf.ok());
    CHECK(merkle_verify(*leaf, i, starts.size(), merkle.path(i), merkle.root()));
    CHECK(merkle.path(i) == merkle_path(tree.leaves(), i));
    for (const StateEntry& entry : chunk->entries) CHECK(tree.chunk_of(entry.key) == i);
    entries += chunk->entries.size();
  }
  CHECK(entries == state.entries().size());
  CHECK(tree.chunk_of("") == 0);
  CHECK(tree.chunk_of("zzz") == starts.size() - 1);
}

TEST_CASE("state tree: whatever is changed in a chunk changes its leaf or is refused") {
  MapState state;
  for (std::uint32_t i = 0; i < 300; ++i) state.apply({{key_at(i), "v"}});
  const StateTree tree = StateTree::of(state);
  const std::size_t number = tree.chunk_of(key_at(150));
  const StateChunk good = chunk_of_state(tree, state, number);
  REQUIRE(good.entries.size() > 1);
  const Hash32 leaf = *chunk_leaf(index_of(good));
  const auto differs = [&](const StateChunk& bad) {
    const auto other = chunk_leaf(index_of(bad));
    return !other || *other != leaf;
  };
  StateChunk bad = good;
  bad.entries.front().value = "w";
  CHECK(differs(bad));
  bad = good;
  bad.entries.pop_back();
  CHECK(differs(bad));
  bad = good;
  std::swap(bad.entries[0], bad.entries[1]);
  CHECK_FALSE(chunk_leaf(index_of(bad)).ok());
  bad = good;
  bad.start += "0";
  CHECK(differs(bad));
  bad = good;
  bad.stop = bad.stop ? *bad.stop + "0" : "zzz";
  CHECK(differs(bad));
  bad = good;
  bad.stop = good.start;
  CHECK_FALSE(chunk_leaf(index_of(bad)).ok());
}

TEST_CASE("state tree: keys chosen against the cut make no chunk larger than the limit") {
  MapState state;
  StateTree tree;
  std::mt19937 random(3);
  std::uint32_t taken = 0;
  for (std::uint32_t i = 0; taken < 3 * kChunkEntriesMax + 7; ++i) {
    if (is_chunk_boundary(key_at(i))) continue;
    const std::vector<StateWrite> write{{key_at(i), std::to_string(i)}};
    tree.apply(write);
    state.apply(write);
    ++taken;
  }
  CHECK(tree.starts().size() == 4);
  CHECK(tree.root() == StateTree::of(state).root());
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(tree.chunk(i).entries.size() <= kChunkEntriesMax);
    for (const auto& [key, value] : tree.chunk(i).entries) CHECK(tree.chunk_of(key) == i);
  }
}

TEST_CASE("state tree: a chunk is ordered, within its range, and no larger than a message") {
  const auto reason = [](const ChunkIndex& chunk) {
    const auto leaf = chunk_leaf(chunk);
    return leaf ? "" : leaf.error().reason;
  };
  const ChunkIndex good{"b", "f", {{"b", {}}, {"c", {}}, {"e~", {}}}};
  CHECK(reason(good) == "");
  ChunkIndex bad = good;
  bad.stop = "b";
  CHECK(reason(bad) == "range");
  bad.stop = "a";
  CHECK(reason(bad) == "range");
  bad = good;
  bad.entries.back().first = "f";
  CHECK(reason(bad) == "order");
  bad.entries.back().first = "c";
  CHECK(reason(bad) == "order");
  bad = good;
  bad.entries.front().first = "a";
  CHECK(reason(bad) == "order");
  CHECK(reason({"", std::nullopt, {{"", {}}}}) == "order");
  ChunkIndex full{"", std::nullopt, {}};
  for (std::size_t i = 0; i < kChunkEntriesMax; ++i) {
    full.entries.push_back({"k" + std::to_string(1000 + i), {}});
  }
  CHECK(reason(full) == "");
  full.entries.push_back({"l", {}});
  CHECK(reason(full) == "limit");
}

TEST_CASE("state tree: chunks as bytes, up to the largest, and nothing behind them") {
  StateChunk chunk{"a", std::nullopt, {}};
  chunk.entries.assign(kChunkEntriesMax, {"k", "v"});
  const Bytes bytes = encode_chunk(chunk);
  REQUIRE(decode_chunk(bytes).ok());
  CHECK(encode_chunk(*decode_chunk(bytes)) == bytes);
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK_FALSE(decode_chunk(longer).ok());
  chunk.entries.push_back({"k", "v"});
  CHECK_FALSE(decode_chunk(encode_chunk(chunk)).ok());
  // A flag that is none, and a stop that is said not to be there.
  const StateChunk with_stop{"a", "b", {}};
  Bytes flags = encode_chunk(with_stop);
  const std::size_t flag = 4 + 1;
  REQUIRE(flags[flag] == 1);
  flags[flag] = 2;
  CHECK_FALSE(decode_chunk(flags).ok());
  flags[flag] = 0;
  CHECK_FALSE(decode_chunk(flags).ok());
}

// Runs stand in groups of up to 256: with boundary keys alone there are soon many of both.
TEST_CASE("state tree: groups of runs are split, emptied and shared with copies") {
  std::mt19937 random(21);
  std::vector<std::string> boundaries;
  for (std::uint32_t i = 0; boundaries.size() < 1500; ++i) {
    if (is_chunk_boundary(key_at(i))) boundaries.push_back(key_at(i));
  }
  std::sort(boundaries.begin(), boundaries.end());
  MapState state;
  StateTree tree;
  const auto apply = [&](const std::vector<StateWrite>& writes) {
    tree.apply(writes);
    state.apply(writes);
    REQUIRE(tree.entries() == state.entries().size());
  };
  auto order = boundaries;
  std::shuffle(order.begin(), order.end(), random);
  for (const std::string& key : order) apply({{key, "v"}});
  CHECK(tree.starts().size() == 1501);
  CHECK(tree.root() == StateTree::of(state).root());
  const StateTree copy = tree;
  const Hash32 root = copy.root();
  std::vector<StateWrite> gone;  // neighbours, so that whole groups go
  for (std::size_t i = 300; i < 1200; ++i) gone.push_back({boundaries[i], std::nullopt});
  apply(gone);
  CHECK(tree.starts().size() == 601);
  CHECK(tree.root() == StateTree::of(state).root());
  CHECK(copy.root() == root);
  for (const std::string& key : boundaries) {
    const bool is_there = state.get(key).has_value();
    CHECK((tree.chunk(tree.chunk_of(key)).start == key) == is_there);
  }
  for (const std::string& key : order) apply({{key, std::nullopt}});
  CHECK(tree.root() == StateTree().root());
}

}  // namespace
}  // namespace emr::ledger
