// Strictness of the node and UnixFS codecs, and plain directories.
#include "content/dagpb.h"

#include <doctest/doctest.h>

#include "base/hex.h"
#include "content/limits.h"
#include "content/testing.h"
#include "content/unixfs.h"

namespace emr::content {
namespace {

// One link: Hash, Name, Tsize.
const std::string kHash =
    "0a24017012204691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c0";
const std::string kLinkHash =
    "0a24"
    "01551220"
    "04691d9d28429f73d4868ed85c6ffc1d77c36e2315cbcae98063c418819b1c09";

Bytes hex(const std::string& text) { return from_hex(text).value(); }

/// A node whose one link has this body.
Bytes node_with_link(const std::string& body) {
  Bytes block{0x12, static_cast<std::uint8_t>(body.size() / 2)};
  append(block, hex(body));
  return block;
}

TEST_CASE("dag-pb: the empty file of version 0, byte for byte") {
  PbNode node;
  node.data = encode_unixfs({});
  CHECK(to_hex(*node.data) == "08021800");
  CHECK(to_hex(encode_node(node)) == "0a0408021800");
}

TEST_CASE("dag-pb: links come before data, names and sizes are always written") {
  PbNode node;
  node.links.push_back({cid_of_block({}, Codec::kRaw), "", 0});
  node.data = Bytes{1};
  const std::string text = to_hex(encode_node(node));
  CHECK(text.starts_with("122a0a2401551220"));
  CHECK(
      text.ends_with("1200"
                     "1800"
                     "0a0101"));
  const PbNode back = decode_node(encode_node(node)).value();
  CHECK(back.links.size() == 1);
  CHECK(back.links[0].cid == node.links[0].cid);
  CHECK(back.data == node.data);
}

TEST_CASE("dag-pb: what the specification lets pass") {
  CHECK(decode_node({}).value().links.empty());
  CHECK_FALSE(decode_node({}).value().data.has_value());
  CHECK(decode_node(node_with_link(kLinkHash)).ok());           // no name, no size
  CHECK(decode_node(node_with_link(kLinkHash + "1801")).ok());  // no name
  CHECK(decode_node(node_with_link(kLinkHash + "120161" + "1801")).ok());
  Bytes data_first = hex("0a0101");
  append(data_first, node_with_link(kLinkHash));
  CHECK(decode_node(data_first).value().links.size() == 1);
}

TEST_CASE("dag-pb: what it refuses") {
  const std::string refused_links[] = {
      "",                               // no hash
      "120161" + kLinkHash,             // out of order
      kLinkHash + kLinkHash,            // twice
      kLinkHash + "1801" + "120161",    // out of order
      kLinkHash + "120161" + "120161",  // twice
      kLinkHash + "1801" + "1801",      // twice
      kLinkHash + "2001",               // unknown field
      kLinkHash + "00",                 // no field at all
      kLinkHash + "188100",             // not the shortest varint
      kLinkHash + "1201ff",             // name is not UTF-8
      kLinkHash + "1205" + "61",        // name runs out of the link
      "0a00",                           // empty hash
      "0a0401550000",                   // identity hash
      kHash,                            // hash of 35 bytes behind a length of 36
  };
  for (const std::string& body : refused_links) {
    CAPTURE(body);
    CHECK(decode_node(node_with_link(body)).error().code == Code::kData);
  }
  const Bytes link = node_with_link(kLinkHash);
  Bytes split = link;  // links, data, links
  append(split, hex("0a0101"));
  append(split, link);
  CHECK_FALSE(decode_node(split).ok());
  for (const char* text : {"0a01010a0101", "1a0101", "0a05", "12", "08", "0a80"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_node(hex(text)).ok());
  }
  CHECK_FALSE(decode_node(Bytes(kMaxBlockSize + 1)).ok());
}

TEST_CASE("unixfs: round trip and refusals") {
  const UnixFsData file{UnixFsType::kFile, {}, 300, {200, 100}};
  CHECK(to_hex(encode_unixfs(file)) == "080218ac0220c8012064");
  CHECK(decode_unixfs(encode_unixfs(file)).value().block_sizes == file.block_sizes);
  CHECK(to_hex(encode_unixfs({UnixFsType::kDirectory, {}, 0, {}})) == "0801");
  const char* refused[] = {
      "",                // nothing
      "0802",            // a file without a size
      "08031800",        // metadata
      "08041800",        // symlink
      "0805",            // HAMT
      "18000802",        // out of order
      "080218003801",    // mode
      "08021800220101",  // packed sizes
      "080218011801",    // size twice
      "080220011801",    // out of order
      "08021202611801",  // data runs out
      "08012005",        // a directory with the sizes of a file (the fuzzer found it)
      "08011805",
  };
  for (const char* text : refused) {
    CAPTURE(text);
    CHECK(decode_unixfs(hex(text)).error().code == Code::kData);
  }
}

DirectoryEntry entry(const Layout& layout, std::string name, ByteView bytes) {
  const ImportedFile file = testing::import(layout, bytes).value();
  return {std::move(name), file.root, file.total_size};
}

TEST_CASE("directories: a study of three files in three profiles, wrapped") {
  struct Row {
    Layout layout;
    const char* study;
    std::uint64_t study_size;
    const char* wrap;
    std::uint64_t wrap_size;
    const char* empty;
  };
  const Row rows[] = {
      {kUnixFs2015, "QmQBw8JeKVJTHw6eioBv5bGpAFjQVjTjTY13PbfxYbTrYQ", 262542,
       "QmYSPPoH3eRTQNwoNvMcmNwUkwHtDroRXWwwUYzHNSHTGD", 262595,
       "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"},
      {kCidV1Raw, "bafybeig6l7vi5gubrji6foas6re6uekebnaqjzkgdwbts5mzfkn7cjjyrm", 262514,
       "bafybeiezylk2bvdmetzhyez3tay3rf3byld4kkhgm5adn24sql67fmru7q", 262569,
       "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"},
      {kUnixFs2025, "bafybeibaq2bjkqig2qlqyk3dinpatbkms3fusqi6t5t6pxxnf5igidzksy", 262410,
       "bafybeiaeibf2j4b7mylgsyblgsxgvs4bwmhugdjzaa4aqglzitmpt3f4gy", 262465,
       "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"},
  };
  for (const Row& row : rows) {
    const Layout& layout = row.layout;
    const auto build = [&layout](std::vector<DirectoryEntry> entries) {
      return build_directory(std::move(entries), layout.cid_version, layout.directory_size);
    };
    const BuiltNode study = build({entry(layout, "a.txt", as_bytes("alpha\n")),
                                   entry(layout, "b.bin", testing::generate(262145)),
                                   entry(layout, "IMG0001.dcm", testing::generate(100))})
                                .value();
    CHECK(format_cid(study.cid) == row.study);
    CHECK(study.total_size == row.study_size);
    const BuiltNode wrap = build({{"study", study.cid, study.total_size}}).value();
    CHECK(format_cid(wrap.cid) == row.wrap);
    CHECK(wrap.total_size == row.wrap_size);
    CHECK(format_cid(build({}).value().cid) == row.empty);
  }
}

TEST_CASE("directories: refused names, and where Kubo would begin to shard") {
  const Cid cid = cid_of_block({}, Codec::kRaw);
  const auto build = [&cid](std::vector<std::string> names, DirectorySize rule) {
    std::vector<DirectoryEntry> entries;
    for (std::string& name : names) entries.push_back({std::move(name), cid, 0});
    return build_directory(std::move(entries), 1, rule);
  };
  for (const char* name : {"", ".", "..", "a/b", "\xff"}) {
    CHECK(build({name}, DirectorySize::kSerialisedBlock).error().reason == "name");
  }
  CHECK(build({"a", "b", "a"}, DirectorySize::kSerialisedBlock).error().reason == "name");
  // 36 bytes of CID and 28 of name: 4096 entries are exactly 262144, the largest plain directory.
  std::vector<std::string> names;
  for (int i = 0; i < 4097; ++i) {
    std::string digits = std::to_string(i);
    names.push_back(std::string(28 - digits.size(), '0') + digits);
  }
  CHECK(build(names, DirectorySize::kNamesAndCids).error().reason == "directory_too_large");
  names.pop_back();
  CHECK(build(names, DirectorySize::kNamesAndCids).ok());
  CHECK(build(names, DirectorySize::kSerialisedBlock).error().reason == "directory_too_large");
}

}  // namespace
}  // namespace emr::content
