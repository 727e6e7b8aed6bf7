// Where sealed blocks go and come from: the consortium's nodes, a Kubo, or a folder. One interface,
// so that the tools and the pipeline do not know which. Used by one thread at a time.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/streams.h"

namespace emr::ipfs {

struct StoreCounts {
  std::uint64_t stored = 0;   ///< blocks that were new to the store
  std::uint64_t present = 0;  ///< blocks that it already had
};

class ContentStore : public content::BlockSource {
 public:
  /// Takes one block of the object with this blinding; it may be sent later. `block` is only valid
  /// during the call. Children come before parents.
  virtual Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) = 0;
  /// Sends what is still queued. When it returns ok, the whole object is stored under `root` and
  /// the store answers for it.
  virtual Status finish(const content::Cid& root) = 0;
  /// What this store object did so far (finish() makes it complete).
  virtual StoreCounts counts() const = 0;
};

}  // namespace emr::ipfs
