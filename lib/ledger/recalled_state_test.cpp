// What stands before the state says what the state says: over thousands of blocks, through filters
// that become full, through slots that keys share, and after another state has been put in place.
#include "ledger/recalled_state.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

namespace emr::ledger {
namespace {

/// Counts what reaches it.
class Counting final : public StateReader {
 public:
  explicit Counting(const MapState& state) : state_(&state) {}
  std::optional<std::string> get(std::string_view key) const override {
    ++reads;
    return state_->get(key);
  }
  std::vector<StateEntry> scan(std::string_view prefix, std::string_view after,
                               std::size_t limit) const override {
    return state_->scan(prefix, after, limit);
  }
  mutable std::size_t reads = 0;

 private:
  const MapState* state_;
};

std::string key_of(std::size_t number) { return "family/" + std::to_string(number); }

TEST_CASE("recalled state: equals the state behind it, block after block") {
  std::mt19937 random(11);
  MapState state;
  StateTree tree;
  RecalledState recalled(state, tree);
  for (int block = 0; block < 2'000; ++block) {
    std::map<std::string, std::optional<std::string>> changes;
    for (unsigned i = 0; i < 12; ++i) {
      // Most keys are new, some are changed, some go; some values are too large to be kept.
      const std::size_t number = random() % 4 == 0 ? random() % 300 : random() % 30'000;
      std::optional<std::string> value;
      const std::size_t size = random() % 40 == 0 ? 2'000 : 8;
      if (random() % 3 != 0) value = std::to_string(block) + std::string(size, 'v');
      changes[key_of(number)] = value;
    }
    std::vector<StateWrite> writes;
    for (const auto& [key, value] : changes) writes.push_back({key, value});
    for (unsigned i = 0; i < 5; ++i) (void)recalled.get(key_of(random() % 300));
    state.apply(writes);
    tree.apply(writes);
    recalled.applied(writes, tree);
    for (unsigned i = 0; i < 30; ++i) {
      const std::string key = key_of(random() % (i % 2 == 0 ? 300 : 40'000));
      CHECK(recalled.get(key) == state.get(key));
    }
    for (const StateWrite& write : writes) CHECK(recalled.get(write.key) == write.value);
  }
  CHECK(state.entries().size() > 4'096);  // the filter was made anew on the way
}

TEST_CASE("recalled state: what is not there and what was read last cost no read") {
  MapState state;
  std::vector<StateWrite> writes;
  for (unsigned i = 0; i < 2'000; ++i) writes.push_back({key_of(i), std::string("v")});
  state.apply(writes);
  const Counting counting(state);
  const RecalledState recalled(counting, StateTree::of(state));
  for (unsigned i = 0; i < 10'000; ++i) CHECK_FALSE(recalled.get("other/" + std::to_string(i)));
  CHECK(counting.reads < 200);  // one in a hundred and fifty is looked for in vain
  counting.reads = 0;
  for (int i = 0; i < 100; ++i) CHECK(recalled.get(key_of(7)) == "v");
  CHECK(counting.reads == 1);
}

TEST_CASE("recalled state: nothing of a state that was replaced is left") {
  MapState state;
  state.apply({{"k", "old"}, {"gone", "old"}});
  RecalledState recalled(state, StateTree::of(state));
  CHECK(recalled.get("k") == "old");
  CHECK(recalled.get("gone") == "old");
  state.apply({{"gone", std::nullopt}, {"k", "new"}, {"more", "new"}});
  recalled.replaced(StateTree::of(state));
  CHECK(recalled.get("k") == "new");
  CHECK_FALSE(recalled.get("gone").has_value());
  CHECK(recalled.get("more") == "new");
}

TEST_CASE("overlay: with thousands of changes, stacked and absorbed, it reads as a map does") {
  std::mt19937 random(12);
  MapState base;
  MapState model;
  Overlay block(&base);
  for (int tx = 0; tx < 600; ++tx) {
    Overlay child(&block);
    for (int i = 0; i < 1 + tx % 100 / 99 * 80; ++i) {  // now and then a large one
      const std::string key = key_of(random() % 3'000);
      std::optional<std::string> value;
      if (random() % 4 != 0) value = std::to_string(tx);
      if (value) child.put(key, *value);
      else child.erase(key);
      model.apply({{key, value}});
    }
    for (int i = 0; i < 8; ++i) {
      const std::string key = key_of(random() % 4'000);
      CHECK(child.get(key) == model.get(key));
    }
    block.absorb(std::move(child));
  }
  std::size_t changes = 0;
  block.visit_changes("family/1", [&](std::string_view key, const std::string* value) {
    CHECK(key.starts_with("family/1"));
    CHECK((value != nullptr ? std::optional(*value) : std::nullopt) == model.get(key));
    ++changes;
  });
  CHECK(changes > 100);
  base.apply(block.take_writes());
  CHECK(base.entries() == model.entries());
  CHECK(block.get(key_of(1)) == model.get(key_of(1)));  // empty, it is its base
}

}  // namespace
}  // namespace emr::ledger
