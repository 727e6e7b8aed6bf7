#include "net/mesh.h"

#include <utility>  // first: Boost 1.74 forgets it under C++20

#include <algorithm>
#include <boost/asio.hpp>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "net/link.h"
#include "net/tls.h"

namespace emr::net {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

struct Outgoing {
  PeerIndex to;
  Lane lane;
  std::shared_ptr<const Bytes> frame;
};

}  // namespace

class Mesh::Impl final : public LinkOwner {
 public:
  Impl(const MeshOptions& options, MeshHandler& handler) : options_(options), handler_(&handler) {
    take_table();
  }
  ~Impl() override { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status set_key(const crypto::Secret32& secret) {
    EMR_ASSIGN(tls_, TlsContext::make(secret, registered_));
    return {};
  }

  /// Links that were made with the old context keep it alive by themselves.
  Status renew_key(const crypto::Secret32& secret) {
    EMR_ASSIGN(auto made, TlsContext::make(secret, registered_));
    auto shared = std::make_shared<std::unique_ptr<TlsContext>>(std::move(made));
    asio::post(context_, [this, shared] { tls_ = std::move(*shared); });
    return {};
  }

  void update(std::vector<Peer> peers) {
    auto shared = std::make_shared<std::vector<Peer>>(std::move(peers));
    asio::post(context_, [this, shared] {
      if (!stopping_) apply(std::move(*shared));
    });
  }

  Status start() {
    error_code error;
    const auto address = asio::ip::make_address(options_.listen_address, error);
    if (error) return fail(Code::kConfig, "the peer address to listen on is not an IP address");
    const tcp::endpoint endpoint(address, options_.listen_port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return fail(Code::kUnavailable, "cannot listen for peers on port " +
                                          std::to_string(options_.listen_port) + ": " +
                                          error.message());
    }
    port_ = acceptor_.local_endpoint(error).port();
    accept();
    dial_all();
    thread_ = std::thread([this] { context_.run(); });
    return {};
  }

  void stop() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] { close_all(); });
    thread_.join();
  }

  void send(PeerIndex to, Lane lane, std::shared_ptr<const Bytes> frame) {
    const std::lock_guard lock(mutex_);
    outbox_.push_back({to, lane, std::move(frame)});
    if (std::exchange(drain_posted_, true)) return;
    asio::post(context_, [this] { drain(); });
  }

  std::vector<PeerCounters> counters() const {
    const std::lock_guard lock(mutex_);
    return counters_copy_;
  }
  std::uint16_t port() const noexcept { return port_; }

  // LinkOwner, all on the I/O thread.
  std::optional<PeerIndex> peer_of(const Hash32& key) const override {
    const auto found = index_.find(key);
    if (found == index_.end() || found->second == options_.self) return std::nullopt;
    return found->second;
  }
  const Hash32& chain() const override { return options_.chain; }
  PeerCounters& counters_of(PeerIndex peer) override { return counters_[peer]; }
  FrameLimit& limit_of(PeerIndex peer) override { return limits_[peer]; }
  void on_flood(PeerIndex peer) override { handler_->on_flood(peer); }
  void on_frame(PeerIndex peer, Bytes frame) override {
    if (options_.tap.in && !options_.tap.in(peer, frame)) return;
    handler_->on_frame(peer, std::move(frame));
  }
  void on_ready(const std::shared_ptr<Link>& link) override;
  void on_closed(const Link& link, bool ready, std::string_view why) override;

 private:
  /// The state of dialing one peer.
  struct Dial {
    explicit Dial(asio::io_context& context) : timer(context), resolver(context), socket(context) {}
    asio::steady_timer timer;
    tcp::resolver resolver;
    tcp::socket socket;
    std::chrono::milliseconds delay = kRedialMin;
    bool busy = false;  ///< an attempt, its wait or its link is under way
  };

  void take_table();
  void apply(std::vector<Peer> peers);
  bool may_speak(const Link& link) const;
  bool is_to_dial(PeerIndex peer) const;
  void dial_all();
  void accept();
  bool is_crowded(const std::string& remote) const;
  void dial(PeerIndex peer);
  void redial(PeerIndex peer);
  void add_link(tcp::socket socket, Link::Side side, PeerIndex dialed);
  void drain();
  void say(PeerIndex peer, const Outgoing& out);
  void publish_counters();
  void close_all();

  MeshOptions options_;
  RegisteredKeys registered_;
  std::unique_ptr<TlsContext> tls_;
  MeshHandler* handler_;
  asio::io_context context_;
  tcp::acceptor acceptor_{context_};
  asio::steady_timer accept_timer_{context_};
  std::map<Hash32, PeerIndex> index_;
  std::vector<std::unique_ptr<Dial>> dials_;
  std::vector<std::shared_ptr<Link>> links_;                ///< ready ones, by peer
  std::map<const Link*, std::shared_ptr<Link>> strangers_;  ///< not ready yet
  std::map<const Link*, PeerIndex> dialed_;                 ///< whom a link of ours was meant for
  std::vector<PeerCounters> counters_;
  std::vector<FrameLimit> limits_;  ///< by peer
  bool stopping_ = false;
  std::uint16_t port_ = 0;
  std::thread thread_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::vector<Outgoing> outbox_;
  std::vector<PeerCounters> counters_copy_;
  bool drain_posted_ = false;
};

/// Whatever follows from the table of peers.
void Mesh::Impl::take_table() {
  index_.clear();
  registered_.clear();
  for (PeerIndex i = 0; i < options_.peers.size(); ++i) {
    const Peer& peer = options_.peers[i];
    if (!peer.admitted || i == options_.self) continue;
    index_.emplace(peer.transport_key, i);
    if (peer.old_key) index_.emplace(*peer.old_key, i);
  }
  for (const auto& [key, peer] : index_) registered_.insert(key);
  while (dials_.size() < options_.peers.size()) {
    dials_.push_back(std::make_unique<Dial>(context_));
  }
  links_.resize(options_.peers.size());
  counters_.resize(options_.peers.size());
  limits_.resize(options_.peers.size(), FrameLimit(options_.frames_per_second));
}

void Mesh::Impl::apply(std::vector<Peer> peers) {
  EMR_CHECK(peers.size() >= options_.peers.size());
  options_.peers = std::move(peers);
  take_table();
  const auto links = links_;
  for (const auto& link : links) {
    if (link && !may_speak(*link)) link->close("not_registered");
  }
  dial_all();
}

bool Mesh::Impl::may_speak(const Link& link) const {
  const auto found = index_.find(link.key());
  return found != index_.end() && found->second == link.peer();
}

bool Mesh::Impl::is_to_dial(PeerIndex peer) const {
  const Peer& target = options_.peers[peer];
  return peer != options_.self && target.admitted && options_.peers[options_.self].id < target.id;
}

void Mesh::Impl::dial_all() {
  for (PeerIndex peer = 0; peer < options_.peers.size(); ++peer) {
    if (is_to_dial(peer) && !dials_[peer]->busy) dial(peer);
  }
}

void Mesh::Impl::accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (stopping_) return;
    if (error) {  // out of descriptors: wait instead of spinning
      accept_timer_.expires_after(kRedialMin);
      accept_timer_.async_wait([this](error_code) { stopping_ ? void() : accept(); });
      return;
    }
    error_code ignored;
    const std::string remote = socket.remote_endpoint(ignored).address().to_string(ignored);
    if (is_crowded(remote)) {
      handler_->on_refused(remote, "too_many_strangers");
    } else {
      add_link(std::move(socket), Link::Side::kAccepted, kAllPeers);
    }
    accept();
  });
}

/// Are there enough who have not proven who they are, altogether or from this address?
bool Mesh::Impl::is_crowded(const std::string& remote) const {
  const auto from_there =
      std::count_if(strangers_.begin(), strangers_.end(), [&](const auto& entry) {
        return entry.second->side() == Link::Side::kAccepted && entry.second->remote() == remote;
      });
  return strangers_.size() >= kMaxStrangers ||
         static_cast<std::size_t>(from_there) >= kMaxStrangersPerAddress;
}

void Mesh::Impl::add_link(tcp::socket socket, Link::Side side, PeerIndex dialed) {
  const auto link = std::make_shared<Link>(std::move(socket), tls_->context(), side, *this);
  strangers_.emplace(link.get(), link);
  if (side == Link::Side::kDialed) dialed_.emplace(link.get(), dialed);
  link->begin();
}

void Mesh::Impl::dial(PeerIndex peer) {
  Dial& state = *dials_[peer];
  state.busy = is_to_dial(peer);
  if (!state.busy) return;
  const Peer& target = options_.peers[peer];
  state.resolver.async_resolve(
      target.host, std::to_string(target.port),
      [this, peer, &state](error_code error, const tcp::resolver::results_type& found) {
        if (stopping_) return;
        if (error) return redial(peer);
        state.socket = tcp::socket(context_);
        asio::async_connect(state.socket, found,
                            [this, peer, &state](error_code failed, const tcp::endpoint&) {
                              if (stopping_) return;
                              if (failed) return redial(peer);
                              add_link(std::move(state.socket), Link::Side::kDialed, peer);
                            });
      });
}

void Mesh::Impl::redial(PeerIndex peer) {
  Dial& state = *dials_[peer];
  state.timer.expires_after(state.delay);
  state.delay = std::min(state.delay * 2, kRedialMax);
  state.timer.async_wait([this, peer](error_code error) {
    if (!error && !stopping_) dial(peer);
  });
}

void Mesh::Impl::on_ready(const std::shared_ptr<Link>& link) {
  strangers_.erase(link.get());
  const PeerIndex peer = link->peer();
  const auto dialed = dialed_.find(link.get());
  const bool wrong_direction = link->side() == Link::Side::kAccepted && is_to_dial(peer);
  // The table may have changed during the handshake.
  if (!may_speak(*link)) return link->close("not_registered");
  if (wrong_direction || (dialed != dialed_.end() && dialed->second != peer)) {
    return link->close("wrong_peer");
  }
  if (dialed != dialed_.end()) dials_[peer]->delay = kRedialMin;
  // The peer came back before its old link was seen to be dead.
  if (const auto old = std::exchange(links_[peer], link)) old->close("replaced");
  counters_[peer].connected = true;
  publish_counters();
  handler_->on_connected(peer);
}

void Mesh::Impl::on_closed(const Link& link, bool ready, std::string_view why) {
  const auto dialed = dialed_.find(&link);
  const PeerIndex target = dialed == dialed_.end() ? kAllPeers : dialed->second;
  if (dialed != dialed_.end()) dialed_.erase(dialed);
  const bool current = ready && links_[link.peer()].get() == &link;
  if (current) {
    const auto keep = std::move(links_[link.peer()]);  // outlives this call
    links_[link.peer()] = nullptr;
    counters_[link.peer()].connected = false;
    publish_counters();
    if (!stopping_) handler_->on_disconnected(link.peer(), why);
  } else if (!ready && !stopping_) {
    handler_->on_refused(link.remote(), why);
  }
  strangers_.erase(&link);
  if (target != kAllPeers && !stopping_) redial(target);
}

void Mesh::Impl::drain() {
  std::vector<Outgoing> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(outbox_);
    drain_posted_ = false;
  }
  for (const Outgoing& out : batch) {
    for (PeerIndex peer = 0; peer < links_.size(); ++peer) {
      if (peer == options_.self || (out.to != kAllPeers && out.to != peer)) continue;
      if (links_[peer]) {
        say(peer, out);
      } else {
        ++counters_[peer].dropped;
      }
    }
  }
  publish_counters();
}

void Mesh::Impl::say(PeerIndex peer, const Outgoing& out) {
  if (!options_.tap.out) return links_[peer]->send(out.lane, out.frame);
  for (auto& frame : options_.tap.out(peer, out.lane, out.frame)) {
    if (links_[peer]) links_[peer]->send(out.lane, std::move(frame));
  }
}

void Mesh::Impl::publish_counters() {
  const std::lock_guard lock(mutex_);
  counters_copy_ = counters_;
}

void Mesh::Impl::close_all() {
  stopping_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  for (const auto& dial_state : dials_) {
    dial_state->timer.cancel();
    dial_state->resolver.cancel();
    dial_state->socket.close(ignored);
  }
  const auto strangers = strangers_;
  for (const auto& [raw, link] : strangers) link->close("stopping");
  const auto links = links_;
  for (const auto& link : links) {
    if (link) link->close("stopping");
  }
}

Mesh::Mesh(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Mesh::~Mesh() = default;

Result<std::unique_ptr<Mesh>> Mesh::start(const MeshOptions& options,
                                          const crypto::Secret32& transport_secret,
                                          MeshHandler& handler) {
  EMR_CHECK(options.self < options.peers.size());
  EMR_ASSIGN(const Hash32 own_key, transport_public_key(transport_secret));
  if (own_key != options.peers[options.self].transport_key) {
    return fail(Code::kConfig, "the transport key is not the one registered for this node")
        .with_reason("wrong_key");
  }
  auto impl = std::make_unique<Impl>(options, handler);
  EMR_TRY(impl->set_key(transport_secret));
  EMR_TRY(impl->start());
  return std::unique_ptr<Mesh>(new Mesh(std::move(impl)));
}

void Mesh::send(PeerIndex to, Lane lane, std::shared_ptr<const Bytes> frame) {
  EMR_CHECK(frame && frame->size() <= kMaxFrameBytes);
  impl_->send(to, lane, std::move(frame));
}
void Mesh::update(std::vector<Peer> peers) { impl_->update(std::move(peers)); }
Status Mesh::use_key(const crypto::Secret32& transport_secret) {
  return impl_->renew_key(transport_secret);
}
std::vector<PeerCounters> Mesh::counters() const { return impl_->counters(); }
std::uint16_t Mesh::port() const noexcept { return impl_->port(); }
void Mesh::stop() { impl_->stop(); }

}  // namespace emr::net
