#include "block_sources.h"

#include <filesystem>

#include "common/kubo_options.h"
#include "ipfs/folder_store.h"
#include "ipfs/kubo_store.h"

namespace emr::query {
namespace {

Error not_found() {
  return fail(Code::kNegative, "a block of an attachment is in none of the places given")
      .with_reason("not_found");
}

/// What the node held whose directory this is a copy of.
class CopiedBlocks final : public content::BlockSource {
 public:
  explicit CopiedBlocks(const store::Snapshot& copy) : copy_(copy) {}
  Result<Bytes> get(const content::Cid& cid) override {
    const Bytes key = content::cid_bytes(content::to_version_1(cid));
    const auto block = copy_.get_raw(store::Table::kContent, key);
    if (!block) return not_found();
    return Bytes(block->begin(), block->end());
  }

 private:
  const store::Snapshot& copy_;
};

}  // namespace

Result<Bytes> BlockSources::get(const content::Cid& cid) {
  Error last = not_found();
  for (const auto& source : sources_) {
    Result<Bytes> block = source->get(cid);
    Status holds = block ? content::check_block(cid, *block) : Status(block.error());
    if (holds) return block;
    if (holds.error().code != Code::kNegative) last = std::move(holds).error();
  }
  return last;
}

std::vector<cli::OptionSpec> block_source_options(const std::string& group) {
  std::vector<cli::OptionSpec> options = {
      {.name = "store",
       .kind = cli::Kind::kFolder,
       .help = "folder that has blocks of attachments, as emr-ipfs-put --store writes it",
       .group = group}};
  const char* const api = "RPC address of an IPFS node (Kubo) that has blocks of attachments";
  for (cli::OptionSpec& option : tools::kubo_options(api, group)) {
    options.push_back(std::move(option));
  }
  options.push_back({.name = "timeout",
                     .kind = cli::Kind::kDuration,
                     .help = "longest wait for an answer of the IPFS node",
                     .group = group,
                     .preset = "30s",
                     .min = 1,
                     .max = 3600});
  return options;
}

Result<BlockSources> block_sources_of(const cli::Context& context, const store::Snapshot* copy) {
  BlockSources sources;
  if (copy != nullptr) sources.add(std::make_unique<CopiedBlocks>(*copy));
  if (context.given("store")) {
    std::error_code error;
    if (!std::filesystem::is_directory(context.text("store"), error)) {
      return fail(Code::kNoInput, "--store is not a directory");
    }
    EMR_ASSIGN(ipfs::FolderStore folder, ipfs::FolderStore::open(context.text("store")));
    sources.add(std::make_unique<ipfs::FolderStore>(std::move(folder)));
  }
  if (context.given("ipfs-api")) {
    EMR_ASSIGN(ipfs::Kubo kubo, tools::kubo_of(context));
    sources.add(std::make_unique<ipfs::KuboStore>(std::move(kubo)));
  }
  return sources;
}

}  // namespace emr::query
