// Whatever is accepted as a CID is written back as it came.
#include "base/check.h"
#include "content/cid.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr::content;
  const emr::ByteView bytes(data, size);
  if (const auto cid = cid_from_bytes(bytes)) {
    EMR_CHECK(cid_bytes(*cid) == emr::to_bytes(bytes));
    for (const CidText text :
         {CidText::kNative, CidText::kBase32, CidText::kBase58, CidText::kBase16}) {
      EMR_CHECK(same_block(parse_cid(format_cid(*cid, text)).value(), *cid));
    }
  }
  const std::string_view text = emr::as_text(bytes);
  if (const auto cid = parse_cid(text)) {
    const bool same = format_cid(*cid) == text || format_cid(*cid, CidText::kBase58) == text ||
                      format_cid(*cid, CidText::kBase16) == text;
    EMR_CHECK(same);
  }
  return 0;
}
