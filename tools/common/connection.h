// What every tool that talks to nodes has in common: the options that say where the nodes are and
// who asks, and the objects they stand for, wired together once.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "cli/cli.h"
#include "cli/system_random.h"
#include "client/limits.h"
#include "client/lookup.h"
#include "client/pool.h"
#include "client/query_client.h"
#include "crypto/box.h"
#include "crypto/signing.h"
#include "ledger/genesis.h"

namespace emr::tools {

/// --node, --genesis, --timeout.
std::vector<cli::OptionSpec> node_options();
/// --key-file, --passphrase-file, --passphrase-fd.
std::vector<cli::OptionSpec> keystore_options();
/// --session, or these.
std::vector<cli::OptionSpec> identity_options();
/// One table out of several.
std::vector<cli::OptionSpec> joined(std::vector<cli::OptionSpec> first,
                                    std::vector<cli::OptionSpec> second);

/// What --node says. A node that breaks the rules is named on stderr, once for each rule.
client::PoolOptions pool_options(cli::Context& context);
/// Says how many records the nodes did not agree on, if any.
void note_undecided(cli::Context& context, const client::Lookup& lookup);
/// --genesis; kConfig when the file is no genesis.
Result<ledger::Genesis> load_genesis(const cli::Context& context);

/// Who asks: a session (the usual case) or an account's own key.
struct Identity {
  client::Credential credential;
  std::optional<crypto::BoxKeyPair> box;  ///< a session's: receives key parts
};
/// kUsage when neither --session nor --key-file is given, or both are typed; kDenied when the
/// session has expired. Typed options beat those of environment and configuration.
Result<Identity> load_identity(const cli::Context& context, const ledger::Genesis& genesis);
/// An account's own key, of --key-file.
Result<Identity> load_keystore(const cli::Context& context);
bool has_identity(const cli::Context& context);

/// Owns what a conversation with the nodes needs. Not movable: the parts refer to each other.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(cli::Context& context);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const ledger::Genesis& genesis() const noexcept { return genesis_; }
  client::Pool& pool() noexcept { return *pool_; }
  std::chrono::seconds timeout() const noexcept { return timeout_; }
  /// With one node that answers from memory: there is a next one to ask.
  std::chrono::seconds patience() const noexcept { return std::min(timeout_, client::kPatience); }
  crypto::RandomSource& random() noexcept { return random_; }

 private:
  explicit Connection(ledger::Genesis genesis) : genesis_(std::move(genesis)) {}

  ledger::Genesis genesis_;
  cli::SystemRandom random_;
  std::optional<client::Pool> pool_;
  std::chrono::seconds timeout_{};
};

}  // namespace emr::tools
