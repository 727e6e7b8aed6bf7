#include "content/blob.h"

#include <algorithm>
#include <bit>

#include "content/limits.h"
#include "crypto/aead.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

constexpr std::uint8_t kHeaderLength = kBlobHeaderSize;  // Tink's first byte: the header's own size
constexpr std::string_view kKeyInfo = "emr-blob/1";
constexpr std::string_view kCommitInfo = "emr-blob/1 commit";
static_assert(1 + sizeof(BlobHeader::salt) + sizeof(BlobHeader::prefix) == kBlobHeaderSize);

Error not_authentic() {
  return fail(Code::kData, "sealed object was changed, cut, or sealed under another key")
      .with_reason("authentication");
}

crypto::Secret32 derive(const crypto::Secret32& key, const Hash32& salt, std::string_view info) {
  const crypto::SecretBytes derived =
      crypto::hkdf_sha256(key.view(), salt, as_bytes(info), sizeof(Hash32));
  Result<crypto::Secret32> secret = crypto::Secret32::from_bytes(derived.view());
  EMR_CHECK(secret.ok());
  return *std::move(secret);
}

// prefix ‖ segment number ‖ is it the last: an attacker can neither move, repeat nor cut segments.
crypto::GcmNonce segment_nonce(const BlobHeader& header, std::uint64_t index, bool last) {
  EMR_CHECK(index < kMaxSegments);
  crypto::GcmNonce nonce;
  std::copy(header.prefix.begin(), header.prefix.end(), nonce.begin());
  for (std::size_t i = 0; i < 4; ++i) {
    nonce[7 + i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
  }
  nonce[11] = last ? 1 : 0;
  return nonce;
}

class CollectSink final : public ByteSink {
 public:
  Status write(ByteView bytes) override {
    append(bytes_, bytes);
    return {};
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

Result<Bytes> read_stored(FileReader& reader, std::uint64_t offset, std::uint64_t length) {
  CollectSink stored;
  EMR_TRY(reader.read(offset, length, stored));
  return stored.take();
}

}  // namespace

Bytes encode_blob_header(const BlobHeader& header) {
  Bytes bytes{kHeaderLength};
  append(bytes, header.salt);
  append(bytes, header.prefix);
  return bytes;
}

Result<BlobHeader> decode_blob_header(ByteView bytes) {
  if (bytes.size() < kBlobHeaderSize || bytes[0] != kHeaderLength) {
    return fail(Code::kData, "object is not a sealed blob").with_reason("blob_header");
  }
  BlobHeader header;
  std::copy_n(bytes.begin() + 1, header.salt.size(), header.salt.begin());
  std::copy_n(bytes.begin() + 33, header.prefix.size(), header.prefix.begin());
  return header;
}

BlobHeader random_blob_header(crypto::RandomSource& random) {
  BlobHeader header;
  random.fill(header.salt);
  random.fill(header.prefix);
  return header;
}

std::uint64_t segment_count(std::uint64_t plain) noexcept {
  if (plain <= kFirstPlainSize) return 1;
  return 1 + (plain - kFirstPlainSize + kPlainSize - 1) / kPlainSize;
}

std::uint64_t sealed_size(std::uint64_t plain) noexcept {
  return kBlobHeaderSize + plain + segment_count(plain) * kTagSize;
}

Result<std::uint64_t> plain_size(std::uint64_t sealed) {
  const std::uint64_t segments = sealed / kSegmentSize + (sealed % kSegmentSize != 0 ? 1 : 0);
  const std::uint64_t overhead = kBlobHeaderSize + segments * kTagSize;
  if (sealed >= kBlobHeaderSize + kTagSize && sealed <= 2 * kMaxObjectSize && sealed >= overhead &&
      sealed_size(sealed - overhead) == sealed) {
    return sealed - overhead;
  }
  return fail(Code::kData, "object has a size that no sealed blob has").with_reason("blob_size");
}

SegmentSpan plain_span(std::uint64_t index) noexcept {
  if (index == 0) return {0, kFirstPlainSize};
  return {kFirstPlainSize + (index - 1) * kPlainSize, kPlainSize};
}

std::uint64_t segment_of(std::uint64_t offset) noexcept {
  return offset < kFirstPlainSize ? 0 : 1 + (offset - kFirstPlainSize) / kPlainSize;
}

SegmentCipher::SegmentCipher(const crypto::Secret32& key, const BlobHeader& header)
    : key_(derive(key, header.salt, kKeyInfo)), header_(header) {}

Bytes SegmentCipher::seal(std::uint64_t index, bool last, ByteView plain) const {
  const std::size_t full = plain_span(index).size;
  EMR_CHECK(plain.size() == full || (last && plain.size() < full));
  Bytes sealed = crypto::aes256gcm_seal(key_, segment_nonce(header_, index, last), {}, plain);
  if (index != 0) return sealed;
  Bytes first = encode_blob_header(header_);
  append(first, sealed);
  return first;
}

Result<crypto::SecretBytes> SegmentCipher::open(std::uint64_t index, bool last,
                                                ByteView segment) const {
  if (index >= kMaxSegments || segment.size() > kSegmentSize) return not_authentic();
  if (index == 0) {
    const Bytes header = encode_blob_header(header_);
    if (segment.size() < header.size() ||
        !std::equal(header.begin(), header.end(), segment.begin())) {
      return not_authentic();
    }
    segment = segment.subspan(header.size());
  }
  auto plain = crypto::aes256gcm_open(key_, segment_nonce(header_, index, last), {}, segment);
  if (!plain) return not_authentic();
  return plain;
}

Hash32 blob_commitment(const crypto::Secret32& key, const BlobHeader& header) {
  return derive(key, header.salt, kCommitInfo).bytes();
}

// Keeps the top log2(log2(n)) + 1 bits below the highest one and rounds up to them.
std::uint64_t padme(std::uint64_t size) noexcept {
  if (size < 2) return size;
  const unsigned exponent = static_cast<unsigned>(std::bit_width(size)) - 1;
  const unsigned kept = static_cast<unsigned>(std::bit_width(exponent));
  if (kept > exponent) return size;
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - kept)) - 1;
  return (size + mask) & ~mask;
}

Status open_blob_range(FileReader& reader, const BlobAccess& access, std::uint64_t offset,
                       std::uint64_t length, ByteSink& sink) {
  EMR_ASSIGN(const std::uint64_t total, plain_size(reader.size()));
  if (offset > total || length > total - offset) {
    return fail(Code::kData, "range lies outside the object").with_reason("range");
  }
  const Hash32 commitment = blob_commitment(access.key, access.header);
  if (!equal_constant_time(commitment, access.commitment)) return not_authentic();
  const SegmentCipher cipher(access.key, access.header);
  const std::uint64_t stop = offset + length;
  const std::uint64_t last = segment_count(total) - 1;
  // An empty range still opens one segment, so that the caller learns about a wrong object.
  const std::uint64_t final_segment = std::min(segment_of(length == 0 ? offset : stop - 1), last);
  std::uint64_t index = std::min(segment_of(offset), last);
  for (; index <= final_segment; ++index) {
    const std::uint64_t at = index * kSegmentSize;
    const std::uint64_t size = std::min<std::uint64_t>(kSegmentSize, reader.size() - at);
    EMR_ASSIGN(const Bytes stored, read_stored(reader, at, size));
    EMR_ASSIGN(const crypto::SecretBytes plain, cipher.open(index, index == last, stored));
    const std::uint64_t first = plain_span(index).first;
    const std::uint64_t from = std::max(first, offset) - first;
    const std::uint64_t to = std::min(first + plain.size(), stop) - first;
    if (from >= to) continue;
    EMR_TRY(sink.write(
        plain.view().subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from))));
  }
  return {};
}

}  // namespace emr::content
