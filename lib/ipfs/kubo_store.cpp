#include "ipfs/kubo_store.h"

#include "content/car.h"

namespace emr::ipfs {

Status KuboStore::put(const Hash32&, const content::Cid& cid, ByteView block) {
  if (!blocks_.empty() && blocks_.size() + block.size() > kImportBatchBytes) {
    EMR_TRY(flush(std::nullopt));
  }
  content::append_car_block(blocks_, cid, block);
  last_ = cid;
  ++block_count_;
  return {};
}

// An archive must name a root; one that is not pinned may be any block in it.
Status KuboStore::flush(const std::optional<content::Cid>& root) {
  if (blocks_.empty()) return {};
  EMR_CHECK(last_.has_value());
  Bytes archive = content::car_header({root.value_or(*last_)});
  append(archive, blocks_);
  blocks_.clear();
  EMR_TRY(kubo_.import_blocks(archive, block_count_, root));
  counts_.stored += block_count_;
  block_count_ = 0;
  return {};
}

Status KuboStore::finish(const content::Cid& root) {
  EMR_TRY(flush(root));
  EMR_TRY(kubo_.block_get(root));
  return {};
}

}  // namespace emr::ipfs
