// Content identifiers: binary and text forms, strict in both directions. The project uses one hash
// (sha2-256) and two codecs (raw leaves, dag-pb nodes); every other CID is refused with a reason,
// so that nothing downstream has to think about it. Values, no state, any thread.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::content {

enum class Codec : std::uint8_t { kRaw = 0x55, kDagPb = 0x70 };

struct Cid {
  std::uint8_t version = 1;  ///< 0 or 1; version 0 is always dag-pb
  Codec codec = Codec::kRaw;
  Hash32 digest{};  ///< SHA-256 of the block

  auto operator<=>(const Cid&) const = default;
};

/// How a CID is written. kNative is what Kubo prints: base58btc for version 0, base32 for 1.
enum class CidText { kNative, kBase32, kBase58, kBase16 };

/// `1220 digest` for version 0, `01 codec 1220 digest` for version 1.
Bytes cid_bytes(const Cid& cid);
std::size_t cid_size(const Cid& cid) noexcept;
/// The whole input must be one CID.
Result<Cid> cid_from_bytes(ByteView bytes);
/// Reads one CID from the front and removes it from `rest`.
Result<Cid> read_cid(ByteView& rest);

std::string format_cid(const Cid& cid, CidText text = CidText::kNative);
/// Accepts Qm… (version 0) and the multibases b (base32), z (base58btc) and f (base16), lower case
/// where the base has case, without padding, with no second spelling of the same bytes.
Result<Cid> parse_cid(std::string_view text);

/// The same block under version 1 (version 0 is dag-pb under another name).
Cid to_version_1(Cid cid) noexcept;
/// The paper's hex transcoding: base16 of the version 1 form, always 73 characters.
std::string cid_hex(const Cid& cid);
/// Do both name the same block? (Version 0 equals its dag-pb version 1.)
bool same_block(const Cid& a, const Cid& b) noexcept;

/// Names a block by hashing it.
Cid cid_of_block(ByteView block, Codec codec, std::uint8_t version = 1);
/// Ok when the block hashes to the CID; kData with reason "block_mismatch" otherwise.
Status check_block(const Cid& cid, ByteView block);

}  // namespace emr::content
