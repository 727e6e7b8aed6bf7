// What is recalled against the state itself: random blocks with reads in between, before each one
// is applied and behind it, until the filter has been made anew.
#include "ledger/recalled_state.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

namespace emr::ledger {
namespace {

std::string key_of(std::uint_fast32_t number) { return "family/" + std::to_string(number); }

std::string value_of(std::mt19937& random) {
  const std::size_t size = random() % 8 == 0 ? 1'500 : random() % 40;
  return std::string(size, static_cast<char>('a' + random() % 26));
}

struct Twins {
  MapState state;
  StateTree tree = StateTree::of(state);
  RecalledState recalled{state, tree};
  std::mt19937 random{11};

  std::vector<StateWrite> block(unsigned writes, unsigned keys) {
    std::map<std::string, StateWrite> unique;
    for (unsigned i = 0; i < writes; ++i) {
      std::string key = key_of(random() % keys);
      std::optional<std::string> value;
      if (random() % 3 != 0) value = value_of(random);
      unique[key] = {key, std::move(value)};
    }
    std::vector<StateWrite> all;
    for (auto& [key, write] : unique) all.push_back(std::move(write));
    return all;
  }
  void apply(const std::vector<StateWrite>& writes) {
    state.apply(writes);
    tree.apply(writes);
    recalled.applied(writes, tree);
  }
  int wrong_reads(unsigned keys) {
    int wrong = 0;
    for (int i = 0; i < 400; ++i) {
      const std::string key = key_of(random() % keys);
      wrong += recalled.get(key) == state.get(key) ? 0 : 1;
    }
    return wrong;
  }
};

TEST_CASE("recalled state: it says what the state says, also behind many blocks") {
  Twins t;
  for (const unsigned keys : {50U, 600U, 20'000U}) {
    for (int block = 0; block < 60; ++block) {
      t.wrong_reads(keys);
      const auto dropped = t.block(20, keys);  // executed on an overlay, and never applied
      Overlay overlay(&t.recalled);
      for (const StateWrite& write : dropped) overlay.put(write.key, "dropped");
      t.apply(t.block(300, keys));
      CHECK(t.wrong_reads(keys) == 0);
    }
  }
}

TEST_CASE("recalled state: another state behind it is read as such") {
  Twins t;
  t.apply(t.block(300, 600));
  t.wrong_reads(600);
  for (unsigned i = 0; i < 600; ++i) t.state.apply({{key_of(i), "of a snapshot"}});
  t.tree = StateTree::of(t.state);
  t.recalled.replaced(t.tree);
  CHECK(t.wrong_reads(600) == 0);
}

TEST_CASE("overlay: thousands of changes, and what is absorbed, are read back") {
  MapState base;
  MapState model;
  std::mt19937 random(3);
  Overlay block(&base);
  for (int tx = 0; tx < 200; ++tx) {
    Overlay child(&block);
    for (int i = 0; i < 80; ++i) {
      const std::string key = key_of(random() % 9'000);
      const std::string value = std::to_string(random());
      child.put(key, value);
      if (tx % 4 != 0) model.apply({{key, value}});
    }
    if (tx % 4 != 0) block.absorb(std::move(child));
  }
  int wrong = 0;
  for (unsigned i = 0; i < 9'000; ++i) {
    if (block.get(key_of(i)) != model.get(key_of(i))) ++wrong;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace emr::ledger
