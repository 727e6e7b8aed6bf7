// The directory of a node: where its files are, and how they are read and written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/secret.h"
#include "ledger/genesis.h"
#include "store/store.h"
#include "threshold/keys.h"

namespace emr::node_tool {

class NodeDir {
 public:
  explicit NodeDir(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  std::string config() const { return path_ + "/node.json"; }
  std::string genesis() const { return path_ + "/genesis.json"; }
  std::string share() const { return path_ + "/share.key"; }
  /// Made by join, gone after the first start: while it is there, an empty data directory is a
  /// founding and not a loss. Whoever copies a node's directory before its first start copies it.
  std::string first_start() const { return path_ + "/first-start"; }
  std::string data() const { return path_ + "/data"; }
  /// The successor of a key that is being renewed.
  std::string next_key(std::string_view name) const {
    return path_ + "/keys/" + std::string(name) + ".next.key";
  }
  std::string key(std::string_view name) const {
    return path_ + "/keys/" + std::string(name) + ".key";
  }
  std::string institution_key(std::string_view name) const {
    return path_ + "/institution/" + std::string(name) + ".key";
  }
  /// The directory and its two folders, mode 0700.
  Status create() const;

 private:
  std::string path_;
};

/// node.json: what an administrator may change between two starts.
struct NodeConfig {
  std::string id;
  std::string peer_listen;  ///< ADDRESS:PORT
  std::string http_listen;
  std::uint64_t store_limit_bytes = 0;  ///< of the data file; 0: the disk is the limit
  bool later = false;       ///< joined after the genesis, or with keys renewed since
};
Status write_config(const NodeDir& dir, const NodeConfig& config);
Result<NodeConfig> read_config(const NodeDir& dir);

Result<ledger::Genesis> read_genesis(const std::string& path);

/// A new key file: 64 hex digits and a newline, mode 0600, never over an existing one.
Status write_key(const std::string& path, const crypto::Secret32& key);

/// Is this the certificate of the store's block, by the validators of its epoch?
bool certificate_holds(const store::Snapshot& view, ByteView certificate,
                       const ledger::BlockHeader& header, const ledger::Genesis& genesis);

/// Is there such a file?
bool exists(const std::string& path);

/// share.key: the unsealed threshold share and the linkage key.
struct ShareKey {
  threshold::KeyShare share;
  crypto::Secret32 linkage;
};
Status write_share(const std::string& path, const ShareKey& key);
Result<ShareKey> read_share(const std::string& path);

Status permit_first_start(const NodeDir& dir);
bool is_first_start(const NodeDir& dir);
/// The permit is gone for good (its folder is synced) when this returns.
Status spend_first_start(const NodeDir& dir);

/// What the genesis says of the linkage key, so that a wrong one is recognised.
std::uint64_t linkage_check(const crypto::Secret32& linkage);

/// "ADDRESS" and port of "HOST:PORT" or "[V6]:PORT".
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
Result<HostPort> split_host_port(std::string_view text);
/// Where a node with this public host listens: the address itself, or every interface when the
/// host is a name that only the outside resolves.
std::string listen_address_for(const std::string& host);

}  // namespace emr::node_tool
