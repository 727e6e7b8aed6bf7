// Overlays against a plain map: random changes in three stacked layers, then reads, scans, writes.
#include "ledger/state.h"

#include <doctest/doctest.h>

#include <random>

#include "base/wire.h"
#include "crypto/hash.h"

namespace emr::ledger {
namespace {

std::string random_key(std::mt19937& random) {
  static const char* families[] = {"a/", "a/b/", "ab/", "b/"};
  return families[random() % 4] + std::to_string(random() % 20);
}

void change(Overlay& overlay, MapState& model, std::mt19937& random) {
  const std::string key = random_key(random);
  if (random() % 3 == 0) {
    overlay.erase(key);
    model.apply({{key, std::nullopt}});
  } else {
    const std::string value = std::to_string(random());
    overlay.put(key, value);
    model.apply({{key, value}});
  }
}

std::vector<std::string> flat(const std::vector<StateEntry>& entries) {
  std::vector<std::string> texts;
  for (const auto& entry : entries) texts.push_back(entry.key + "=" + entry.value);
  return texts;
}

TEST_CASE("overlay: reads, scans and writes of stacked layers equal one flat map") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    MapState base, model;
    for (int i = 0; i < 20; ++i) {
      const StateWrite write{random_key(random), std::to_string(random())};
      base.apply({write});
      model.apply({write});
    }
    Overlay block(&base);
    for (int i = 0; i < 10; ++i) change(block, model, random);
    Overlay tx(&block);
    for (int i = 0; i < 10; ++i) change(tx, model, random);
    for (const char* prefix : {"", "a/", "a/b/", "zz"}) {
      for (const std::size_t limit : {1U, 3U, 100U}) {
        const std::string after = random() % 2 == 0 ? "" : random_key(random);
        CHECK(flat(tx.scan(prefix, after, limit)) == flat(model.scan(prefix, after, limit)));
      }
    }
    block.absorb(std::move(tx));
    base.apply(block.writes());
    CHECK(base.entries() == model.entries());
  }
}

TEST_CASE("overlay: clearing it leaves the base as it was") {
  MapState base;
  base.apply({{"k", "1"}});
  Overlay overlay(&base);
  overlay.erase("k");
  CHECK_FALSE(overlay.get("k").has_value());
  overlay.clear();
  CHECK(*overlay.get("k") == "1");
}

TEST_CASE("write chain: key, value, absence and order each change the hash") {
  const Hash32 start{};
  const auto hash = [&](std::vector<StateWrite> writes) { return chain_writes(start, writes); };
  const Hash32 base = hash({{"a", "1"}, {"b", "2"}});
  CHECK(base == hash({{"a", "1"}, {"b", "2"}}));
  CHECK(base != hash({{"a", "1"}, {"b", "3"}}));
  CHECK(base != hash({{"a", "1"}, {"c", "2"}}));
  CHECK(base != hash({{"a", "1"}}));
  CHECK(hash({{"a", ""}}) != hash({{"a", std::nullopt}}));
  CHECK(base != chain_writes(base, {{"a", "1"}, {"b", "2"}}));
}

// They are hashed in pieces; where these end must not show.
TEST_CASE("writes: the hash of megabytes is that of their bytes in one piece") {
  std::mt19937 random(11);
  const Hash32 start = crypto::sha256(as_bytes("start"));
  std::vector<StateWrite> writes;
  WireWriter whole;
  whole.raw(start).u32(3000);
  for (std::size_t i = 0; i < 3000; ++i) {
    StateWrite write{"key" + std::to_string(i), std::string(random() % 500, 'v')};
    if (i % 7 == 0) write.value.reset();
    if (i % 1000 == 1) write.value = std::string(100'000, 'w');
    whole.text(write.key).u8(write.value ? 1 : 0);
    if (write.value) whole.text(*write.value);
    writes.push_back(std::move(write));
  }
  CHECK(chain_writes(start, writes) == crypto::tagged_hash("emr/writes/1", whole.bytes()));
}

}  // namespace
}  // namespace emr::ledger
