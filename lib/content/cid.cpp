#include "content/cid.h"

#include <algorithm>

#include "content/limits.h"
#include "content/multibase.h"
#include "content/varint.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

constexpr std::uint8_t kSha256Code = 0x12;
constexpr std::uint8_t kSha256Size = 0x20;
constexpr std::size_t kCidV0Size = 34;
constexpr std::size_t kCidV1Size = 36;
constexpr std::size_t kCidV0TextSize = 46;

Error bad_cid(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("cid");
}

Result<Hash32> read_multihash(ByteView& rest) {
  EMR_ASSIGN(const std::uint64_t code, read_varint(rest));
  EMR_ASSIGN(const std::uint64_t size, read_varint(rest));
  if (code != kSha256Code || size != kSha256Size) return bad_cid("CID does not use sha2-256");
  if (rest.size() < kSha256Size) return bad_cid("CID is cut short");
  Hash32 digest;
  std::copy_n(rest.begin(), digest.size(), digest.begin());
  rest = rest.subspan(digest.size());
  return digest;
}

Result<Cid> parse_prefixed(char base, std::string_view text) {
  std::optional<Bytes> bytes;
  if (base == 'b') bytes = base32_decode(text);
  if (base == 'z') bytes = base58_decode(text);
  if (base == 'f') bytes = base16_decode(text);
  if (!bytes) return bad_cid("CID is not base32 (b…), base58btc (z…, Qm…) or base16 (f…) text");
  EMR_ASSIGN(const Cid cid, cid_from_bytes(*bytes));
  if (cid.version == 0) return bad_cid("CID of version 0 carries a multibase prefix");
  return cid;
}

}  // namespace

Bytes cid_bytes(const Cid& cid) {
  Bytes bytes;
  bytes.reserve(kCidV1Size);
  if (cid.version != 0) bytes = {1, static_cast<std::uint8_t>(cid.codec)};
  bytes.push_back(kSha256Code);
  bytes.push_back(kSha256Size);
  append(bytes, cid.digest);
  return bytes;
}

std::size_t cid_size(const Cid& cid) noexcept { return cid.version == 0 ? kCidV0Size : kCidV1Size; }

Result<Cid> read_cid(ByteView& rest) {
  Cid cid;
  if (rest.size() >= 2 && rest[0] == kSha256Code && rest[1] == kSha256Size) {
    cid.version = 0;
    cid.codec = Codec::kDagPb;
  } else {
    EMR_ASSIGN(const std::uint64_t version, read_varint(rest));
    if (version != 1) return bad_cid("CID has an unknown version");
    EMR_ASSIGN(const std::uint64_t codec, read_varint(rest));
    if (codec != static_cast<std::uint64_t>(Codec::kRaw) &&
        codec != static_cast<std::uint64_t>(Codec::kDagPb)) {
      return bad_cid("CID names neither a raw nor a dag-pb block");
    }
    cid.codec = static_cast<Codec>(codec);
  }
  EMR_ASSIGN(cid.digest, read_multihash(rest));
  return cid;
}

Result<Cid> cid_from_bytes(ByteView bytes) {
  EMR_ASSIGN(const Cid cid, read_cid(bytes));
  if (!bytes.empty()) return bad_cid("CID is followed by further bytes");
  return cid;
}

std::string format_cid(const Cid& cid, CidText text) {
  if (text == CidText::kNative) text = cid.version == 0 ? CidText::kBase58 : CidText::kBase32;
  if (text == CidText::kBase58 && cid.version == 0) return base58_encode(cid_bytes(cid));
  // Only version 1 may stand behind a multibase prefix.
  const Bytes bytes = cid_bytes(to_version_1(cid));
  if (text == CidText::kBase58) return "z" + base58_encode(bytes);
  if (text == CidText::kBase16) return "f" + base16_encode(bytes);
  return "b" + base32_encode(bytes);
}

Result<Cid> parse_cid(std::string_view text) {
  if (text.size() < 2 || text.size() > kMaxCidText) return bad_cid("text is not as long as a CID");
  if (text.size() != kCidV0TextSize || !text.starts_with("Qm")) {
    return parse_prefixed(text.front(), text.substr(1));
  }
  const std::optional<Bytes> bytes = base58_decode(text);
  if (!bytes || bytes->size() != kCidV0Size) return bad_cid("CID of version 0 is not base58btc");
  return cid_from_bytes(*bytes);
}

Cid to_version_1(Cid cid) noexcept {
  cid.version = 1;
  return cid;
}

std::string cid_hex(const Cid& cid) { return format_cid(cid, CidText::kBase16); }

bool same_block(const Cid& a, const Cid& b) noexcept { return to_version_1(a) == to_version_1(b); }

Cid cid_of_block(ByteView block, Codec codec, std::uint8_t version) {
  return Cid{version, codec, crypto::sha256(block)};
}

Status check_block(const Cid& cid, ByteView block) {
  if (crypto::sha256(block) == cid.digest) return {};
  return fail(Code::kData, "block does not match the CID that names it")
      .with_reason("block_mismatch");
}

}  // namespace emr::content
