// sealed blobs. Vectors were produced with WebCrypto and checked with Python.
#include "content/blob.h"

#include <doctest/doctest.h>

#include <numeric>
#include <set>

#include "base/hex.h"
#include "content/importer.h"
#include "content/limits.h"
#include "content/manifest.h"
#include "content/testing.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

using testing::generate;
using testing::MemoryBlocks;
using testing::MemorySink;

/// Key 00…1f, salt 20…3f, prefix 40…46: the vectors' values.
BlobAccess vector_access() {
  BlobAccess access;
  Hash32 key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  access.key = crypto::Secret32(key);
  std::iota(access.header.salt.begin(), access.header.salt.end(), std::uint8_t{0x20});
  std::iota(access.header.prefix.begin(), access.header.prefix.end(), std::uint8_t{0x40});
  access.commitment = blob_commitment(access.key, access.header);
  return access;
}

Bytes seal_all(const BlobAccess& access, ByteView plain) {
  const SegmentCipher cipher(access.key, access.header);
  Bytes sealed;
  const std::uint64_t count = segment_count(plain.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    const SegmentSpan span = plain_span(i);
    const std::size_t size = std::min<std::size_t>(span.size, plain.size() - span.first);
    append(sealed, cipher.seal(i, i + 1 == count, plain.subspan(span.first, size)));
  }
  return sealed;
}

struct StoredBlob {
  MemoryBlocks blocks;
  Cid root;
};

void store(StoredBlob& stored, ByteView sealed) {
  stored.root = testing::import(kUnixFs2025, sealed, &stored.blocks).value().root;
}

Result<Bytes> open_range(StoredBlob& stored, const BlobAccess& access, std::uint64_t offset,
                         std::uint64_t length) {
  EMR_ASSIGN(FileReader reader, FileReader::open(stored.root, stored.blocks, kMaxObjectSize));
  MemorySink sink;
  EMR_TRY(open_blob_range(reader, access, offset, length, sink));
  return std::move(sink.bytes);
}

TEST_CASE("blob: published vectors around the segment edges") {
  struct Row {
    std::size_t plain;
    std::size_t sealed;
    const char* sha256;
    const char* cid;
  };
  const Row rows[] = {
      {0, 56, "6c43f0876db38c4b36a4963c85df10921080ae0034de5c196f808a868cac0790",
       "bafkreidmipyio3ntrrftnjewhsc56eesccak4abu3zobs34arkdizlahsa"},
      {1, 57, "68eaa32c414ca9d849e0f3c116a708fea605ae75f5fdc52711c986db54e3e13f",
       "bafkreidi5krsyqkmvhmetyhtyelkoch6uyc245pv7xcsoeojq3nvjy7bh4"},
      {1048520, 1048576, "0b847e6fcaca0c5231145350644301797f966830bcab7415f1c3149fc0b91151",
       "bafkreialqr7g7swkbrjdcfctkbsegalzp6lgqmf4vn2bl4odcsp4boirke"},
      {1048521, 1048593, "ec8d8cb5b90f9ebb7f278d1dc787a5048671ff2324b6f28ef226e7fd1f588034",
       "bafybeifoyr74mf2uhe7sn7rnalfs2i46zywrtaswp6yizsgcslmpwf5psu"},
      {2097081, 2097169, "098b56cf19412375943f9e0d276842cc60cb315b88358ba88e2d209d34d2dbc7",
       "bafybeifdz2qpuosaw7ck63kpdusd2y3vrhmxnqxwa7i3fxc3ymhob23b3q"},
  };
  const BlobAccess access = vector_access();
  for (const Row& row : rows) {
    CAPTURE(row.plain);
    const Bytes plain = generate(row.plain);
    const Bytes sealed = seal_all(access, plain);
    CHECK(sealed.size() == row.sealed);
    CHECK(sealed_size(row.plain) == row.sealed);
    CHECK(plain_size(row.sealed).value() == row.plain);
    CHECK(to_hex(crypto::sha256(sealed)) == row.sha256);
    StoredBlob stored;
    store(stored, sealed);
    CHECK(format_cid(stored.root) == row.cid);
    CHECK(open_range(stored, access, 0, row.plain).value() == plain);
  }
}

// FORMAT.md, "Worked example".
TEST_CASE("blob: the worked example of FORMAT.md") {
  const BlobAccess access = vector_access();
  const Bytes sealed = seal_all(access, as_bytes("emr"));
  CHECK(to_hex(sealed) ==
        "28202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546"
        "6448eb"
        "235c5f8b453b0c731d5e1aa1d9ba0965");
  CHECK(to_hex(access.commitment) ==
        "201641e807b9e377c96d7811d80f6e80419e75c9592a3f724dba78fcf0d5893d");
  const Cid cid = cid_of_block(sealed, Codec::kRaw);
  CHECK(format_cid(cid) == "bafkreihdwra4f4c723s7pz4ptqew7cgipkqdt2kgufkamirshit37ogipm");
  CHECK(to_hex(content_handle(Hash32{}, cid)) ==
        "e3e313b342cc2d95e2b5d7958ad705e8afb28a932e4531b8e8578d33517a093e");
}

TEST_CASE("blob: sizes that no blob has") {
  const std::uint64_t impossible[] = {0,
                                      39,
                                      40,
                                      55,
                                      kSegmentSize + 1,
                                      kSegmentSize + 15,
                                      kSegmentSize + 16,
                                      2 * kSegmentSize + 7,
                                      UINT64_MAX};
  for (const std::uint64_t sealed : impossible) {
    CAPTURE(sealed);
    CHECK(plain_size(sealed).error().reason == "blob_size");
  }
  for (std::uint64_t plain = 2 * kSegmentSize - 200; plain < 2 * kSegmentSize + 10; ++plain) {
    CHECK(plain_size(sealed_size(plain)).value() == plain);
  }
}

TEST_CASE("blob: a range touches only its own blocks") {
  const BlobAccess access = vector_access();
  const Bytes plain = generate(4 * kPlainSize);
  StoredBlob stored;
  store(stored, seal_all(access, plain));
  struct Range {
    std::uint64_t offset, length;
    std::size_t blocks;  // the root is always one of them
  };
  const Range ranges[] = {{0, 10, 2},
                          {kFirstPlainSize - 1, 2, 3},
                          {kFirstPlainSize, kPlainSize, 2},
                          {3 * kPlainSize, 100, 2},
                          {4 * kPlainSize - 1, 1, 2},
                          {4 * kPlainSize, 0, 2},
                          {0, 4 * kPlainSize, 6}};
  for (const Range& range : ranges) {
    CAPTURE(range.offset);
    stored.blocks.fetched.clear();
    const Bytes got = open_range(stored, access, range.offset, range.length).value();
    CHECK(got == to_bytes(ByteView(plain).subspan(range.offset, range.length)));
    CHECK(stored.blocks.fetched.size() == range.blocks);
  }
  CHECK(open_range(stored, access, 1, 4 * kPlainSize).error().reason == "range");
}

TEST_CASE("blob: nothing changed, moved, cut, repeated or foreign opens") {
  const BlobAccess access = vector_access();
  const Bytes plain = generate(3 * kPlainSize);
  const Bytes sealed = seal_all(access, plain);
  const auto reason = [&access](const Bytes& bytes) -> std::string {
    StoredBlob stored;
    store(stored, bytes);
    const Result<std::uint64_t> size = plain_size(bytes.size());
    if (!size) return size.error().reason;
    const Result<Bytes> opened = open_range(stored, access, 0, *size);
    return opened ? "opened" : opened.error().reason;
  };
  CHECK(reason(sealed) == "opened");
  for (const std::size_t at : {0UL, 5UL, 35UL, 40UL, 1048575UL, 1048576UL, sealed.size() - 1}) {
    Bytes changed = sealed;
    changed[at] ^= 1;
    CHECK(reason(changed) == "authentication");
  }
  Bytes cut = sealed;
  cut.resize(2 * kSegmentSize);
  CHECK(reason(cut) == "authentication");
  Bytes swapped = sealed;
  std::swap_ranges(swapped.begin() + kSegmentSize, swapped.begin() + 2 * kSegmentSize,
                   swapped.begin() + 2 * kSegmentSize);
  CHECK(reason(swapped) == "authentication");
  Bytes longer = sealed;
  longer.insert(longer.end(), 16, 0);
  CHECK(reason(longer) == "authentication");

  StoredBlob stored;
  store(stored, sealed);
  BlobAccess other = vector_access();
  other.key.span()[0] ^= 1;
  CHECK(open_range(stored, other, 0, 10).error().reason == "authentication");
  other.commitment = blob_commitment(other.key, other.header);  // a consistent lie
  CHECK(open_range(stored, other, 0, 10).error().reason == "authentication");
  BlobAccess moved = vector_access();
  moved.header.prefix[0] ^= 1;
  CHECK(open_range(stored, moved, 0, 10).error().reason == "authentication");
}

TEST_CASE("blob: two seals of one file have nothing in common") {
  crypto::SeededRandom random("blob test");
  std::set<Bytes> seen;
  for (int i = 0; i < 3; ++i) {
    BlobAccess access;
    access.key = random.secret32();
    access.header = random_blob_header(random);
    const Bytes sealed = seal_all(access, as_bytes("same"));
    CHECK(seen.insert(to_bytes(ByteView(sealed).first(40))).second);
    CHECK(seen.insert(to_bytes(ByteView(sealed).subspan(40))).second);
  }
}

TEST_CASE("blob: header bytes") {
  const BlobAccess access = vector_access();
  const Bytes bytes = encode_blob_header(access.header);
  CHECK(bytes.size() == kBlobHeaderSize);
  CHECK(decode_blob_header(bytes).value().salt == access.header.salt);
  CHECK(decode_blob_header(bytes).value().prefix == access.header.prefix);
  Bytes wrong = bytes;
  wrong[0] = 0x27;
  CHECK(decode_blob_header(wrong).error().reason == "blob_header");
  CHECK_FALSE(decode_blob_header(ByteView(bytes).first(39)).ok());
}

TEST_CASE("padme: never smaller, never much larger, few lengths") {
  const std::pair<std::uint64_t, std::uint64_t> rows[] = {
      {0, 0}, {1, 1}, {2, 2}, {8, 8}, {9, 10}, {100, 104}, {1000, 1024}, {1000000, 1015808}};
  for (const auto& [size, padded] : rows) CHECK(padme(size) == padded);
  for (std::uint64_t size = 1; size < 3000000; size += 1 + size / 50) {
    CHECK(padme(size) >= size);
    CHECK(static_cast<double>(padme(size)) <= static_cast<double>(size) * 1.12);
    CHECK(padme(padme(size)) == padme(size));
  }
}

}  // namespace
}  // namespace emr::content
