#include "http/server.h"

#include <boost/asio.hpp>
#include <mutex>
#include <thread>

#include "http/connection.h"

namespace emr::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;

std::string_view ServerRequest::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string_view> ServerRequest::parameter(std::string_view name) const noexcept {
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t stop = rest.find('&');
    const std::string_view pair = rest.substr(0, stop);
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name) {
      return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    }
    rest = stop == std::string_view::npos ? std::string_view{} : rest.substr(stop + 1);
  }
  return std::nullopt;
}

class Server::Impl {
 public:
  explicit Impl(Handler handler) { shared_->handler = std::move(handler); }
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status start(const ServerOptions& options) {
    shared_->max_body_bytes = options.max_body_bytes;
    shared_->max_connections = options.max_connections;
    evict_idle_after_ = options.evict_idle_after;
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) return fail(Code::kConfig, "the HTTP address is not an IP address");
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return fail(Code::kUnavailable,
                  "cannot listen on port " + std::to_string(options.port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint(error).port();
    accept();
    for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
    return {};
  }

  /// Closes everything and lets the threads run out of work, so that no completion handler (and
  /// with it no connection) stays behind in the context.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(stopping_, true)) return;
      for (const auto& weak : connections_) {
        if (const auto connection = weak.lock()) connection->post_close();
      }
    }
    asio::post(context_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      retry_.cancel(ignored);
    });
    for (std::thread& thread : threads_) thread.join();
  }

  std::uint16_t port() const noexcept { return port_; }

 private:
  void accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](error_code error, tcp::socket s) {
      if (error == asio::error::operation_aborted) return;
      if (error) return accept_later();
      s.set_option(tcp::no_delay(true), error);
      const bool full = shared_->connections >= shared_->max_connections;
      remember(serve_connection(std::move(s), shared_, full && close_idlest()));
      accept();
    });
  }

  /// Slow clients that never finish a request must not keep the others out: the one that has waited
  /// the longest goes. False when none has waited long enough.
  bool close_idlest() {
    const std::lock_guard lock(mutex_);
    const auto limit = ClosableConnection::Clock::now() - evict_idle_after_;
    std::shared_ptr<ClosableConnection> idlest;
    auto since = limit;
    for (const auto& weak : connections_) {
      const auto connection = weak.lock();
      const auto waiting = connection ? connection->waiting_since() : std::nullopt;
      if (!waiting || *waiting > since) continue;
      since = *waiting;
      idlest = connection;
    }
    if (idlest) idlest->post_close();
    return idlest != nullptr;
  }

  /// Out of descriptors: a busy loop would make it worse.
  void accept_later() {
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  void remember(const std::shared_ptr<ClosableConnection>& connection) {
    const std::lock_guard lock(mutex_);
    if (stopping_) connection->post_close();
    std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
    connections_.push_back(connection);
  }

  // Declared first, so that it is destroyed last: the sockets refer to its context.
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  asio::io_context& context_ = *shared_->context;
  tcp::acceptor acceptor_{context_};
  asio::steady_timer retry_{context_};
  std::mutex mutex_;
  std::vector<std::weak_ptr<ClosableConnection>> connections_;
  std::vector<std::thread> threads_;
  std::chrono::milliseconds evict_idle_after_ = kEvictIdleAfter;
  bool stopping_ = false;
  std::uint16_t port_ = 0;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(handler));
  EMR_TRY(impl->start(options));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const noexcept { return impl_->port(); }
void Server::stop() { impl_->stop(); }

}  // namespace emr::http
