// Options to values: layouts, content stores, threads. What the verbs share.
#pragma once

#include <memory>
#include <optional>

#include "cli/cli.h"
#include "cli/system_random.h"
#include "common/connection.h"
#include "content/importer.h"
#include "ipfs/content_store.h"
#include "ipfs/pipeline.h"
#include "node_store.h"

namespace emr::put {

/// --profile, then the single options on top of it, as `ipfs add` reads them.
Result<content::Layout> layout_of(const cli::Context& context);
/// --cid-format: native, base32, base58 or hex.
content::CidText cid_text_of(const cli::Context& context);
unsigned threads_of(const cli::Context& context);
ipfs::SealOptions seal_options_of(const cli::Context& context);
/// Everything that --node, --ipfs-api or --store stand for. Not movable: parts refer to others.
struct Connection {
  std::optional<ledger::Genesis> genesis;
  cli::SystemRandom random;
  std::optional<tools::Identity> identity;
  std::optional<client::Pool> pool;
  std::optional<NodeRequests> requests;       ///< when --node is given
  std::optional<client::Lookup> lookup;       ///< the same
  std::unique_ptr<ipfs::ContentStore> store;  ///< null under --dry-run and without a target
};

/// Contacts nobody yet. kUsage when no target is named (and it is no dry run).
Status open_connection(cli::Context& context, bool dry_run, Connection& connection);

}  // namespace emr::put
