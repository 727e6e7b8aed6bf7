// Blob headers, sizes and manifests from a hostile writer.
#include "base/check.h"
#include "content/blob.h"
#include "content/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::content;
  const emr::ByteView bytes(data, size);
  if (const auto header = decode_blob_header(bytes)) {
    EMR_CHECK(encode_blob_header(*header) == emr::to_bytes(bytes.first(kBlobHeaderSize)));
    const SegmentCipher cipher(emr::crypto::Secret32(), *header);
    EMR_CHECK(!cipher.open(0, true, bytes).ok());
  }
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size && i < 8; ++i) number = number << 8 | data[i];
  if (const auto plain = plain_size(number)) EMR_CHECK(sealed_size(*plain) == number);
  if (const auto objects = parse_manifest(emr::as_text(bytes))) {
    EMR_CHECK(format_manifest(*objects).ok());
  }
  return 0;
}
