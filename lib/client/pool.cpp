#include "client/pool.h"

namespace emr::client {

bool is_node_failure(const Error& error) noexcept {
  return error.code == Code::kUnavailable || error.code == Code::kTempFail ||
         error.code == Code::kProtocol;
}

Result<Pool> Pool::make(const PoolOptions& options, const ledger::Genesis& genesis) {
  std::vector<std::string> urls = options.urls;
  if (urls.empty()) {
    for (const ledger::Institution& one : genesis.institutions) urls.push_back(one.node.http);
  }
  std::vector<Node> nodes;
  for (const std::string& text : urls) {
    EMR_ASSIGN(std::string url, http::check_base_url(text));
    nodes.emplace_back(std::move(url), genesis, http::ClientOptions{options.ca_file});
  }
  return Pool(genesis, std::move(nodes));
}

}  // namespace emr::client
