// the CID of every file is the one real IPFS computes for the same bytes.
#include "content/importer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "content/limits.h"
#include "content/testing.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

using testing::generate;
using testing::import;

std::string root_text(const Layout& layout, ByteView bytes) {
  const Result<ImportedFile> file = import(layout, bytes);
  REQUIRE(file.ok());
  CHECK(file->file_size == bytes.size());
  return format_cid(file->root);
}

TEST_CASE("importer: names of files that several implementations agree on") {
  struct Row {
    std::size_t size;
    const char* v0;
    const char* v1_raw;
    const char* v1_2025;
  };
  const Row rows[] = {
      {0, "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
       "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
       "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
      {1, "QmWVJYsv9zcwbLC94m2NqHth5YhaQJE7JkGxe5ipPcTG4N",
       "bafkreih3swvjrvxgywbhuv7mc64xrvsh7tab3ggdk636msmjv5lthhu2ym",
       "bafkreih3swvjrvxgywbhuv7mc64xrvsh7tab3ggdk636msmjv5lthhu2ym"},
      {262144, "QmSgAFYc1KwNMeyytM1o7DJY9QXVmsQavyjUnT263Y9EXe",
       "bafkreicrtk72fc7wopohko736g5gk44qmiyrq3zt225a5x4fl26nv5nape",
       "bafkreicrtk72fc7wopohko736g5gk44qmiyrq3zt225a5x4fl26nv5nape"},
      {262145, "QmP38sdWocDmoeApS7jgATtFSqZQYrbsPVAjy9ikzi9GWz",
       "bafybeigiwqo3gami5vi4gwpsnqexap72qlqcq4lxzb7oq3gwrfjpb375mu",
       "bafkreiaeneoz2kcct5z5jbuo3bog77a5o7bw4iyvzpfotaddyqmidgy4be"},
      {1048576, "QmedqvTN8fPhyf1e3mr6ngVmvK8wepUHj7VsYXJXopxkJK",
       "bafybeib4ag5zwaogltt6ppc5razw55quot6omlat7twzn66dpafj4mbrsy",
       "bafkreiczcjsfz7lxm5xdgwe7ehwapxm7ximslkyix65viz4y2pa5fgu3yi"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.size);
    const Bytes bytes = generate(row.size);
    CHECK(root_text(kUnixFs2015, bytes) == row.v0);
    CHECK(root_text(kCidV1Raw, bytes) == row.v1_raw);
    CHECK(root_text(kUnixFs2025, bytes) == row.v1_2025);
  }
}

TEST_CASE("importer: Kubo's own fixtures for a literal") {
  CHECK(root_text(kUnixFs2015, as_bytes("hello world")) ==
        "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  CHECK(root_text(kUnixFs2025, as_bytes("hello world")) ==
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
}

// 1806 trees of up to nine levels, summed up in one digest of the lines
// "version chunk width n cid tsize" (agreed on by ipfs-unixfs-importer 17.1.1 and a reference).
TEST_CASE("importer: deep trees") {
  const Bytes bytes = generate(300);
  const std::array<std::pair<std::size_t, std::size_t>, 3> shapes = {
      std::pair{4, 3}, std::pair{1, 2}, std::pair{5, 4}};
  std::string lines;
  for (const std::uint8_t version : std::array<std::uint8_t, 2>{0, 1}) {
    for (const auto& [chunk, width] : shapes) {
      for (std::size_t n = 0; n <= 300; ++n) {
        const Layout layout{version, version == 1, chunk, width, {}};
        const Result<ImportedFile> file = import(layout, ByteView(bytes).first(n));
        REQUIRE(file.ok());
        lines += std::to_string(version) + " " + std::to_string(chunk) + " " +
                 std::to_string(width) + " " + std::to_string(n) + " " + format_cid(file->root) +
                 " " + std::to_string(file->total_size) + "\n";
      }
    }
  }
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1806);
  CHECK(to_hex(crypto::sha256(as_bytes(lines))) ==
        "64eadfce8ce71688a93e2249de73788e9d5830903180b5145084449b6aae3be2");
}

// What Kubo 0.42 answers to `ipfs add --raw-leaves` of these bytes.
TEST_CASE("importer: version 0 nodes above raw leaves, which have version 1") {
  const Bytes bytes = generate(300);
  const std::array<std::pair<std::size_t, std::string_view>, 3> cases = {{
      {4, "QmTFXXNCqqQnAqrLorZjjA2vTDCZ5Du3XeHqe177MD39Gx"},
      {100, "QmUny3nFFg1SAR6Au45HhVtiVoCEcoS5hZriYMmzfGN28b"},
      {300, "bafkreifpogytmygwjzljdggahrcs3edegimdgappuy5lm3wj7f6xdfspru"},
  }};
  for (const auto& [chunk, root] : cases) CHECK(root_text({0, true, chunk, 3, {}}, bytes) == root);
}

TEST_CASE("importer: the sizes of the written pieces do not matter") {
  const Bytes bytes = generate(1000);
  const Layout layout{1, true, 7, 3, {}};
  const std::string expected = root_text(layout, bytes);
  for (const std::size_t piece : {1U, 6U, 7U, 8U, 20U, 999U}) {
    Importer importer(layout, nullptr);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      const std::size_t size = std::min(piece, bytes.size() - at);
      REQUIRE(importer.write(ByteView(bytes).subspan(at, size)).ok());
    }
    const Result<ImportedFile> file = importer.finish();
    REQUIRE(file.ok());
    CHECK(format_cid(file->root) == expected);
  }
}

TEST_CASE("importer: stored blocks are named by their hashes, children first, the root last") {
  for (const Layout& layout : {Layout{0, false, 10, 3, {}}, Layout{1, true, 10, 3, {}},
                               Layout{0, true, 10, 3, {}}}) {
    testing::MemoryBlocks blocks;
    const Result<ImportedFile> file = import(layout, generate(301), &blocks);
    REQUIRE(file.ok());
    CHECK(blocks.order.back() == file->root);
    CHECK(blocks.order.size() == file->block_count);
    std::uint64_t total = 0;
    for (const auto& [cid, block] : blocks.blocks) {
      CHECK(check_block(cid, block).ok());
      total += block.size();
    }
    CHECK(total == file->total_size);  // no two chunks of the generator are equal
  }
}

TEST_CASE("importer: options") {
  CHECK(layout_of_profile("unixfs-v1-2025").value() == kUnixFs2025);
  CHECK(layout_of_profile("legacy-cid-v0").value() == kUnixFs2015);
  CHECK(layout_of_profile("test-cid-v1").error().code == Code::kUsage);
  CHECK(parse_chunker("size-262144").value() == 262144);
  for (const char* text : {"", "size-", "size-0", "size-01", "size-2096897", "rabin", "262144"}) {
    CHECK(parse_chunker(text).error().code == Code::kUsage);
  }
  CHECK(check_layout(Layout{1, true, 10, 1, {}}).error().code == Code::kUsage);
  CHECK(check_layout(Layout{2, true, 10, 10, {}}).error().code == Code::kUsage);
  CHECK(check_layout(Layout{1, true, kMaxChunkSize + 1, 10, {}}).error().code == Code::kUsage);
  CHECK(check_layout(Layout{1, false, kMaxChunkSize, 8192, {}}).ok());
}

}  // namespace
}  // namespace emr::content
