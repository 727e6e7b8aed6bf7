#include "options.h"

#include "common/kubo_options.h"
#include "ipfs/folder_store.h"
#include "ipfs/kubo_store.h"

namespace emr::put {
namespace {

std::chrono::milliseconds timeout_of(const cli::Context& context) {
  return std::chrono::seconds(context.seconds("timeout"));
}

Result<std::unique_ptr<ipfs::ContentStore>> store_of(const cli::Context& context,
                                                     Connection& connection) {
  if (context.given("store")) {
    EMR_ASSIGN(ipfs::FolderStore folder, ipfs::FolderStore::open(context.text("store")));
    return std::unique_ptr<ipfs::ContentStore>(
        std::make_unique<ipfs::FolderStore>(std::move(folder)));
  }
  if (context.given("ipfs-api")) {
    EMR_ASSIGN(ipfs::Kubo kubo, tools::kubo_of(context));
    return std::unique_ptr<ipfs::ContentStore>(std::make_unique<ipfs::KuboStore>(std::move(kubo)));
  }
  if (connection.requests) {
    return std::unique_ptr<ipfs::ContentStore>(std::make_unique<NodeStore>(*connection.requests));
  }
  return fail(Code::kUsage, "nowhere to put: --node, --ipfs-api or --store is missing");
}

}  // namespace

// Kubo's options mean what they mean in `ipfs add`: what they leave open is Kubo's default, and a
// version 1 brings raw leaves along. Raw leaves alone do not bring version 1 along: the leaves have
// it, the nodes above them have version 0.
Result<content::Layout> layout_of(const cli::Context& context) {
  const bool has_version = context.given("cid-version");
  const bool has_leaves = context.given("raw-leaves");
  content::Layout layout = content::kUnixFs2025;
  if (context.given("profile")) {
    EMR_ASSIGN(layout, content::layout_of_profile(context.text("profile")));
  } else if (has_version || has_leaves || context.given("chunker") ||
             context.given("max-file-links")) {
    layout = content::kUnixFs2015;
  }
  if (has_version) layout.cid_version = static_cast<std::uint8_t>(context.count("cid-version"));
  if (has_leaves) layout.raw_leaves = context.text("raw-leaves") == "true";
  if (has_version && !has_leaves) layout.raw_leaves = layout.cid_version == 1;
  if (context.given("chunker")) {
    EMR_ASSIGN(layout.chunk_size, content::parse_chunker(context.text("chunker")));
  }
  if (context.given("max-file-links")) {
    layout.max_links = static_cast<std::size_t>(context.count("max-file-links"));
  }
  EMR_TRY(content::check_layout(layout));
  return layout;
}

content::CidText cid_text_of(const cli::Context& context) {
  const std::string& word = context.text("cid-format");
  if (word == "base32") return content::CidText::kBase32;
  if (word == "base58") return content::CidText::kBase58;
  if (word == "hex") return content::CidText::kBase16;
  return content::CidText::kNative;
}

unsigned threads_of(const cli::Context& context) {
  return static_cast<unsigned>(context.count("threads"));
}

ipfs::SealOptions seal_options_of(const cli::Context& context) {
  const bool pad = context.text("pad") == "padme";
  return {pad ? ipfs::Padding::kPadme : ipfs::Padding::kNone, threads_of(context)};
}

Status open_connection(cli::Context& context, bool dry_run, Connection& connection) {
  if (context.given("genesis")) {
    EMR_ASSIGN(connection.genesis, tools::load_genesis(context));
  }
  if (dry_run) return {};
  if (!context.list("node").empty()) {
    if (!connection.genesis) return fail(Code::kUsage, "--node needs --genesis");
    EMR_ASSIGN(connection.identity, tools::load_identity(context, *connection.genesis));
    EMR_ASSIGN(connection.pool,
               client::Pool::make(tools::pool_options(context), *connection.genesis));
    connection.requests.emplace(*connection.pool, connection.identity->credential,
                                connection.random, timeout_of(context));
    EMR_ASSIGN(connection.lookup,
               client::Lookup::make(tools::pool_options(context), *connection.genesis,
                                    connection.identity->credential, connection.random,
                                    timeout_of(context)));
  }
  EMR_ASSIGN(connection.store, store_of(context, connection));
  return {};
}

}  // namespace emr::put
