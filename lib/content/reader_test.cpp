// Reading from blocks that lie: every lie is found before a byte of it is released.
#include "content/reader.h"

#include <doctest/doctest.h>

#include "content/dagpb.h"
#include "content/limits.h"
#include "content/testing.h"
#include "content/unixfs.h"

namespace emr::content {
namespace {

using testing::generate;
using testing::MemoryBlocks;
using testing::MemorySink;

constexpr std::uint64_t kAnySize = kMaxObjectSize;

/// Stores a node under its true name.
Cid store(MemoryBlocks& blocks, const PbNode& node) {
  const Bytes block = encode_node(node);
  const Cid cid = cid_of_block(block, Codec::kDagPb);
  CHECK(blocks.put(cid, block).ok());
  return cid;
}

PbNode file_node(std::vector<Cid> children, std::uint64_t size, std::vector<std::uint64_t> sizes,
                 Bytes data = {}) {
  PbNode node;
  for (const Cid& child : children) node.links.push_back({child, "", 0});
  node.data = encode_unixfs({UnixFsType::kFile, std::move(data), size, std::move(sizes)});
  return node;
}

TEST_CASE("reader: whole files and every range of a deep tree") {
  for (const Layout& layout : {Layout{0, false, 4, 3, {}}, Layout{1, true, 5, 2, {}},
                               Layout{0, true, 4, 3, {}}}) {
    const Bytes bytes = generate(97);
    MemoryBlocks blocks;
    const Cid root = testing::import(layout, bytes, &blocks).value().root;
    FileReader reader = FileReader::open(root, blocks, kAnySize).value();
    CHECK(reader.size() == bytes.size());
    for (std::size_t from = 0; from <= bytes.size(); from += 3) {
      for (std::size_t size = 0; from + size <= bytes.size(); size += 7) {
        MemorySink sink;
        REQUIRE(reader.read(from, size, sink).ok());
        CHECK(sink.bytes == to_bytes(ByteView(bytes).subspan(from, size)));
      }
    }
    MemorySink sink;
    CHECK(reader.read(1, bytes.size(), sink).error().reason == "range");
    CHECK(reader.read(98, 0, sink).error().reason == "range");
  }
}

TEST_CASE("reader: a range fetches only the blocks on its path") {
  MemoryBlocks blocks;
  const Cid root = testing::import(Layout{1, true, 10, 4, {}}, generate(160), &blocks).value().root;
  FileReader reader = FileReader::open(root, blocks, kAnySize).value();
  blocks.fetched.clear();
  MemorySink sink;
  REQUIRE(reader.read(85, 3, sink).ok());
  CHECK(blocks.fetched.size() == 2);  // one inner node, one leaf
}

TEST_CASE("reader: a flipped byte at every block position is found") {
  MemoryBlocks blocks;
  const Cid root = testing::import(Layout{1, true, 10, 3, {}}, generate(95), &blocks).value().root;
  REQUIRE(verify_file(root, blocks, kAnySize).ok());
  for (auto& [cid, block] : blocks.blocks) {
    for (const std::size_t at : {std::size_t{0}, block.size() / 2, block.size() - 1}) {
      block[at] ^= 1;
      const Status status = verify_file(root, blocks, kAnySize);
      REQUIRE_FALSE(status.ok());
      CHECK(status.error().reason == "block_mismatch");
      block[at] ^= 1;
    }
  }
  CHECK(verify_file(root, blocks, kAnySize).ok());
}

TEST_CASE("reader: a missing block is the source's own error") {
  MemoryBlocks blocks;
  const Cid root = testing::import(Layout{1, true, 10, 3, {}}, generate(95), &blocks).value().root;
  blocks.blocks.erase(blocks.order[4]);
  CHECK(verify_file(root, blocks, kAnySize).error().code == Code::kNegative);
}

TEST_CASE("reader: sizes that do not add up, though every hash is right") {
  MemoryBlocks blocks;
  const Bytes ten(10, 7);
  const Cid leaf = cid_of_block(ten, Codec::kRaw);
  REQUIRE(blocks.put(leaf, ten).ok());
  const PbNode lies[] = {
      file_node({leaf}, 11, {11}),            // the child is smaller
      file_node({leaf}, 9, {9}),              // the child is larger
      file_node({leaf, leaf}, 21, {10, 10}),  // wrong sum
      file_node({leaf, leaf}, 20, {20}),      // a size is missing
      file_node({leaf}, 20, {10, 10}),        // a size too many
      file_node({}, 5, {}),                   // nothing below
      file_node({leaf}, kMaxObjectSize + 1, {kMaxObjectSize + 1}),
      file_node({leaf, leaf}, 10, {10, 0}),  // an empty child
  };
  for (const PbNode& node : lies) {
    const Status status = verify_file(store(blocks, node), blocks, kAnySize);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().reason == "tree");
  }
  CHECK(verify_file(store(blocks, file_node({leaf, leaf}, 20, {10, 10})), blocks, kAnySize).ok());
}

TEST_CASE("reader: data inside inner nodes counts, as Kubo reads it") {
  MemoryBlocks blocks;
  const Bytes ten(10, 7);
  const Cid leaf = cid_of_block(ten, Codec::kRaw);
  REQUIRE(blocks.put(leaf, ten).ok());
  const Cid root = store(blocks, file_node({leaf}, 12, {10}, Bytes{1, 2}));
  FileReader reader = FileReader::open(root, blocks, kAnySize).value();
  MemorySink sink;
  REQUIRE(reader.read(1, 3, sink).ok());
  CHECK(sink.bytes == Bytes{2, 7, 7});
}

TEST_CASE("reader: a tree that is too deep, a directory, a file above the bound") {
  MemoryBlocks blocks;
  const Bytes one(1, 7);
  Cid cid = cid_of_block(one, Codec::kRaw);
  REQUIRE(blocks.put(cid, one).ok());
  for (std::size_t i = 0; i < kMaxTreeDepth; ++i) cid = store(blocks, file_node({cid}, 1, {1}));
  CHECK(verify_file(cid, blocks, kAnySize).ok());
  cid = store(blocks, file_node({cid}, 1, {1}));
  CHECK(verify_file(cid, blocks, kAnySize).error().reason == "tree");

  const BuiltNode folder = build_directory({}, 1, DirectorySize::kSerialisedBlock).value();
  REQUIRE(blocks.put(folder.cid, folder.block).ok());
  CHECK(FileReader::open(folder.cid, blocks, kAnySize).error().reason == "tree");

  const Cid file = testing::import(Layout{1, true, 10, 3, {}}, generate(95), &blocks).value().root;
  CHECK(FileReader::open(file, blocks, 94).error().reason == "too_large");
  CHECK(FileReader::open(file, blocks, 95).ok());
}

}  // namespace
}  // namespace emr::content
