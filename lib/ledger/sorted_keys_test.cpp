// Sorted keys answer as a sorted vector of strings does, whatever the keys share.
#include "ledger/sorted_keys.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace emr::ledger {
namespace {

/// Few characters, so that keys share much, are prefixes of each other, and differ in zero bytes.
std::string random_key(std::mt19937& random, std::string_view family) {
  std::string key(family);
  constexpr std::string_view kFew("\0a\xff", 3);
  for (auto i = random() % 12; i > 0; --i) key += kFew[random() % kFew.size()];
  return key;
}

void check_equal(const SortedKeys& keys, const std::vector<std::string>& model) {
  REQUIRE(keys.size() == model.size());
  for (std::size_t i = 0; i < model.size(); ++i) REQUIRE(keys[i] == model[i]);
}

std::size_t place_in(const std::vector<std::string>& model, const std::string& key) {
  const auto place = std::lower_bound(model.begin(), model.end(), key);
  return static_cast<std::size_t>(place - model.begin());
}

TEST_CASE("sorted keys: as a sorted vector through insertions, erasures, splits and joins") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string families[] = {"", "registration/session/", "registration/"};
    SortedKeys keys;
    std::vector<std::string> model;
    for (int step = 0; step < 400; ++step) {
      const std::string key = random_key(random, families[random() % (1 + seed % 3)]);
      const std::size_t place = place_in(model, key);
      REQUIRE(keys.find(key) == place);
      const bool is_there = place < model.size() && model[place] == key;
      REQUIRE(keys.has(place, key) == is_there);
      const auto at = model.begin() + static_cast<std::ptrdiff_t>(place);
      if (is_there && random() % 2 == 0) {
        keys.erase(place);
        model.erase(at);
      } else if (!is_there) {
        keys.insert(place, key);
        model.insert(at, key);
      }
      if (step % 50 == 49) {
        const std::size_t cut = random() % (model.size() + 1);
        SortedKeys rest = keys.split(cut);
        check_equal(keys, {model.begin(), model.begin() + static_cast<std::ptrdiff_t>(cut)});
        check_equal(rest, {model.begin() + static_cast<std::ptrdiff_t>(cut), model.end()});
        keys.append(rest, 0);
      }
    }
    check_equal(keys, model);
  }
}

TEST_CASE("sorted keys: the empty key, alone and before others") {
  SortedKeys keys;
  CHECK(keys.find("") == 0);
  keys.insert(0, "");
  CHECK(keys.has(keys.find(""), ""));
  CHECK(keys.find(std::string_view("\0", 1)) == 1);
  keys.insert(1, "a");
  CHECK(keys.find("a") == 1);
  CHECK(keys.find("b") == 2);
}

}  // namespace
}  // namespace emr::ledger
