// The options that say which IPFS node (Kubo) to ask, and the client that they stand for. Apart
// from connection.h, because only tools that deal in blocks link the IPFS client.
#pragma once

#include <vector>

#include "cli/cli.h"
#include "ipfs/kubo.h"

namespace emr::tools {

/// --ipfs-api and --ipfs-token-file; `api_help` says what the tool does there.
std::vector<cli::OptionSpec> kubo_options(const char* api_help, const std::string& group);
/// What they and --timeout stand for. Contacts nobody yet.
Result<ipfs::Kubo> kubo_of(const cli::Context& context);

}  // namespace emr::tools
