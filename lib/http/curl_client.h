// A blocking HTTP/1.1 client over libcurl: streamed upload and download, finite timeouts, trailers,
// bounded answers. It follows no redirect, uses no proxy towards loopback, accepts only http and
// https, sends no Origin, Referer, Expect or browser-like User-Agent. One object keeps one
// connection alive and is used by one thread at a time; make one per thread.
//
// Errors: kUnavailable with reason "connect", "timeout", "tls" or "network" when no whole answer
// arrived (the outcome of a POST is then unknown); kProtocol when the answer breaks the rules
// ("response_too_large", "bad_response"); the callers' own errors pass through unchanged. An HTTP
// status is no error: the caller looks at it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::http {

/// Connecting over a hospital network takes milliseconds; ten seconds means nobody is there.
inline constexpr std::chrono::seconds kConnectTimeout{10};
/// Whole exchange, where the caller names no other.
inline constexpr std::chrono::seconds kDefaultTimeout{60};
/// An answer kept in memory: as large as the largest request, see kMaxBodyBytes.
inline constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{16} << 20;
/// Status line, headers and trailers of one answer.
inline constexpr std::size_t kMaxAnswerHeaderBytes = std::size_t{64} << 10;

/// Fills the buffer with the next bytes of an upload; 0 ends it.
using BodyReader = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
/// Takes the next bytes of an answer as they arrive; an error ends the exchange.
using BodyWriter = std::function<Status(ByteView)>;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  /// The body: borrowed bytes, or a reader (chunked when `body_size` is not known).
  ByteView body;
  BodyReader reader;
  std::optional<std::uint64_t> body_size;
  std::chrono::milliseconds timeout = kDefaultTimeout;
  std::uint64_t max_answer = kMaxAnswerBytes;
};

struct ClientResponse {
  unsigned status = 0;
  Headers headers;   ///< names in lower case
  Headers trailers;  ///< headers that followed the body, names in lower case
  std::string body;  ///< empty when a BodyWriter took it

  /// The first header or trailer of that (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const noexcept;
  std::string_view trailer(std::string_view name) const noexcept;
};

struct ClientOptions {
  std::string ca_file;  ///< PEM of extra trust anchors for https; empty = the system's
};

class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  /// Sends and waits for the whole answer. With a writer, the body of a 2xx answer goes there as it
  /// arrives (in pieces of any size); bodies of other statuses stay in the response.
  Result<ClientResponse> send(const ClientRequest& request, const BodyWriter& writer = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Is the host of this URL 127.0.0.0/8, ::1 or localhost? False for what is no http(s) URL.
bool is_loopback_url(std::string_view url);
/// kUsage unless it is an absolute http or https URL with a host, without user, password, query or
/// fragment (secrets do not belong in URLs). Returns it without a trailing slash.
Result<std::string> check_base_url(std::string_view url);

}  // namespace emr::http
