#include "http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>

#include "base/number.h"

namespace emr::http {
namespace {

void initialise_once() {
  static std::once_flag flag;
  std::call_once(flag, [] { EMR_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

struct SlistFree {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, SlistFree>;

struct UrlFree {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// The parsed URL; null for anything that is not absolute http or https.
std::unique_ptr<CURLU, UrlFree> parse_url(std::string_view text) {
  std::unique_ptr<CURLU, UrlFree> url(curl_url());
  const std::string copy(text);
  if (copy.size() != std::strlen(copy.c_str()) ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK) {
    return nullptr;
  }
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return nullptr;
  return url;
}

bool is_ipv4_loopback(const std::string& host) {
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return copy;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() <= ' ')) text.remove_suffix(1);
  return text;
}

std::string_view find_header(const Headers& headers, std::string_view name) noexcept {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

/// Everything the callbacks of one exchange touch. The first error of ours wins over curl's.
struct Exchange {
  const ClientRequest& request;
  const BodyWriter& writer;
  ClientResponse response;
  std::optional<Error> error;
  ByteView body;
  std::uint64_t received = 0;
  std::size_t header_bytes = 0;
  bool in_body = false;

  bool is_success() const noexcept { return response.status >= 200 && response.status < 300; }
  Result<std::size_t> next_upload(std::span<std::uint8_t> buffer);
  Status take_header(std::string_view line);
  Status take_body(ByteView piece);
};

Result<std::size_t> Exchange::next_upload(std::span<std::uint8_t> buffer) {
  if (request.reader) return request.reader(buffer);
  const std::size_t size = std::min(buffer.size(), body.size());
  std::copy_n(body.begin(), size, buffer.begin());
  body = body.subspan(size);
  return size;
}

// Called for every status line, header and trailer. An interim answer (100 Continue) begins anew.
Status Exchange::take_header(std::string_view line) {
  header_bytes += line.size();
  if (header_bytes > kMaxAnswerHeaderBytes) {
    return fail(Code::kProtocol, "answer has too many headers").with_reason("response_too_large");
  }
  if (!in_body && line.starts_with("HTTP/")) {
    response.headers.clear();
    const std::size_t space = line.find(' ');
    const auto status = parse_u64(line.substr(std::min(space, line.size() - 1) + 1, 3), 999);
    if (!status) return fail(Code::kProtocol, "answer has no status").with_reason("bad_response");
    response.status = static_cast<unsigned>(*status);
    return {};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    // The blank line behind the headers of the final answer; what follows the body are trailers.
    if (response.status >= 200) in_body = true;
    return {};
  }
  Headers& target = in_body ? response.trailers : response.headers;
  target.emplace_back(lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return {};
}

Status Exchange::take_body(ByteView piece) {
  in_body = true;
  received += piece.size();
  if (received > request.max_answer) {
    return fail(Code::kProtocol, "answer is larger than allowed").with_reason("response_too_large");
  }
  if (writer && is_success()) return writer(piece);
  response.body.append(as_text(piece));
  return {};
}

std::size_t on_upload(char* buffer, std::size_t size, std::size_t count, void* context) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  Result<std::size_t> got =
      exchange.next_upload({reinterpret_cast<std::uint8_t*>(buffer), size * count});
  if (got) return *got;
  exchange.error = std::move(got).error();
  return CURL_READFUNC_ABORT;
}

// curl rewinds the upload when a kept connection turns out to be closed; a reader cannot rewind.
int on_seek(void* context, curl_off_t offset, int origin) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  if (exchange.request.reader || origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  if (static_cast<std::size_t>(offset) > exchange.request.body.size()) return CURL_SEEKFUNC_FAIL;
  exchange.body = exchange.request.body.subspan(static_cast<std::size_t>(offset));
  return CURL_SEEKFUNC_OK;
}

std::size_t on_header(char* buffer, std::size_t size, std::size_t count, void* context) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  Status status = exchange.take_header({buffer, size * count});
  if (status) return size * count;
  exchange.error = std::move(status).error();
  return 0;
}

std::size_t on_body(char* buffer, std::size_t size, std::size_t count, void* context) {
  Exchange& exchange = *static_cast<Exchange*>(context);
  Status status = exchange.take_body({reinterpret_cast<const std::uint8_t*>(buffer), size * count});
  if (status) return size * count;
  exchange.error = std::move(status).error();
  return 0;
}

Error transport_error(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return fail(Code::kUsage, "URL is not http or https").with_reason("url");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return fail(Code::kUnavailable, "host name cannot be resolved").with_reason("connect");
    case CURLE_COULDNT_CONNECT:
      return fail(Code::kUnavailable, "nobody answers at that address").with_reason("connect");
    case CURLE_OPERATION_TIMEDOUT:
      return fail(Code::kUnavailable, "no answer in time").with_reason("timeout");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
      return fail(Code::kUnavailable, "TLS connection failed").with_reason("tls");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return fail(Code::kProtocol, "answer is not HTTP").with_reason("bad_response");
    default:
      return fail(Code::kUnavailable, "connection broke before the whole answer arrived")
          .with_reason("network");
  }
}

HeaderList header_list(const ClientRequest& request) {
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  bool has_type = false;
  for (const auto& [name, value] : request.headers) {
    has_type = has_type || lower(name) == "content-type";
    // "Name;" is curl's spelling of a header without a value.
    list = curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
  }
  if (!has_type) list = curl_slist_append(list, "Content-Type:");
  return HeaderList(list);
}

}  // namespace

struct Client::Impl {
  explicit Impl(ClientOptions client_options) : options(std::move(client_options)) {
    initialise_once();
    handle = curl_easy_init();
    EMR_CHECK(handle != nullptr);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { curl_easy_cleanup(handle); }

  template <class Value>
  void set(CURLoption option, Value value) {
    EMR_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
  }
  void set_policy(const ClientRequest& request);
  void set_body(const ClientRequest& request);

  ClientOptions options;
  CURL* handle = nullptr;
};

void Client::Impl::set_policy(const ClientRequest& request) {
  curl_easy_reset(handle);  // keeps the connection
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(kConnectTimeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(request.timeout.count(), 1)));
  set(CURLOPT_USERAGENT, "emr-tools/" EMR_VERSION);
  set(CURLOPT_BUFFERSIZE, 256L * 1024L);
  set(CURLOPT_UPLOAD_BUFFERSIZE, 1024L * 1024L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (is_loopback_url(request.url)) set(CURLOPT_PROXY, "");
}

// UPLOAD makes curl pull the body through on_upload; without a size it sends chunks.
void Client::Impl::set_body(const ClientRequest& request) {
  const bool has_body = request.reader || !request.body.empty() || request.method == "POST";
  if (has_body) {
    set(CURLOPT_UPLOAD, 1L);
    std::optional<std::uint64_t> size = request.body_size;
    if (!request.reader) size = request.body.size();
    set(CURLOPT_INFILESIZE_LARGE, size ? static_cast<curl_off_t>(*size) : curl_off_t{-1});
  }
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<ClientResponse> Client::send(const ClientRequest& request, const BodyWriter& writer) {
  if (!parse_url(request.url)) return transport_error(CURLE_URL_MALFORMAT);
  Exchange exchange{
      .request = request, .writer = writer, .response = {}, .error = {}, .body = request.body};
  impl_->set_policy(request);
  impl_->set_body(request);
  const HeaderList headers = header_list(request);
  impl_->set(CURLOPT_URL, request.url.c_str());
  impl_->set(CURLOPT_HTTPHEADER, headers.get());
  impl_->set(CURLOPT_READFUNCTION, &on_upload);
  impl_->set(CURLOPT_READDATA, static_cast<void*>(&exchange));
  impl_->set(CURLOPT_SEEKFUNCTION, &on_seek);
  impl_->set(CURLOPT_SEEKDATA, static_cast<void*>(&exchange));
  impl_->set(CURLOPT_HEADERFUNCTION, &on_header);
  impl_->set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  impl_->set(CURLOPT_WRITEFUNCTION, &on_body);
  impl_->set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  const CURLcode code = curl_easy_perform(impl_->handle);
  if (exchange.error) return *std::move(exchange.error);
  if (code != CURLE_OK) return transport_error(code);
  return std::move(exchange.response);
}

std::string_view ClientResponse::header(std::string_view name) const noexcept {
  return find_header(headers, name);
}

std::string_view ClientResponse::trailer(std::string_view name) const noexcept {
  return find_header(trailers, name);
}

bool is_loopback_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return false;
  const std::string host = lower(url_part(url.get(), CURLUPART_HOST));
  return host == "localhost" || host == "[::1]" || is_ipv4_loopback(host);
}

Result<std::string> check_base_url(std::string_view text) {
  const auto url = parse_url(text);
  const Error refused = fail(Code::kUsage, "not an absolute http or https URL").with_reason("url");
  if (!url || url_part(url.get(), CURLUPART_HOST).empty()) return refused;
  for (const CURLUPart part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    if (!url_part(url.get(), part).empty()) return refused;
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace emr::http
