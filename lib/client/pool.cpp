#include "client/pool.h"

namespace emr::client {

bool is_node_failure(const Error& error) noexcept {
  return error.code == Code::kUnavailable || error.code == Code::kTempFail ||
         error.code == Code::kProtocol;
}

void Pool::blame(const Error& error) const {
  const bool is_fault = error.code == Code::kProtocol || error.code == Code::kConfig;
  if (is_fault && options_.on_fault) options_.on_fault(nodes_[current_].url(), error);
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
  return Pool(genesis, options, std::move(nodes));
}

}  // namespace emr::client
