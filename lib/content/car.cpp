#include "content/car.h"

#include <algorithm>

#include "content/limits.h"
#include "content/varint.h"

namespace emr::content {
namespace {

// DAG-CBOR of the header, spelled out: there is exactly one legal encoding of what we accept.
constexpr std::uint8_t kMapOfTwo = 0xa2;
constexpr std::string_view kRootsKey = "\x65roots";
constexpr std::string_view kVersionPair = "\x67version\x01";
constexpr std::string_view kCidTag = "\xd8\x2a";  // tag 42
constexpr std::uint8_t kByteStringU8 = 0x58;

Error bad_car(std::string message, std::string_view reason = "car") {
  return fail(Code::kData, std::move(message)).with_reason(std::string(reason));
}

void append_array_head(Bytes& target, std::size_t count) {
  if (count < 24) {
    target.push_back(static_cast<std::uint8_t>(0x80 | count));
    return;
  }
  target.push_back(0x98);
  target.push_back(static_cast<std::uint8_t>(count));
}

bool take(ByteView& rest, std::string_view expected) {
  if (!as_text(rest).starts_with(expected)) return false;
  rest = rest.subspan(expected.size());
  return true;
}

std::optional<std::size_t> read_array_head(ByteView& rest) {
  if (rest.empty()) return std::nullopt;
  if (rest[0] >= 0x80 && rest[0] < 0x98) {
    const std::size_t count = rest[0] & 0x1f;
    rest = rest.subspan(1);
    return count;
  }
  if (rest.size() < 2 || rest[0] != 0x98 || rest[1] < 24) return std::nullopt;
  const std::size_t count = rest[1];
  rest = rest.subspan(2);
  return count;
}

Result<Cid> read_root(ByteView& rest) {
  if (!take(rest, kCidTag) || rest.size() < 3 || rest[0] != kByteStringU8 || rest[2] != 0) {
    return bad_car("root of the archive is not a CID of ours");
  }
  const std::size_t size = rest[1];
  if (size == 0 || rest.size() - 2 < size) return bad_car("archive header is cut short");
  const ByteView bytes = rest.subspan(3, size - 1);
  rest = rest.subspan(2 + size);
  return cid_from_bytes(bytes);
}

Result<std::vector<Cid>> parse_header(ByteView rest) {
  std::vector<Cid> roots;
  if (rest.empty() || rest[0] != kMapOfTwo) return bad_car("archive header is not that of a CARv1");
  rest = rest.subspan(1);
  if (!take(rest, kRootsKey)) return bad_car("archive header does not begin with its roots");
  const std::optional<std::size_t> count = read_array_head(rest);
  if (!count || *count > kMaxCarRoots) return bad_car("archive has too many roots");
  for (std::size_t i = 0; i < *count; ++i) {
    EMR_ASSIGN(const Cid root, read_root(rest));
    roots.push_back(root);
  }
  if (!take(rest, kVersionPair) || !rest.empty()) return bad_car("archive is not of version 1");
  return roots;
}

/// A varint byte by byte; nothing at the end of the stream.
Result<std::optional<std::uint64_t>> read_length(ByteSource& source) {
  Bytes bytes;
  std::uint8_t byte = 0x80;
  while ((byte & 0x80) != 0 && bytes.size() < kMaxVarintSize) {
    EMR_ASSIGN(const std::size_t got, source.read({&byte, 1}));
    if (got == 0 && bytes.empty()) return std::optional<std::uint64_t>();
    if (got == 0) return bad_car("archive is cut short", "truncated");
    bytes.push_back(byte);
  }
  ByteView rest = bytes;
  EMR_ASSIGN(const std::uint64_t value, read_varint(rest));
  return std::optional<std::uint64_t>(value);
}

Result<Bytes> read_section(ByteSource& source, std::uint64_t size, std::size_t max) {
  if (size == 0 || size > max) return bad_car("section of the archive has an impossible length");
  Bytes bytes(static_cast<std::size_t>(size));
  EMR_ASSIGN(const std::size_t got, read_full(source, bytes));
  if (got < bytes.size()) return bad_car("archive is cut short", "truncated");
  return bytes;
}

}  // namespace

Bytes car_header(const std::vector<Cid>& roots) {
  EMR_CHECK(roots.size() <= kMaxCarRoots);
  Bytes cbor{kMapOfTwo};
  append(cbor, kRootsKey);
  append_array_head(cbor, roots.size());
  for (const Cid& root : roots) {
    append(cbor, kCidTag);
    cbor.push_back(kByteStringU8);
    cbor.push_back(static_cast<std::uint8_t>(cid_size(root) + 1));
    cbor.push_back(0);  // the identity multibase
    append(cbor, cid_bytes(root));
  }
  append(cbor, kVersionPair);
  Bytes header;
  append_varint(header, cbor.size());
  append(header, cbor);
  return header;
}

Bytes car_block_prefix(const Cid& cid, std::size_t block_size) {
  Bytes prefix;
  append_varint(prefix, cid_size(cid) + block_size);
  append(prefix, cid_bytes(cid));
  return prefix;
}

void append_car_block(Bytes& target, const Cid& cid, ByteView block) {
  append(target, car_block_prefix(cid, block.size()));
  append(target, block);
}

Result<CarReader> CarReader::open(ByteSource& source) {
  CarReader reader(source);
  EMR_ASSIGN(const std::optional<std::uint64_t> size, read_length(source));
  if (!size) return bad_car("archive is empty", "truncated");
  EMR_ASSIGN(const Bytes header, read_section(source, *size, kMaxCarHeader));
  EMR_ASSIGN(reader.roots_, parse_header(header));
  return reader;
}

Result<std::optional<CarBlock>> CarReader::next() {
  EMR_ASSIGN(const std::optional<std::uint64_t> size, read_length(*source_));
  if (!size) return std::optional<CarBlock>();
  constexpr std::size_t kMaxSection = kMaxBlockSize + 36;
  EMR_ASSIGN(Bytes section, read_section(*source_, *size, kMaxSection));
  ByteView rest = section;
  CarBlock block;
  EMR_ASSIGN(block.cid, read_cid(rest));
  section.erase(section.begin(), section.end() - static_cast<std::ptrdiff_t>(rest.size()));
  block.data = std::move(section);
  if (block.data.size() > kMaxBlockSize) return bad_car("block is larger than 2 MiB");
  EMR_TRY(check_block(block.cid, block.data));
  return std::optional<CarBlock>(std::move(block));
}

}  // namespace emr::content
