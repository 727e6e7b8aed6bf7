// One client connection of the server (private to lib/http: it needs Asio, public headers do not).
// Reads a request, hands it to the handler, writes the answer, repeats. Everything of a connection
// runs on the strand of its socket; only post_close() may be called from any thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "http/server.h"

namespace emr::http {

/// What all connections of one server share. It keeps the I/O context alive for writers that
/// outlive the server.
struct Shared {
  std::shared_ptr<boost::asio::io_context> context = std::make_shared<boost::asio::io_context>();
  Handler handler;
  std::size_t max_body_bytes = 0;
  std::size_t max_connections = 0;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> body_bytes{0};
  std::atomic<std::size_t> output_bytes{0};
};

class ClosableConnection {
 public:
  virtual ~ClosableConnection() = default;
  virtual void post_close() = 0;
  /// Since when it has waited for a request; none while it works on one.
  using Clock = std::chrono::steady_clock;
  virtual std::optional<Clock::time_point> waiting_since() const = 0;
};

/// Starts serving an accepted socket. The connection keeps itself alive while it has work. Over the
/// limit it is refused, unless `has_place`: another one was closed for it.
std::shared_ptr<ClosableConnection> serve_connection(boost::asio::ip::tcp::socket socket,
                                                     std::shared_ptr<Shared> shared,
                                                     bool has_place);

}  // namespace emr::http
