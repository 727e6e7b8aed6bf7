// emr-blob/1: how an attachment is sealed before it leaves the hospital. The format is Tink's
// AES-256-GCM-HKDF streaming encryption with ciphertext segments of 1 MiB: one segment is exactly
// one leaf of the profile unixfs-v1-2025, so a range read fetches, hashes and decrypts only its own
// blocks. Byte layout and a worked example: FORMAT.md.
//
// Each object has its own random key, salt and prefix; nothing is convergent (equal files must not
// look equal). Segments are independent of each other: `SegmentCipher` may be used from several
// threads at once. AES-GCM does not commit to its key, hence `commitment`.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "content/reader.h"
#include "content/streams.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace emr::content {

inline constexpr std::size_t kSegmentSize = 1048576;  ///< ciphertext, tag included
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kBlobHeaderSize = 40;  ///< 0x28 ‖ salt 32 ‖ prefix 7
inline constexpr std::size_t kFirstPlainSize = kSegmentSize - kBlobHeaderSize - kTagSize;
inline constexpr std::size_t kPlainSize = kSegmentSize - kTagSize;

struct BlobHeader {
  Hash32 salt{};
  std::array<std::uint8_t, 7> prefix{};
};

Bytes encode_blob_header(const BlobHeader& header);
Result<BlobHeader> decode_blob_header(ByteView bytes);

/// Fresh salt and prefix.
BlobHeader random_blob_header(crypto::RandomSource& random);

/// Sizes of the sealed form of `plain` bytes.
std::uint64_t sealed_size(std::uint64_t plain) noexcept;
std::uint64_t segment_count(std::uint64_t plain) noexcept;
/// The plain size of a sealed blob; kData for a size that no blob has.
Result<std::uint64_t> plain_size(std::uint64_t sealed);

/// The plain bytes [first, first + size) that stand in segment `index` when it is full.
struct SegmentSpan {
  std::uint64_t first = 0;
  std::size_t size = 0;
};
SegmentSpan plain_span(std::uint64_t index) noexcept;
/// The segment that holds plain byte `offset`.
std::uint64_t segment_of(std::uint64_t offset) noexcept;

/// Seals and opens single segments under one object's key. Immutable after construction.
class SegmentCipher {
 public:
  SegmentCipher(const crypto::Secret32& key, const BlobHeader& header);

  /// Segment `index` as it is stored (with the blob header in front for index 0). `plain` must be
  /// full unless `last` (checked).
  Bytes seal(std::uint64_t index, bool last, ByteView plain) const;
  /// Opens a whole segment as stored; kData with reason "authentication" when it was changed,
  /// moved, cut or belongs to another key.
  Result<crypto::SecretBytes> open(std::uint64_t index, bool last, ByteView segment) const;

 private:
  crypto::Secret32 key_;
  BlobHeader header_;
};

/// HKDF commitment to (key, salt): stored in the manifest, compared before the first decryption.
Hash32 blob_commitment(const crypto::Secret32& key, const BlobHeader& header);

/// Padmé: the padded length hides the true one at a cost of at most 12 %.
std::uint64_t padme(std::uint64_t size) noexcept;

/// What a reader needs besides the blocks; all of it comes from the manifest.
struct BlobAccess {
  crypto::Secret32 key;
  BlobHeader header;
  Hash32 commitment{};
};

/// Decrypts the plain bytes [offset, offset + length) of a blob stored as a UnixFS file, fetching
/// only the blocks that hold them. Bytes reach `sink` only after their segment was authenticated.
/// The range must lie inside plain_size(reader.size()).
Status open_blob_range(FileReader& reader, const BlobAccess& access, std::uint64_t offset,
                       std::uint64_t length, ByteSink& sink);

}  // namespace emr::content
