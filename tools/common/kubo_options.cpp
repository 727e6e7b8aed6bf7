#include "common/kubo_options.h"

#include <chrono>

#include "cli/files.h"
#include "ipfs/limits.h"

namespace emr::tools {
namespace {

/// The token of the file: its first line, without white space around it.
Result<crypto::SecretBytes> read_token(const std::string& path) {
  EMR_ASSIGN(crypto::SecretBytes file, cli::read_secret_file(path, ipfs::kMaxTokenBytes));
  std::string_view text = file.text();
  text = text.substr(0, text.find_first_of("\r\n"));
  if (text.empty()) return fail(Code::kConfig, "token file is empty");
  return crypto::SecretBytes::copy_of(as_bytes(text));
}

}  // namespace

std::vector<cli::OptionSpec> kubo_options(const char* api_help, const std::string& group) {
  return {{.name = "ipfs-api", .kind = cli::Kind::kUrl, .help = api_help, .group = group},
          {.name = "ipfs-token-file",
           .kind = cli::Kind::kFile,
           .help = "file with the Authorization header of the RPC, as in \"Bearer …\"",
           .group = group}};
}

Result<ipfs::Kubo> kubo_of(const cli::Context& context) {
  ipfs::KuboOptions options;
  options.api = context.text("ipfs-api");
  options.timeout = std::chrono::seconds(context.seconds("timeout"));
  if (context.given("ipfs-token-file")) {
    EMR_ASSIGN(options.token, read_token(context.text("ipfs-token-file")));
  }
  return ipfs::Kubo::make(std::move(options));
}

}  // namespace emr::tools
