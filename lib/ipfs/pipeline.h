// From a stream of bytes to a stored tree, in constant memory: hashing a plain file as Kubo would
// add it, and sealing an object into a content store. Leaves are computed on `threads` threads, the
// tree and the store are served by the caller's thread.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "content/blob.h"
#include "content/importer.h"
#include "content/streams.h"
#include "ipfs/content_store.h"

namespace emr::ipfs {

/// Names a plain file; stores its blocks when there is a sink.
Result<content::ImportedFile> import_stream(content::ByteSource& source,
                                            const content::Layout& layout, unsigned threads,
                                            content::BlockSink* sink = nullptr);

enum class Padding { kNone, kPadme };

struct SealedObject {
  content::Cid cid;
  std::uint64_t size = 0;    ///< plain bytes
  std::uint64_t padded = 0;  ///< plain bytes with padding
  std::uint64_t sealed = 0;  ///< stored bytes of the blob, without tree nodes
  std::uint64_t block_count = 0;
  Hash32 sha256{};  ///< of the plain bytes
};

struct SealOptions {
  Padding padding = Padding::kPadme;
  unsigned threads = 1;
};

/// Seals a stream as emr-blob/1 and puts its blocks; `store` may be null (a dry run). The caller
/// calls store.finish(cid) when it is content with the size and digest that came out.
Result<SealedObject> seal_stream(content::ByteSource& source, const content::BlobAccess& access,
                                 const Hash32& blinding, ContentStore* store,
                                 const SealOptions& options);

}  // namespace emr::ipfs
