// A small HTTP/1.1 server: keep-alive, bounded bodies, one-shot and streamed (chunked) responses.
// It knows no routes: one handler gets every request. The server owns its I/O threads; the handler
// is called on one of them and must not block: it answers at once or keeps the ResponseWriter and
// answers later from any thread. Malformed or oversized requests are answered here (400, 413, 431,
// 503) and never reach the handler. Plain HTTP only: TLS towards clients is a reverse proxy's job.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/limits.h"

namespace emr::http {

struct ServerRequest {
  std::string method;                                        ///< "GET", "POST", ...
  std::string path;                                          ///< as sent, without the query
  std::string query;                                         ///< as sent, without the '?'
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::string remote;  ///< the client's IP address

  /// The first header of that (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const noexcept;
  /// The first query parameter of that name. Values are not percent-decoded: every value this
  /// project uses is a number, a hex string or a CID.
  std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

struct ServerResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< extra ones
};

/// The answer to one request. All calls are thread-safe and never block. Exactly one of respond()
/// or start()…finish() is used; dropping the writer unanswered sends 500 (or cuts the stream), so
/// a forgotten path cannot hang a client.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  /// The whole answer at once.
  virtual void respond(ServerResponse response) = 0;
  /// Begins a streamed answer.
  virtual void start(unsigned status, std::string_view content_type) = 0;
  /// Adds to the stream, flushed as soon as the socket takes it. False when the client is gone or
  /// has left too much unread (it is then disconnected): stop producing.
  virtual bool write(std::string_view piece) = 0;
  virtual void finish() = 0;
};

using Handler = std::function<void(ServerRequest, std::shared_ptr<ResponseWriter>)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = the kernel picks one, see Server::port()
  unsigned threads = 1;
  std::size_t max_body_bytes = kMaxBodyBytes;
  std::size_t max_connections = kMaxConnections;
  std::chrono::milliseconds evict_idle_after = kEvictIdleAfter;
};

class Server {
 public:
  /// Binds, listens and starts the I/O threads. kUnavailable when the address cannot be bound.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Handler handler);
  ~Server();  ///< stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;
  /// Closes the listener and every connection and joins the threads. Idempotent. Writers kept
  /// elsewhere stay valid and do nothing any more.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace emr::http
