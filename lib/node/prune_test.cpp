// Pruning: what goes, what never goes, and that the node lives on without it.
#include "node/prune.h"

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <doctest/doctest.h>

#include "contracts/methods.h"
#include "node/testing.h"
#include "threshold/envelope.h"

namespace emr::node {
namespace {

using namespace testing;

Json version_args(std::string_view content) {
  return {
      {"record", hex_of("record")}, {"content", hex_of(content)}, {"patient", hex_of("patient")},
      {"doctor", hex_of("doctor")}, {"docType", "C0002"},         {"confidentiality", "N"},
      {"visitType", "1"},           {"month", "2026-11"},         {"handles", Json::array()},
      {"policy", hex_of("policy")}};
}

/// The envelope of one version.
Json envelope(Consortium& net, std::string_view content) {
  const threshold::Label label{net.genesis.hash, "hosp-a", hash_of("record"), hash_of(content),
                               threshold::Part::kOriginal};
  auto sealed = threshold::seal(as_bytes("text"), label, net.dealing->keys.group_key(),
                                net.dealing->keys.key_id(),
                                crypto::generate_box_keys(net.random).public_key, net.random);
  REQUIRE(sealed.ok());
  return sealed->to_json();
}

/// Writes a version; its transaction id.
std::string write_version(Consortium& net, const std::string& method, std::string_view content,
                          Json more = Json::object()) {
  Json args = version_args(content);
  args.update(more);
  const Json line = net.submit(0, "hosp-a admin", method, std::move(args),
                               {{ledger::Part::kPublic, {{"visit", "x"}}},
                                {ledger::Part::kOriginal, envelope(net, content)}});
  CAPTURE(line.dump());
  REQUIRE(line.at("receipt").at("status") == "ok");
  return line.at("txid").get<std::string>();
}

bool holds(const store::Store& store, const std::string& txid) {
  return store.snapshot()->contains(store::Table::kSidecars, hash_from_hex(txid).value());
}

TEST_CASE("prune: superseded versions go, the newest and the young stay, the node lives on") {
  Consortium net(1);
  for (std::size_t i = 0; i < 4; ++i) net.start(i);
  const std::string first = write_version(net, "records.create", "first");
  const std::string second = write_version(net, "records.amend", "second",
                                           {{"baseVersion", 1}, {"reasonCode", "correction"}});
  const auto stable = [&] {
    return Json::parse(net.nodes[0]->status()).at("stable").get<int>() >= 2;
  };
  REQUIRE(Consortium::within_ten_seconds(stable));
  net.nodes[0].reset();
  {
    const auto store = store::Store::open(net.data_directory(0));
    REQUIRE(store.ok());
    const UnixSeconds later = std::time(nullptr) + 60;
    const auto prune = [&](const PruneRule& rule, bool dry_run) {
      const auto report = prune_sidecars(**store, contracts::method_table(), rule, dry_run);
      REQUIRE(report.ok());
      return *report;
    };
    CHECK(prune({later, 1}, true).pruned == 0);  // nothing below height 1
    CHECK(prune({std::time(nullptr) - 3600, UINT64_MAX}, true).kept_recent == 2);
    const PruneReport would = prune({later, UINT64_MAX}, true);
    CHECK(would.pruned == 1);
    CHECK(would.kept_newest == 1);
    CHECK(would.pruned_bytes > 100);
    CHECK(holds(**store, first));  // a dry run changes nothing
    CHECK(prune({later, UINT64_MAX}, false).pruned == 1);
    CHECK(!holds(**store, first));
    CHECK(holds(**store, second));
    CHECK((*store)->snapshot()->contains(store::Table::kMeta,
                                         as_bytes(pruned_key(hash_from_hex(first).value()))));
    CHECK(prune({later, UINT64_MAX}, false).pruned == 0);
  }
  net.start(0);
  const std::string third = write_version(net, "records.amend", "third",
                                          {{"baseVersion", 2}, {"reasonCode", "correction"}});
  CHECK(!third.empty());
  const auto status = Json::parse(net.nodes[0]->status());
  CHECK(status.at("missingSidecars") == 0);  // it does not fetch what it erased
}

TEST_CASE("prune: nothing above the last stable checkpoint") {
  Consortium net(100);
  for (std::size_t i = 0; i < 3; ++i) net.start(i);
  write_version(net, "records.create", "first");
  write_version(net, "records.amend", "second", {{"baseVersion", 1}, {"reasonCode", "correction"}});
  net.nodes[0].reset();
  const auto store = store::Store::open(net.data_directory(0));
  REQUIRE(store.ok());
  const auto report = prune_sidecars(**store, contracts::method_table(),
                                     {std::time(nullptr) + 60, UINT64_MAX}, false);
  REQUIRE(report.ok());
  CHECK(report->pruned == 0);
  CHECK(report->kept_recent == 2);
  CHECK(report->stable == 0);
}

}  // namespace
}  // namespace emr::node
