// streams of any length in constant memory, on any number of threads, always the same bytes.
#include "ipfs/pipeline.h"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "content/limits.h"
#include "content/reader.h"
#include "content/testing.h"
#include "crypto/hash.h"
#include "ipfs/folder_store.h"
#include "ipfs/limits.h"
#include "ipfs/ordered_pool.h"

namespace emr::ipfs {
namespace {

using content::testing::generate;
using content::testing::KeyStream;
using content::testing::MemoryBlocks;
using content::testing::MemorySink;
using content::testing::MemorySource;

TEST_CASE("ordered pool: results come in order, errors stop it, nothing hangs") {
  for (const unsigned threads : {1U, 2U, 5U}) {
    std::vector<int> seen;
    OrderedPool<int> pool(
        threads, 4, [](int& item) { item *= 2; },
        [&seen](int& item) -> Status {
          seen.push_back(item);
          if (item == 400) return fail(Code::kIo, "enough");
          return {};
        });
    Status status;
    for (int i = 0; status && i < 1000; ++i) {
      auto item = pool.take_item();
      *item = i;
      status = pool.push(std::move(item));
    }
    CHECK(status.error().code == Code::kIo);
    CHECK(seen.size() == 201);
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == static_cast<int>(2 * i));
  }
}

TEST_CASE("import: one and several threads agree with the plain importer") {
  const content::Layout layouts[] = {content::kUnixFs2025,
                                     content::kUnixFs2015,
                                     content::kCidV1Raw,
                                     {1, true, 1000, 3, {}},
                                     {1, false, content::kMaxChunkSize, 2, {}}};
  for (const content::Layout& layout : layouts) {
    for (const std::uint64_t size : {0U, 1U, 1048576U, 5000001U}) {
      KeyStream plain(size);
      const auto expected = content::testing::import(layout, plain).value();
      for (const unsigned threads : {1U, 3U}) {
        KeyStream stream(size);
        MemoryBlocks blocks;
        const auto got = import_stream(stream, layout, threads, &blocks).value();
        CHECK(got.root == expected.root);
        CHECK(got.total_size == expected.total_size);
        CHECK(got.block_count == expected.block_count);
        CHECK(blocks.order.back() == got.root);
      }
    }
  }
}

/// A store in memory that remembers blindings.
class MemoryStore final : public ContentStore {
 public:
  Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) override {
    if (fail_at == ++puts) return fail(Code::kUnavailable, "node is gone");
    blindings.push_back(blinding);
    return blocks.put(cid, block);
  }
  Status finish(const content::Cid&) override { return {}; }
  Result<Bytes> get(const content::Cid& cid) override { return blocks.get(cid); }
  StoreCounts counts() const override { return {}; }
  MemoryBlocks blocks;
  std::vector<Hash32> blindings;
  std::size_t puts = 0;
  std::size_t fail_at = SIZE_MAX;
};

content::BlobAccess random_access(const char* seed) {
  crypto::SeededRandom random(seed);
  content::BlobAccess access;
  access.key = random.secret32();
  access.header = content::random_blob_header(random);
  access.commitment = content::blob_commitment(access.key, access.header);
  return access;
}

TEST_CASE("seal: what was sealed opens again, padded or not, around all edges") {
  const content::BlobAccess access = random_access("seal");
  for (const Padding padding : {Padding::kNone, Padding::kPadme}) {
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{content::kFirstPlainSize - 1},
          std::uint64_t{content::kFirstPlainSize}, std::uint64_t{content::kFirstPlainSize + 1},
          std::uint64_t{content::kFirstPlainSize + content::kPlainSize}, std::uint64_t{3333333}}) {
      CAPTURE(size);
      const Bytes plain = generate(size);
      MemoryStore store;
      MemorySource source(plain);
      const SealedObject sealed =
          seal_stream(source, access, Hash32{9}, &store, {padding, 2}).value();
      CHECK(sealed.size == size);
      CHECK(sealed.padded == (padding == Padding::kNone ? size : content::padme(size)));
      CHECK(sealed.sha256 == crypto::sha256(plain));
      CHECK(sealed.sealed == content::sealed_size(sealed.padded));
      CHECK(std::all_of(store.blindings.begin(), store.blindings.end(),
                        [](const Hash32& r) { return r == Hash32{9}; }));
      auto reader =
          content::FileReader::open(sealed.cid, store.blocks, content::kMaxObjectSize).value();
      MemorySink opened;
      REQUIRE(content::open_blob_range(reader, access, 0, size, opened).ok());
      CHECK(opened.bytes == plain);
      MemorySource again(plain);
      const auto single = seal_stream(again, access, Hash32{9}, nullptr, {padding, 1}).value();
      CHECK(single.cid == sealed.cid);
    }
  }
}

TEST_CASE("seal: an error of the source or the store ends it") {
  const content::BlobAccess access = random_access("error");
  for (const unsigned threads : {1U, 2U}) {
    KeyStream stream(9000000);
    MemoryStore store;
    store.fail_at = 3;
    const auto sealed = seal_stream(stream, access, Hash32{}, &store, {Padding::kNone, threads});
    CHECK(sealed.error().code == Code::kUnavailable);
  }
}

/// A folder that goes with the test.
struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/emr-folder-store-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

TEST_CASE("folder store: blocks are files, written once, hashed when read") {
  const TemporaryFolder temporary;
  FolderStore store = FolderStore::open(temporary.path + "/blocks").value();
  const Bytes block = to_bytes("block");
  const content::Cid cid = content::cid_of_block(block, content::Codec::kRaw);
  REQUIRE(store.put(Hash32{}, cid, block).ok());
  REQUIRE(store.put(Hash32{}, cid, block).ok());
  CHECK(store.counts().stored == 1);
  CHECK(store.counts().present == 1);
  CHECK(store.finish(cid).ok());
  CHECK(store.get(cid).value() == block);
  const content::Cid other = content::cid_of_block({}, content::Codec::kRaw);
  CHECK(store.get(other).error().reason == "not_found");
  std::ofstream(temporary.path + "/blocks/" + content::format_cid(cid)) << "blocK";
  CHECK(store.get(cid).error().reason == "block_mismatch");
  CHECK(FolderStore::open(temporary.path + "/no/blocks").error().code == Code::kCantCreate);
}

}  // namespace
}  // namespace emr::ipfs
