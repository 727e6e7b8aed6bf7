// A content store in a Kubo: blocks are collected into small archives and imported; the last import
// pins the root, which makes the node check that it has the whole tree.
#pragma once

#include "ipfs/content_store.h"
#include "ipfs/kubo.h"

namespace emr::ipfs {

class KuboStore final : public ContentStore {
 public:
  explicit KuboStore(Kubo kubo) : kubo_(std::move(kubo)) {}

  Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) override;
  /// Also reads the root block back.
  Status finish(const content::Cid& root) override;
  Result<Bytes> get(const content::Cid& cid) override { return kubo_.block_get(cid); }
  StoreCounts counts() const override { return counts_; }

 private:
  Status flush(const std::optional<content::Cid>& root);

  Kubo kubo_;
  Bytes blocks_;  ///< CAR sections
  std::optional<content::Cid> last_;
  std::uint64_t block_count_ = 0;
  StoreCounts counts_;
};

}  // namespace emr::ipfs
