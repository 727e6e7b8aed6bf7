// A store in a directory of its own, and a block to put into it. For tests only.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace emr::store::testing {

/// A directory of this test's own, removed at the end.
struct TempDir {
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "emr-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string path;
};

inline std::unique_ptr<Store> open_store(const std::string& path) {
  auto store = Store::open(path);
  REQUIRE(store.ok());
  return *std::move(store);
}

inline std::size_t records_of(const Store& store, Table table) {
  return static_cast<std::size_t>(store.snapshot()->count(table));
}

/// Views into constants of this function.
inline CommittedBlock sample_block(std::uint64_t height) {
  CommittedBlock block;
  block.tip = {height, {}, {}, 1'800'000'000};
  block.tip.hash.fill(static_cast<std::uint8_t>(height));
  static const std::vector<std::string> receipts{"{\"a\":1}", "{\"a\":2}"};
  static const std::vector<ledger::StateWrite> writes{{"records/a", "1"}, {"records/b", "2"}};
  static std::array<Hash32, 2> txids;
  txids[0].fill(1);
  txids[1].fill(2);
  block.block = as_bytes("block");
  block.certificate = as_bytes("certificate");
  block.receipts = receipts;
  block.txids = txids;
  block.writes = writes;
  return block;
}

}  // namespace emr::store::testing
