// Where the blocks of attachments come from when no node is asked: copied data directories, folders
// of blocks, an IPFS node; one after the other. Nobody is trusted: every block is hashed.
#pragma once

#include <memory>
#include <vector>

#include "cli/cli.h"
#include "content/streams.h"
#include "store/store.h"

namespace emr::query {

/// The first source that has the block, unchanged, gives it.
class BlockSources final : public content::BlockSource {
 public:
  void add(std::unique_ptr<content::BlockSource> source) { sources_.push_back(std::move(source)); }
  bool empty() const noexcept { return sources_.empty(); }
  /// kNegative "not_found" when nobody has it; what else went wrong at the last one.
  Result<Bytes> get(const content::Cid& cid) override;

 private:
  std::vector<std::unique_ptr<content::BlockSource>> sources_;
};

/// --store, --ipfs-api with its token, --timeout.
std::vector<cli::OptionSpec> block_source_options(const std::string& group);
/// `copy` is that of --ledger, which must outlive the sources, or null. Contacts nobody yet.
Result<BlockSources> block_sources_of(const cli::Context& context, const store::Snapshot* copy);

}  // namespace emr::query
