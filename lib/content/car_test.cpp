// Archives: exact header bytes, round trip, and every cut and flip found.
#include "content/car.h"

#include <doctest/doctest.h>

#include "base/hex.h"
#include "content/limits.h"
#include "content/testing.h"

namespace emr::content {
namespace {

using testing::MemorySource;

/// Reads everything; the number of blocks or the first error.
Result<std::size_t> count_blocks(ByteView archive) {
  MemorySource source(archive);
  EMR_ASSIGN(CarReader reader, CarReader::open(source));
  for (std::size_t count = 0;; ++count) {
    EMR_ASSIGN(const std::optional<CarBlock> block, reader.next());
    if (!block) return count;
  }
}

Bytes small_archive() {
  testing::MemoryBlocks blocks;
  const Layout layout{1, true, 100, 3, {}};
  const Cid root = testing::import(layout, testing::generate(1000), &blocks).value().root;
  Bytes archive = car_header({root});
  for (const auto& [cid, block] : blocks.blocks) append_car_block(archive, cid, block);
  return archive;
}

TEST_CASE("car: the header, byte for byte") {
  const Cid root = cid_of_block({}, Codec::kRaw);
  CHECK(to_hex(car_header({root})) ==
        "3a"
        "a265726f6f747381d82a582500015512"
        "20e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        "6776657273696f6e01");
  CHECK(to_hex(car_header({})) == "11a265726f6f7473806776657273696f6e01");
}

TEST_CASE("car: round trip") {
  const Bytes archive = small_archive();
  CHECK(count_blocks(archive).value() == 17);
  MemorySource source(archive);
  CarReader reader = CarReader::open(source).value();
  CHECK(reader.roots().size() == 1);
  std::vector<Cid> many(30, reader.roots()[0]);
  const Bytes header = car_header(many);
  MemorySource headers(header);
  CHECK(CarReader::open(headers).value().roots() == many);
  CHECK_FALSE(count_blocks(car_header({})).value() != 0);
}

TEST_CASE("car: cut anywhere but between blocks, it is truncated") {
  const Bytes archive = small_archive();
  std::size_t clean = 0;
  for (std::size_t size = 0; size < archive.size(); ++size) {
    const Result<std::size_t> count = count_blocks(ByteView(archive).first(size));
    if (count) ++clean;
    if (!count) CHECK(count.error().reason == "truncated");
  }
  CHECK(clean == 17);  // behind the header and behind each block but the last
}

TEST_CASE("car: any flipped bit is found") {
  Bytes archive = small_archive();
  for (std::size_t at = 0; at < archive.size(); ++at) {
    archive[at] ^= 0x04;
    const Result<std::size_t> count = count_blocks(archive);
    // Only the digest of the root in the header stands alone; it names a block that is not there.
    const bool in_root = at >= 18 && at < 50;
    CAPTURE(at);
    if (!in_root) CHECK_FALSE(count.ok());
    archive[at] ^= 0x04;
  }
}

TEST_CASE("car: impossible sections are refused before memory is taken") {
  Bytes archive = car_header({});
  append(archive, from_hex("ffffffffffffff7f").value());
  CHECK(count_blocks(archive).error().reason == "car");
  CHECK_FALSE(count_blocks(from_hex("00").value()).ok());
  CHECK_FALSE(count_blocks(from_hex("ffffffff0f").value()).ok());
  // CARv2 pragma: version 2.
  CHECK_FALSE(count_blocks(from_hex("0aa16776657273696f6e02").value()).ok());
}

}  // namespace
}  // namespace emr::content
