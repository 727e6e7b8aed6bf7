#include "node/node.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "contracts/contracts.h"
#include "node/api.h"
#include "node/content_fetches.h"
#include "node/limits.h"
#include "node/members.h"
#include "node/peer_service.h"

namespace emr::node {

namespace {

/// Who we are, by our keys: a node cannot be started as somebody else. The ledger knows better than
/// the genesis, because keys are renewed.
Result<std::string> own_id(const ledger::Genesis& genesis, const NodeOptions& options,
                           const NodeKeys& keys, const store::Store& store) {
  const auto is_ours = [&](const quorum::VoteKey& key) {
    return key == keys.vote.public_key() || (keys.next_vote && key == keys.next_vote->public_key());
  };
  for (const contracts::MemberNode& member : contracts::member_nodes(store.state())) {
    if (is_ours(member.vote_key)) return member.id;
  }
  for (const ledger::Institution& founder : genesis.institutions) {
    if (is_ours(founder.node.vote_key)) return founder.id;
  }
  // With a ledger: a former member, or one whose new key is elsewhere. It follows without a vote.
  const bool has_ledger = store.snapshot()->tip().ok() && *store.snapshot()->tip();
  if (!options.id.empty() && (options.later || has_ledger)) return options.id;
  return fail(Code::kConfig, "the genesis does not register this node's vote key")
      .with_reason("wrong_key")
      .with_hint("use the genesis file that was made with this node's descriptor");
}

unsigned worker_count(unsigned wanted) {
  if (wanted > 0) return wanted;
  return std::clamp(std::thread::hardware_concurrency() / 2, 2U, 8U);
}

}  // namespace

class Node::Impl {
 public:
  Impl(const ledger::Genesis& genesis, const NodeOptions& options, NodeKeys keys,
       threshold::KeySet key_set, crypto::RandomSource& random, Logger& log)
      : options_(options),
        keys_(std::move(keys)),
        key_set_(std::move(key_set)),
        workers_(worker_count(options.worker_threads)),
        peers_(service_) {
    service_.genesis = &genesis;
    service_.chain = genesis.chain();
    service_.executor = &contracts_;
    service_.software = &options_.software;
    service_.workers = &workers_;
    service_.log = &log;
    service_.random = &random;
    service_.nonces = &nonces_;
    service_.verified = &verified_;
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
    EMR_ASSIGN(service_.own_id, own_id(*service_.genesis, options_, keys_, *store_));
    members_ = std::make_unique<Members>(*service_.genesis, service_.own_id);
    service_.members = members_.get();
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
    options.engine = {service_.genesis, &contracts_, options_.founding, 0};
    std::array<std::uint8_t, 8> number{};
    service_.random->fill(number);
    for (const std::uint8_t byte : number) {
      options.engine.fresh_number = options.engine.fresh_number << 8 | byte;
    }
    options.members = members_.get();
    core_ = std::make_unique<Core>(options, *store_, *service_.log);
    service_.core = core_.get();
    core_->on_stopped([this](const Error& why) {
      const std::lock_guard lock(mutex_);
      failure_ = why;
      stopped_.notify_all();
    });
    core_->on_housekeeping([this] { housekeeping(); });
    core_->on_members([this] { follow_members(); });
    return core_->open({std::move(keys_.vote), std::move(keys_.next_vote)});
  }

  Status open_mesh() {
    const auto table = members_->table();
    EMR_TRY(choose_transport(*table));
    net::MeshOptions options;
    options.chain = service_.genesis->hash;
    options.self = table->self;
    options.listen_address = options_.peer_address;
    options.listen_port = options_.peer_port;
    options.tap = options_.tap;
    options.peers = mesh_peers(*table);
    if (!table->own().is_member) {  // nobody has registered it: whoever wants to know it will say
      EMR_ASSIGN(options.peers[table->self].transport_key,
                 net::transport_public_key(transport()));
    }
    EMR_ASSIGN(mesh_, net::Mesh::start(options, transport(), peers_));
    service_.mesh = mesh_.get();
    return {};
  }

  const crypto::Secret32& transport() const {
    return uses_next_transport_ ? *keys_.next_transport : keys_.transport;
  }

  /// The registered one of our transport keys. True when that is another one than before.
  Result<bool> choose_transport(const MemberTable& table) {
    if (!keys_.next_transport || !table.own().is_member) return false;
    EMR_ASSIGN(const Hash32 next, net::transport_public_key(*keys_.next_transport));
    const bool before = std::exchange(uses_next_transport_, next == table.own().node.transport_key);
    return before != uses_next_transport_;
  }

  /// On the core thread: registrations have changed.
  void follow_members() {
    const auto table = members_->table();
    mesh_->update(mesh_peers(*table));
    const auto changed = choose_transport(*table);
    if (changed && *changed) renew_transport();
  }

  void renew_transport() {
    const Status renewed = mesh_->use_key(transport());
    if (!renewed) service_.log->error("peer", renewed.error().message);
  }

  /// A node that was away while its renewed key was registered hears it from nobody: its old key is
  /// unknown by now. So it tries both in turn.
  void try_other_key(ContentFetches::Clock::time_point now) {
    if (!keys_.next_transport) return;
    const auto counters = mesh_->counters();
    const bool alone = std::none_of(counters.begin(), counters.end(),
                                    [](const auto& peer) { return peer.connected; });
    if (!alone || alone_since_ == ContentFetches::Clock::time_point{}) alone_since_ = now;
    if (now < alone_since_ + kTryOtherKey) return;
    alone_since_ = now;
    uses_next_transport_ = !uses_next_transport_;
    service_.log->warning("peer", "no peer knows this node's transport key: trying the other one");
    renew_transport();
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
    try_other_key(now);
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
  contracts::Contracts contracts_{options_.software};
  NonceGuard nonces_;
  VerifiedCache verified_{kVerifiedMax};
  ContentFetches fetches_;
  Workers workers_;
  Service service_;
  HealthRecord health_;
  PeerService peers_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Members> members_;
  std::unique_ptr<net::Mesh> mesh_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<http::Server> http_;
  bool uses_next_transport_ = false;  ///< core thread, once it runs
  ContentFetches::Clock::time_point alone_since_{};
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
  const ledger::ThresholdKey& key = genesis.threshold;
  EMR_ASSIGN(auto key_set, threshold::KeySet::decode(key.quorum, key.group_key,
                                                     key.verification_keys));
  auto impl = std::make_unique<Impl>(genesis, options, std::move(keys), std::move(key_set), random,
                                     log);
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
