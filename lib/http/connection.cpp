#include "http/connection.h"

#include <array>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <deque>
#include <mutex>

namespace emr::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

std::string_view reason_phrase(unsigned status) noexcept {
  const beast::string_view text =
      beast::http::obsolete_reason(static_cast<beast::http::status>(status));
  return {text.data(), text.size()};
}

std::string head_of(unsigned status, std::string_view content_type, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " ";
  head += reason_phrase(status);
  head += "\r\nContent-Type: ";
  head += content_type;
  head += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  return head;
}

class Connection final : public ClosableConnection,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
      : shared_(std::move(shared)), stream_(std::move(socket)) {
    ++shared_->connections;
  }
  ~Connection() override {
    release_body();
    shared_->output_bytes -= queued_bytes_;
    --shared_->connections;
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run(bool has_place);
  void close();

  // Called by the exchange from any thread.
  void post_output(std::string bytes, bool last);
  bool gone() const noexcept { return gone_; }
  bool keep_alive() const noexcept { return keep_alive_; }
  /// May so many bytes more wait for this client to read them?
  bool has_room(std::size_t bytes) const noexcept {
    const std::size_t own = queued_bytes_ + bytes;
    if (own <= kSmallOutputBytes) return true;
    return own <= kMaxQueuedOutputBytes &&
           shared_->output_bytes + bytes <= kMaxQueuedOutputBytesTotal;
  }
  void post_close() override;
  std::optional<Clock::time_point> waiting_since() const override {
    const Clock::rep ticks = waiting_since_;
    if (ticks == 0) return std::nullopt;
    return Clock::time_point(Clock::duration(ticks));
  }

 private:
  using Parser = beast::http::request_parser<beast::http::string_body>;

  void read_head();
  void on_head(error_code error);
  bool reserve_body();
  void release_body() noexcept;
  void read_body();
  void on_request();
  void refuse(unsigned status, std::string_view reason, std::string_view message);
  void refuse_parse_error(error_code error);
  void pump();
  void on_written(error_code error);
  void linger();

  std::shared_ptr<Shared> shared_;  // first: it keeps the context that the stream's end needs
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::deque<std::string> output_;
  std::string writing_;
  std::array<char, 4096> discarded_{};
  std::size_t reserved_ = 0;
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<bool> gone_{false};
  std::atomic<Clock::rep> waiting_since_{0};
  std::atomic<bool> keep_alive_{true};
  bool write_pending_ = false;
  bool response_complete_ = false;
};

/// The ResponseWriter of one request.
class Exchange final : public ResponseWriter {
 public:
  explicit Exchange(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() override {
    if (state_ == State::kFresh) {
      respond({500,
               "application/json",
               "{\"type\":\"emr.error\",\"v\":1,\"code\":70,\"reason\":\"internal\","
               "\"message\":\"the request was dropped unanswered\"}\n",
               {}});
    } else if (state_ == State::kStreaming) {
      connection_->post_close();  // a cut stream must look cut: no last chunk
    }
  }

  void respond(ServerResponse response) override {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kFresh) return;
    state_ = State::kDone;
    if (!connection_->has_room(response.body.size())) {
      response = {503, "application/json",
                  "{\"type\":\"emr.error\",\"v\":1,\"code\":75,\"reason\":\"busy\","
                  "\"message\":\"too many answers wait for clients that do not read\"}\n",
                  {}};
    }
    std::string bytes = head_of(response.status, response.content_type, connection_->keep_alive());
    for (const auto& [name, value] : response.headers) bytes += name + ": " + value + "\r\n";
    bytes += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
    bytes += response.body;
    connection_->post_output(std::move(bytes), true);
  }

  void start(unsigned status, std::string_view content_type) override {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kFresh) return;
    state_ = State::kStreaming;
    std::string bytes = head_of(status, content_type, connection_->keep_alive());
    bytes += "Transfer-Encoding: chunked\r\n\r\n";
    connection_->post_output(std::move(bytes), false);
  }

  bool write(std::string_view piece) override {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kStreaming || connection_->gone()) return false;
    if (piece.empty()) return true;  // an empty chunk would end the stream
    if (!connection_->has_room(piece.size())) {
      connection_->post_close();
      return false;
    }
    std::array<char, 24> size{};
    const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    std::string bytes(size.data(), static_cast<std::size_t>(length));
    bytes += piece;
    bytes += "\r\n";
    connection_->post_output(std::move(bytes), false);
    return true;
  }

  void finish() override {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kStreaming) return;
    state_ = State::kDone;
    connection_->post_output("0\r\n\r\n", true);
  }

 private:
  enum class State { kFresh, kStreaming, kDone };
  std::mutex mutex_;
  State state_ = State::kFresh;
  std::shared_ptr<Connection> connection_;
};

void Connection::run(bool has_place) {
  if (!has_place && shared_->connections > shared_->max_connections) {
    keep_alive_ = false;
    return refuse(503, "busy", "too many connections");
  }
  read_head();
}

void Connection::read_head() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(kMaxHeaderBytes));
  parser_->body_limit(shared_->max_body_bytes);
  response_complete_ = false;
  waiting_since_ = Clock::now().time_since_epoch().count();
  stream_.expires_after(kIdleTimeout);
  beast::http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error_code error, std::size_t) { self->on_head(error); });
}

void Connection::on_head(error_code error) {
  waiting_since_ = 0;
  if (error) return refuse_parse_error(error);
  keep_alive_ = parser_->get().keep_alive();
  if (parser_->get().method() == beast::http::verb::head) {
    keep_alive_ = false;
    return refuse(405, "method", "HEAD is not served");
  }
  if (!reserve_body()) return;
  if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        failed ? self->close() : self->read_body();
                      });
    return;
  }
  read_body();
}

/// Takes an announced large body out of the common budget before one byte of it is stored. A
/// chunked body announces nothing and therefore counts as the largest.
bool Connection::reserve_body() {
  const auto announced = parser_->content_length();
  const bool chunked = parser_->chunked();
  const std::uint64_t size = chunked ? shared_->max_body_bytes : announced.value_or(0);
  if (size > shared_->max_body_bytes) {
    refuse(413, "too_large", "the request body is larger than allowed");
    return false;
  }
  if (size <= kSmallBodyBytes) return true;
  reserved_ = static_cast<std::size_t>(size);
  if (shared_->body_bytes.fetch_add(reserved_) + reserved_ > kMaxBodyBytesTotal) {
    refuse(503, "busy", "too many request bodies at once");
    return false;
  }
  return true;
}

void Connection::release_body() noexcept {
  shared_->body_bytes -= reserved_;
  reserved_ = 0;
}

void Connection::read_body() {
  stream_.expires_after(kIdleTimeout);
  beast::http::async_read(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                            if (error) return self->refuse_parse_error(error);
                            self->on_request();
                          });
}

void Connection::on_request() {
  auto message = parser_->release();
  parser_.reset();
  ServerRequest request;
  const auto verb = message.method_string();
  request.method.assign(verb.data(), verb.size());
  const std::string_view target{message.target().data(), message.target().size()};
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  request.body = std::move(message.body());
  error_code ignored;
  request.remote = stream_.socket().remote_endpoint(ignored).address().to_string(ignored);
  stream_.expires_never();  // the handler may take as long as its own contract says
  shared_->handler(std::move(request), std::make_shared<Exchange>(shared_from_this()));
}

void Connection::refuse(unsigned status, std::string_view reason, std::string_view message) {
  keep_alive_ = false;
  std::string body = "{\"type\":\"emr.error\",\"v\":1,\"code\":";
  body += status == 503 ? "75" : "65";
  body += ",\"reason\":\"" + std::string(reason) + "\",\"message\":\"" + std::string(message);
  body += "\"}\n";
  Exchange(shared_from_this()).respond({status, "application/json", std::move(body), {}});
}

void Connection::refuse_parse_error(error_code error) {
  if (error == beast::http::error::header_limit) {
    return refuse(431, "too_large", "the request headers are larger than allowed");
  }
  if (error == beast::http::error::body_limit) {
    return refuse(413, "too_large", "the request body is larger than allowed");
  }
  const bool parse_error =
      error.category() == beast::http::make_error_code(beast::http::error::bad_method).category();
  if (parse_error && error != beast::http::error::end_of_stream &&
      error != beast::http::error::partial_message) {
    return refuse(400, "bad_request", "the request is not HTTP/1.1");
  }
  close();
}

void Connection::post_output(std::string bytes, bool last) {
  if (gone_) return;
  queued_bytes_ += bytes.size();
  shared_->output_bytes += bytes.size();
  asio::post(stream_.get_executor(),
             [self = shared_from_this(), moved = std::move(bytes), last]() mutable {
               if (self->gone_) return;
               self->output_.push_back(std::move(moved));
               if (last) self->response_complete_ = true;
               self->pump();
             });
}

void Connection::post_close() {
  if (gone_.exchange(true)) return;
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->close(); });
}

/// Writes what has gathered; after the last piece the next request is read.
void Connection::pump() {
  if (write_pending_ || gone_) return;
  if (output_.empty()) {
    if (!response_complete_) return;
    release_body();
    return keep_alive_ ? read_head() : linger();
  }
  writing_.clear();
  while (!output_.empty() && writing_.size() < kWriteBatchBytes) {
    if (writing_.empty()) {
      writing_ = std::move(output_.front());
    } else {
      writing_ += output_.front();
    }
    output_.pop_front();
  }
  write_pending_ = true;
  stream_.expires_after(kIdleTimeout);
  asio::async_write(
      stream_, asio::buffer(writing_),
      [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
}

void Connection::on_written(error_code error) {
  write_pending_ = false;
  queued_bytes_ -= writing_.size();
  shared_->output_bytes -= writing_.size();
  if (error) return close();
  stream_.expires_never();
  pump();
}

/// Half-closes and reads the rest for a moment: closing with unread input would make the kernel
/// reset the connection and the client lose the answer.
void Connection::linger() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  if (!stream_.socket().is_open()) return;
  stream_.expires_after(kLingerTimeout);
  stream_.async_read_some(asio::buffer(discarded_),
                          [self = shared_from_this()](error_code error, std::size_t) {
                            error ? self->close() : self->linger();
                          });
}

void Connection::close() {
  gone_ = true;
  // Whoever keeps a writer keeps this connection, but not what nobody will read.
  for (const std::string& unread : std::exchange(output_, {})) {
    queued_bytes_ -= unread.size();
    shared_->output_bytes -= unread.size();
  }
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  stream_.socket().close(ignored);
}

}  // namespace

std::shared_ptr<ClosableConnection> serve_connection(tcp::socket socket,
                                                     std::shared_ptr<Shared> shared,
                                                     bool has_place) {
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(shared));
  connection->run(has_place);
  return connection;
}

}  // namespace emr::http
