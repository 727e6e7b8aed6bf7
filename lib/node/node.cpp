#include "node/node.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/number.h"
#include "contracts/contracts.h"
#include "node/api.h"
#include "node/content_fetches.h"
#include "node/limits.h"
#include "node/peer_service.h"

namespace emr::node {

namespace {

Result<net::Peer> peer_of(const ledger::Institution& member) {
  net::Peer peer;
  peer.id = member.id;
  peer.transport_key = member.node.transport_key;
  const std::size_t colon = member.node.peer.rfind(':');
  EMR_CHECK(colon != std::string::npos);  // the genesis was validated
  peer.host = member.node.peer.substr(0, colon);
  if (peer.host.starts_with('[') && peer.host.ends_with(']')) {
    peer.host = peer.host.substr(1, peer.host.size() - 2);
  }
  EMR_ASSIGN(const std::uint64_t port,
             parse_u64(peer.host.empty() ? "" : member.node.peer.substr(colon + 1), 65535));
  peer.port = static_cast<std::uint16_t>(port);
  return peer;
}

/// Our place in the genesis, found by the vote key: a node cannot be started as somebody else.
Result<std::uint32_t> own_index(const ledger::Genesis& genesis, const crypto::SigningKey& vote) {
  for (std::uint32_t i = 0; i < genesis.institutions.size(); ++i) {
    if (genesis.institutions[i].node.vote_key == vote.public_key()) return i;
  }
  return fail(Code::kConfig, "the genesis does not register this node's vote key")
      .with_reason("wrong_key")
      .with_hint("use the genesis file that was made with this node's descriptor");
}

Result<threshold::KeySet> key_set_of(const ledger::Genesis& genesis) {
  EMR_ASSIGN(const auto group, threshold::Element::decode(genesis.threshold.group_key));
  std::vector<threshold::Element> verification;
  for (const Hash32& key : genesis.threshold.verification_keys) {
    EMR_ASSIGN(auto element, threshold::Element::decode(key));
    verification.push_back(element);
  }
  return threshold::KeySet::make(genesis.threshold.quorum, group, std::move(verification));
}

unsigned worker_count(unsigned wanted) {
  if (wanted > 0) return wanted;
  return std::clamp(std::thread::hardware_concurrency() / 2, 2U, 8U);
}

}  // namespace

class Node::Impl {
 public:
  Impl(const ledger::Genesis& genesis, const NodeOptions& options, NodeKeys keys,
       threshold::KeySet key_set, std::uint32_t self, crypto::RandomSource& random, Logger& log)
      : options_(options),
        keys_(std::move(keys)),
        key_set_(std::move(key_set)),
        workers_(worker_count(options.worker_threads)),
        peers_(service_, genesis.institutions.size()) {
    service_.genesis = &genesis;
    service_.chain = genesis.chain();
    service_.executor = &contracts_;
    service_.self = self;
    service_.workers = &workers_;
    service_.log = &log;
    service_.random = &random;
    service_.nonces = &nonces_;
    service_.fetches = &fetches_;
    service_.health = &health_;
    service_.peers = &peers_;
    service_.started = wall_clock();
    service_.keys = &key_set_;
    service_.share = keys_.share ? &*keys_.share : nullptr;
  }
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status start() {
    if (keys_.share) EMR_TRY(threshold::check_share(key_set_, *keys_.share));
    EMR_ASSIGN(store_, store::Store::open(options_.data_directory,
                                          {.limit_bytes = options_.store_limit_bytes}));
    service_.store = store_.get();
    EMR_TRY(open_core());
    if (options_.founding && options_.on_founded) EMR_TRY(options_.on_founded());
    EMR_TRY(open_mesh());
    core_->start(*mesh_);
    peers_.open();
    return open_http();
  }

  Status wait(unsigned timeout_ms) {
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                      [this] { return failure_.has_value(); });
    if (failure_) return *failure_;
    return {};
  }

  /// From the outside in: no new work, then no more agreement, then no more writes.
  void stop() {
    if (http_) http_->stop();
    workers_.stop();
    if (core_) core_->stop();
    if (mesh_) mesh_->stop();
  }

  const Service& service() const noexcept { return service_; }
  std::uint16_t http_port() const noexcept { return http_->port(); }
  std::uint16_t peer_port() const noexcept { return mesh_->port(); }

 private:
  Status open_core() {
    CoreOptions options;
    options.engine = {service_.genesis, &contracts_, service_.self, options_.founding, 0};
    std::array<std::uint8_t, 8> number{};
    service_.random->fill(number);
    for (const std::uint8_t byte : number) {
      options.engine.fresh_number = options.engine.fresh_number << 8 | byte;
    }
    options.self = service_.self;
    options.members = service_.genesis->institutions.size();
    core_ = std::make_unique<Core>(options, *store_, *service_.log);
    service_.core = core_.get();
    core_->on_stopped([this](const Error& why) {
      const std::lock_guard lock(mutex_);
      failure_ = why;
      stopped_.notify_all();
    });
    core_->on_housekeeping([this] { housekeeping(); });
    return core_->open(std::move(keys_.vote));
  }

  Status open_mesh() {
    net::MeshOptions options;
    options.chain = service_.genesis->hash;
    options.self = service_.self;
    options.listen_address = options_.peer_address;
    options.listen_port = options_.peer_port;
    for (const auto& member : service_.genesis->institutions) {
      EMR_ASSIGN(auto peer, peer_of(member));
      options.peers.push_back(std::move(peer));
    }
    EMR_ASSIGN(mesh_, net::Mesh::start(options, keys_.transport, peers_));
    service_.mesh = mesh_.get();
    return {};
  }

  Status open_http() {
    http::ServerOptions options;
    options.address = options_.http_address;
    options.port = options_.http_port;
    EMR_ASSIGN(http_, http::Server::start(options, make_api(service_)));
    return {};
  }

  /// On the core thread, every 50 ms.
  void housekeeping() {
    const auto now = ContentFetches::Clock::now();
    fetches_.expire(now);
    if (now >= content_asked_ + kContentFetchAgain) {
      content_asked_ = now;
      const auto wanted = fetches_.wanted(kWantItemsMax);
      if (!wanted.empty()) {
        mesh_->send(net::kAllPeers, net::Lane::kBulk, want_content_frame(wanted));
      }
    }
    if (now >= disk_checked_ + kDiskCheckInterval) {
      disk_checked_ = now;
      check_disk();
    }
    note_health();
  }

  void check_disk() {
    store_->forget_dead_readers();
    for (const std::string& warning : warnings_of(service_)) {
      service_.log->warning("store", warning);
    }
  }

  /// A change of the state is logged when it has lasted: the link that blinks is in "peer" already.
  void note_health() {
    const Observation now = observe(service_);
    const Health& health = now.verdict.health;
    if (health.state == told_state_ || wall_clock() - now.verdict.since < kHealthSettleSeconds) {
      return;
    }
    told_state_ = health.state;
    if (health.ok()) {
      service_.log->info("health",
                         "making progress at height " + std::to_string(now.core->tip.height));
    } else {
      service_.log->warning("health", "no progress: " + health.reason());
    }
  }

  NodeOptions options_;
  NodeKeys keys_;
  threshold::KeySet key_set_;
  contracts::Contracts contracts_;
  NonceGuard nonces_;
  ContentFetches fetches_;
  Workers workers_;
  Service service_;
  HealthRecord health_;
  PeerService peers_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<net::Mesh> mesh_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<http::Server> http_;
  ContentFetches::Clock::time_point disk_checked_{};
  ContentFetches::Clock::time_point content_asked_{};
  std::string told_state_ = "ok";

  std::mutex mutex_;
  std::condition_variable stopped_;
  std::optional<Error> failure_;
};

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(const ledger::Genesis& genesis,
                                          const NodeOptions& options, NodeKeys keys,
                                          crypto::RandomSource& random, Logger& log) {
  EMR_ASSIGN(const std::uint32_t self, own_index(genesis, keys.vote));
  EMR_ASSIGN(auto key_set, key_set_of(genesis));
  auto impl = std::make_unique<Impl>(genesis, options, std::move(keys), std::move(key_set), self,
                                     random, log);
  EMR_TRY(impl->start());
  return std::unique_ptr<Node>(new Node(std::move(impl)));
}

Status Node::wait(unsigned timeout_ms) { return impl_->wait(timeout_ms); }
void Node::stop() { impl_->stop(); }
const std::string& Node::id() const noexcept { return impl_->service().id(); }
std::uint16_t Node::http_port() const noexcept { return impl_->http_port(); }
std::uint16_t Node::peer_port() const noexcept { return impl_->peer_port(); }
std::string Node::status() const { return status_line(impl_->service()); }
std::string Node::summary() const {
  const Observation now = observe(impl_->service());
  const Health& health = now.verdict.health;
  return (health.ok() ? std::string("ok") : health.reason()) + ": height " +
         std::to_string(now.core->tip.height) + ", view " + std::to_string(now.core->replica.view);
}
bool Node::alive() const { return observe(impl_->service()).input.core_alive; }

}  // namespace emr::node
