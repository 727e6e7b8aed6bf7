// A content store in a folder: one file per block, named by its CID. For offline export, demos and
// tests. A block appears complete or not at all, also when the machine or the program dies.
#pragma once

#include <string>

#include "ipfs/content_store.h"

namespace emr::ipfs {

class FolderStore final : public ContentStore {
 public:
  /// Makes the folder (not its parents) when it is missing; kCantCreate otherwise.
  static Result<FolderStore> open(const std::string& folder);

  Status put(const Hash32& blinding, const content::Cid& cid, ByteView block) override;
  Status finish(const content::Cid& root) override;
  /// kNegative with reason "not_found" when the block is not there.
  Result<Bytes> get(const content::Cid& cid) override;
  StoreCounts counts() const override { return counts_; }

 private:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}
  std::string path_of(const content::Cid& cid) const;

  std::string folder_;
  StoreCounts counts_;
};

}  // namespace emr::ipfs
