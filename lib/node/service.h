// What the request handlers of a node share, and the handlers themselves. Handlers run on worker
// threads: they read snapshots, verify signatures and answer; whatever changes the node goes to the
// core as a closure. All members of Service outlive the workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contracts/query.h"
#include "contracts/versions.h"
#include "crypto/random.h"
#include "http/server.h"
#include "ledger/query.h"
#include "net/mesh.h"
#include "node/core.h"
#include "node/health.h"
#include "node/log.h"
#include "node/members.h"
#include "node/nonce_guard.h"
#include "node/verified_cache.h"
#include "node/workers.h"
#include "store/store.h"
#include "threshold/keys.h"

namespace emr::node {

using WriterPtr = std::shared_ptr<http::ResponseWriter>;

class ContentFetches;
class PeerService;

struct Service {
  const ledger::Genesis* genesis = nullptr;
  ledger::ChainId chain;  ///< of the genesis; kept, because it costs three hashes to make
  const ledger::Executor* executor = nullptr;
  const contracts::Software* software = nullptr;  ///< what this program can run
  store::Store* store = nullptr;
  const Members* members = nullptr;
  std::string own_id;
  Core* core = nullptr;
  net::Mesh* mesh = nullptr;
  Workers* workers = nullptr;
  Logger* log = nullptr;
  crypto::RandomSource* random = nullptr;  ///< thread-safe
  NonceGuard* nonces = nullptr;
  VerifiedCache* verified = nullptr;
  ContentFetches* fetches = nullptr;
  HealthRecord* health = nullptr;
  PeerService* peers = nullptr;
  UnixSeconds started = 0;
  const threshold::KeySet* keys = nullptr;
  const threshold::KeyShare* share = nullptr;  ///< null: this node releases nothing

  const std::string& id() const noexcept { return own_id; }
};

/// The wall clock; the only place where handlers read it.
UnixSeconds wall_clock();

/// One `emr.error` line with the HTTP status that fits its code.
http::ServerResponse error_response(const Error& error);
http::ServerResponse lines_response(std::string lines);

/// The context of a query on a snapshot: height and block time of its tip.
Result<contracts::QueryContext> query_context(const Service& service, const store::Snapshot& view);
/// Parses, verifies, authorises and burns the nonce of one signed query line.
Result<ledger::SignedQuery> accept_query(const Service& service, std::string_view line,
                                         const contracts::QueryContext& context);

// submit.cpp
void post_transactions(Service& service, const http::ServerRequest& request, WriterPtr writer);
void get_transaction(Service& service, const http::ServerRequest& request, WriterPtr writer);
/// Requests that a peer forwarded. False when one of them is such as no honest member forwards.
bool take_forwarded(Service& service, net::PeerIndex peer, const Bytes& frame);

// query.cpp
Result<std::string> answer_query_request(Service& service, std::string_view line);
/// The kinds that are answered from the block log (node_query.cpp).
Result<std::string> answer_node_query(Service& service, const store::Snapshot& view,
                                      const contracts::QueryContext& context,
                                      const ledger::SignedQuery& query);

// release.cpp
Result<std::string> answer_release(Service& service, std::string_view line);

// content.cpp
void post_content(Service& service, const http::ServerRequest& request, WriterPtr writer);
void get_content(Service& service, const http::ServerRequest& request, WriterPtr writer);
/// Blocks from a peer: checked against their CIDs, then stored.
void take_content(Service& service, net::PeerIndex peer, const Bytes& frame);
void serve_content(Service& service, net::PeerIndex peer, const Bytes& frame);
void compare_inventory(Service& service, net::PeerIndex peer, const Bytes& frame);
void serve_handles(Service& service, net::PeerIndex peer, const Bytes& frame);
void serve_sidecars(Service& service, net::PeerIndex peer, const Bytes& frame);

// snapshot_service.cpp
void serve_snapshot_offer(Service& service, net::PeerIndex peer, const Bytes& frame);
void serve_chunks(Service& service, net::PeerIndex peer, const Bytes& frame);
void serve_history(Service& service, net::PeerIndex peer, const Bytes& frame);
void take_snapshot_offer(Service& service, net::PeerIndex peer, const Bytes& frame);
void take_chunks(Service& service, net::PeerIndex peer, const Bytes& frame);
void take_history(Service& service, net::PeerIndex peer, const Bytes& frame);

// status.cpp
/// Core and mesh as they are now, and the verdict on them.
struct Observation {
  std::shared_ptr<const CoreStatus> core;
  std::vector<net::PeerCounters> links;
  HealthInput input;
  HealthRecord::Entry verdict;
};
Observation observe(const Service& service);
/// The height that a member has told us it is at; 0 when it has not.
std::uint64_t height_of(const MemberTable& table, const CoreStatus& status, net::PeerIndex place);
std::string status_line(const Service& service);
/// What is not well enough to stop for but wants an administrator: a nearly full disk.
std::vector<std::string> warnings_of(const Service& service);

// metrics.cpp
/// The height that a member has told us it is at; 0 when it has not.
std::uint64_t height_of(const MemberTable& table, const CoreStatus& status, net::PeerIndex place);
std::string metrics_text(const Service& service);

}  // namespace emr::node
