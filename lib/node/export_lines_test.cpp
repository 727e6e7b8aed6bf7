// Blocks cut into lines of an export: whatever the limits of blocks allow comes out in lines and
// answers that clients read, once each.
#include "node/export_lines.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "json/limits.h"
#include "ledger/limits.h"

namespace emr::node {
namespace {

using Json = nlohmann::json;

std::string id_of(std::size_t entry) { return "tx" + std::to_string(entry); }

/// A block of so many entries with payloads of so many bytes; every third has none here.
ExportedBlock block_of(std::size_t entries, std::size_t payload, std::size_t bytes = 100,
                       std::string epochs = "") {
  ExportedBlock block{7, Bytes(bytes, 1), Bytes(50, 2), std::move(epochs), {}, {}};
  for (std::size_t i = 0; i < entries; ++i) {
    block.receipts.push_back("{\"n\":" + std::to_string(i) + "}");
  }
  block.sidecar = [payload](std::size_t at) -> Result<std::optional<ExportedSidecar>> {
    if (at % 3 == 2) return std::optional<ExportedSidecar>();
    return std::optional<ExportedSidecar>(
        {id_of(at), "{\"x\":\"" + std::string(payload, 'x') + "\"}"});
  };
  return block;
}

struct Collected {
  std::size_t answers = 0;
  std::size_t lines = 0;
  std::size_t longest_line = 0;
  std::size_t longest_answer = 0;
  std::size_t blocks = 0;
  std::size_t epochs = 0;
  std::vector<std::size_t> receipts;
  std::map<std::string, std::size_t> sidecars;
};

/// Asks as a client does, answer by answer.
Collected collect(const ExportedBlock& block, ExportLimits limits, std::uint64_t lines_max) {
  Collected all;
  std::optional<std::size_t> done;
  for (bool is_whole = false; !is_whole;) {
    ExportPage page(lines_max, limits);
    const Result<bool> added = page.add(block, done);
    REQUIRE(added.ok());
    REQUIRE(!page.lines().empty());  // else it would be asked for ever
    is_whole = *added;
    const auto cursor = ExportCursor::parse(page.next().text(), 10);
    REQUIRE(cursor.ok());
    CHECK(cursor->height == block.height);
    done = cursor->receipts;
    std::size_t bytes = 0;
    for (const std::string& line : page.lines()) {
      bytes += line.size() + 1;
      all.longest_line = std::max(all.longest_line, line.size());
      const Json tree = Json::parse(line);
      CHECK(tree.at("height") == 7);
      all.blocks += tree.contains("block") ? 1 : 0;
      all.epochs += tree.contains("epochs") ? 1 : 0;
      for (const Json& receipt : tree.at("receipts")) all.receipts.push_back(receipt.at("n"));
      for (const auto& [id, text] : tree.at("sidecars").items()) ++all.sidecars[id];
      const bool is_last = is_whole && &line == &page.lines().back();
      CHECK(tree.contains("more") == !is_last);
    }
    all.longest_answer = std::max(all.longest_answer, bytes);
    all.lines += page.lines().size();
    ++all.answers;
  }
  return all;
}

void check_complete(const Collected& all, std::size_t entries) {
  CHECK(all.blocks == 1);
  REQUIRE(all.receipts.size() == entries);
  for (std::size_t i = 0; i < entries; ++i) CHECK(all.receipts[i] == i);
  CHECK(all.sidecars.size() == entries - entries / 3);
  for (const auto& [id, times] : all.sidecars) CHECK(times == 1);
}

// An outside reviewer's find: a ledger with large payloads could not be exported at all.
TEST_CASE("export: a block of many large payloads comes in lines and answers that clients read") {
  const std::size_t payload = ledger::kTransactionLineBytesMax - 1000;
  const Collected all = collect(block_of(300, payload), {}, 1000);
  check_complete(all, 300);
  CHECK(all.answers > 3);
  CHECK(all.longest_line <= kExportBytesMax);
  CHECK(all.longest_answer <= kExportBytesMax + 1);
  CHECK(all.longest_line < json::kMaxDocumentBytes);
}

TEST_CASE("export: the largest block and the longest chain of epochs have room") {
  const std::string epochs = "[\"" + std::string(std::size_t{13} << 20, 'e') + "\"]";
  const Collected all = collect(block_of(4, 10, ledger::kBlockBytesMax, epochs), {}, 1000);
  check_complete(all, 4);
  CHECK(all.lines == 3);  // the block; the epochs and one receipt; the others
  CHECK(all.epochs == 1);
  CHECK(all.longest_line <= kExportBytesMax);
}

TEST_CASE("export: a small block is one line; answers end by lines and by bytes, never empty") {
  CHECK(collect(block_of(0, 0), {}, 1).lines == 1);
  const Collected one = collect(block_of(9, 10, 100, "[\"e\"]"), {}, 1);
  CHECK(one.lines == 1);
  CHECK(one.epochs == 1);
  for (const std::size_t full : {1, 700, 2000, 5000}) {
    for (const std::size_t most : {1, 1000, 8000}) {
      CAPTURE(full);
      CAPTURE(most);
      check_complete(collect(block_of(9, 300), {full, most}, 2), 9);
    }
  }
}

TEST_CASE("export: cursors are heights, or places within a block; nothing else is one") {
  CHECK(ExportCursor::parse("7", 10)->text() == "7");
  CHECK(ExportCursor::parse("7.0", 10)->text() == "7.0");
  CHECK(ExportCursor::parse("7.120", 10)->receipts == std::size_t{120});
  for (const char* bad : {"", ".", "7.", ".1", "11", "7.1.1", "7.5000", "-1", "07", "a"}) {
    CAPTURE(bad);
    CHECK_FALSE(ExportCursor::parse(bad, 10).ok());
  }
}

}  // namespace
}  // namespace emr::node
