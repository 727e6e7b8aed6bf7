// Verified requests that wait for a block, in order of arrival, with their sidecars. Bounded in
// number, in bytes, per account and per peer that brought them. It is also the verified-set: a
// block entry that is found here by its bytes is not verified again. Owned by the core thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/transaction.h"
#include "net/mesh.h"
#include "node/limits.h"

namespace emr::node {

using Millis = std::uint64_t;

struct PendingRequest {
  ledger::VerifiedPtr tx;
  std::string sidecar;
  Millis arrived_ms = 0;
  bool from_client = false;  ///< ours to forward; the others came from a peer
  Millis forward_at_ms = 0;  ///< not again before this
  net::PeerIndex peer = 0;   ///< unless from_client: who brought it
};

/// A txid is a hash already. Whoever grinds collisions finds a pool that is bounded.
struct TxidHash {
  std::size_t operator()(const Hash32& txid) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, txid.data(), sizeof value);
    return value;
  }
};

/// An entry ends with its signature, whose digits are as good as a hash of the whole.
struct EntryHash {
  std::size_t operator()(std::string_view entry) const noexcept {
    constexpr std::size_t kTailBytes = 64;
    return std::hash<std::string_view>()(
        entry.substr(entry.size() - std::min(entry.size(), kTailBytes)));
  }
};

enum class Admission : std::uint8_t { kAdded, kKnown, kBusy };

struct MempoolLimits {
  std::size_t count = kMempoolCountMax;
  std::size_t bytes = kMempoolBytesMax;
  std::size_t per_sender = kMempoolPerSenderMax;
};

class Mempool {
 public:
  explicit Mempool(const MempoolLimits& limits = {}) : limits_(limits) {}

  /// So many peers may be malicious: decides what one of them may bring. 0 until it is said: all.
  void set_faulty_max(std::size_t faulty_max) { faulty_max_ = faulty_max; }
  Admission add(PendingRequest request);
  void remove(const Hash32& txid);

  PendingRequest* find(const Hash32& txid);
  /// By the canonical bytes of a block entry.
  const PendingRequest* find_entry(std::string_view entry) const;

  /// The oldest `limit` requests.
  std::vector<ledger::VerifiedPtr> oldest(std::size_t limit) const;
  /// Visits in order of arrival; `visit` must not change the pool and returns false to stop.
  void visit(const std::function<bool(PendingRequest&)>& visit);

  std::size_t size() const noexcept { return by_arrival_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  std::optional<Millis> oldest_ms() const;

 private:
  static std::size_t cost(const PendingRequest& request);

  struct Usage {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  bool has_room(const PendingRequest& request, std::size_t size) const;

  const MempoolLimits limits_;
  std::size_t faulty_max_ = 0;
  std::uint64_t next_ = 0;
  std::size_t bytes_ = 0;
  std::map<std::uint64_t, std::unique_ptr<PendingRequest>> by_arrival_;
  std::unordered_map<Hash32, std::uint64_t, TxidHash> by_txid_;
  /// Keys are views into the requests.
  std::unordered_map<std::string_view, std::uint64_t, EntryHash> by_entry_;
  std::map<crypto::Address, std::size_t> by_sender_;
  std::map<net::PeerIndex, Usage> by_peer_;
};

}  // namespace emr::node
