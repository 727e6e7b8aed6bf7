// A running node: store, core thread, peer mesh, HTTP server and workers, wired together and taken
// down in the right order. The program around it owns process matters: files, keys, signals, exit
// codes. One Node per data directory and process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "contracts/versions.h"
#include "crypto/random.h"
#include "crypto/signing.h"
#include "ledger/genesis.h"
#include "net/mesh.h"
#include "node/log.h"
#include "threshold/keys.h"

namespace emr::node {

struct NodeKeys {
  crypto::SigningKey vote;
  crypto::Secret32 transport;                ///< Ed25519 seed
  std::optional<threshold::KeyShare> share;  ///< none: this node takes no part in releases
  /// Keys that are being renewed: used from the block on that registers them.
  std::optional<crypto::SigningKey> next_vote = std::nullopt;
  std::optional<crypto::Secret32> next_transport = std::nullopt;
};

struct NodeOptions {
  /// The institution. "": the founder whose vote key this is.
  std::string id;
  /// This node came later than the genesis, or has renewed its keys since: it may start with an
  /// empty directory though the genesis does not register its keys.
  bool later = false;
  std::string data_directory;
  std::string peer_address = "127.0.0.1";  ///< to listen on
  std::uint16_t peer_port = 0;
  std::string http_address = "127.0.0.1";
  std::uint16_t http_port = 0;
  unsigned worker_threads = 0;          ///< 0: by the machine
  std::uint64_t store_limit_bytes = 0;  ///< of the data file; 0: the disk is the limit
  /// The very first start of a founder: an empty data directory is no lost one. Everybody else with
  /// an empty directory follows for a while before it votes (lib/consensus PROTOCOL.md, Rejoining).
  bool founding = false;
  /// Called once the store is founded and before the first vote; an error ends the start.
  std::function<Status()> on_founded = {};
  net::Wiretap tap;  ///< none in a correct node
  /// What this program can run; tests give a member an older one.
  contracts::Software software = contracts::software_versions();
};

class Node {
 public:
  /// Opens the store, takes part in consensus and serves. `random` must be thread-safe; it, the
  /// genesis and the log must outlive the node. kConfig when neither the genesis nor the ledger
  /// registers the keys (unless it came later: then it waits for its admission), kTempFail "locked"
  /// or "disk_full", kUnavailable when a port is taken.
  static Result<std::unique_ptr<Node>> start(const ledger::Genesis& genesis,
                                             const NodeOptions& options, NodeKeys keys,
                                             crypto::RandomSource& random, Logger& log);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Waits up to `timeout_ms`; an error tells that the node had to stop by itself (disk full,
  /// divergence) and why.
  Status wait(unsigned timeout_ms);
  /// Stops serving, then agreeing, then closes the store. Idempotent.
  void stop();

  const std::string& id() const noexcept;
  std::uint16_t http_port() const noexcept;
  std::uint16_t peer_port() const noexcept;
  /// The line of GET /v1/status.
  std::string status() const;
  /// One line for a service manager: "ok: height 12, view 0".
  std::string summary() const;
  /// False when the core thread has not moved for a long time: restarting may help.
  bool alive() const;

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace emr::node
