// The nodes that a tool was told of. A call goes to the node that answered last; when it does not
// answer, the next one is asked. Everything a client sends is safe to repeat: transactions are
// idempotent by id, queries change nothing. One pool belongs to one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/node.h"
#include "ledger/genesis.h"

namespace emr::client {

struct PoolOptions {
  std::vector<std::string> urls;  ///< at least one; empty = all nodes of the genesis
  std::string ca_file;
  /// Told of a node that broke the rules or lied, before the next one is asked. From any thread.
  std::function<void(const std::string& url, const Error&)> on_fault = {};
};

/// Did the node fail rather than answer, so that another one should be asked?
bool is_node_failure(const Error& error) noexcept;

class Pool {
 public:
  /// kUsage for a URL that is none. `genesis` must outlive the pool.
  static Result<Pool> make(const PoolOptions& options, const ledger::Genesis& genesis);

  std::size_t size() const noexcept { return nodes_.size(); }
  Node& at(std::size_t index) { return nodes_[index]; }
  const ledger::Genesis& genesis() const noexcept { return *genesis_; }
  /// The next call starts at another node: spreads the work of several pools.
  void start_at(std::size_t index) noexcept { current_ = index % nodes_.size(); }
  void skip_current() noexcept { current_ = (current_ + 1) % nodes_.size(); }
  Node& current() { return nodes_[current_]; }
  std::size_t current_index() const noexcept { return current_; }
  /// Tells on_fault what the current node did, if it is a fault and no mere failure.
  void blame(const Error& error) const;

  /// fn(Node&) -> Result<T> at each node in turn until one answers. Otherwise the last failure; or,
  /// when a node that is there said that it cannot now, that: trying again may help.
  template <class Fn>
  auto call(Fn&& fn) -> decltype(fn(std::declval<Node&>())) {
    std::optional<Error> not_now;
    for (std::size_t tries = 1;; ++tries) {
      auto result = fn(nodes_[current_]);
      if (result.ok() || !is_node_failure(result.error())) return result;
      blame(result.error());
      if (result.error().code == Code::kTempFail) not_now = result.error();
      if (tries == nodes_.size()) return not_now ? *not_now : std::move(result);
      skip_current();
    }
  }

 private:
  Pool(const ledger::Genesis& genesis, PoolOptions options, std::vector<Node> nodes)
      : genesis_(&genesis), options_(std::move(options)), nodes_(std::move(nodes)) {}

  const ledger::Genesis* genesis_;
  PoolOptions options_;
  std::vector<Node> nodes_;
  std::size_t current_ = 0;
};

}  // namespace emr::client
