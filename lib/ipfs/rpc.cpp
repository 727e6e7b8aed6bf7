#include "ipfs/rpc.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ipfs/limits.h"
#include "json/json.h"

namespace emr::ipfs {
namespace {

using nlohmann::json;

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

/// What Kubo says in words, as one of our kinds.
Error peer_error(std::string_view message) {
  if (contains(message, "not found") || contains(message, "could not find")) {
    return fail(Code::kNegative, "the IPFS node does not have the block").with_reason("not_found");
  }
  if (contains(message, "timed out") || contains(message, "deadline exceeded")) {
    return fail(Code::kUnavailable, "the IPFS node found nothing in time").with_reason("timeout");
  }
  return fail(Code::kProtocol, "the IPFS node reports: " + quote_peer(message))
      .with_reason("peer_error");
}

/// The text of {"Message":…,"Code":…,"Type":"error"}, or nothing.
std::optional<std::string> error_message(const json& line) {
  if (!line.is_object() || !line.contains("Message") || !line["Message"].is_string()) return {};
  if (!line.contains("Type") || line["Type"] != "error") return {};
  return line["Message"].get<std::string>();
}

/// What an HTTP error says: JSON, or plain text from the layers before the commands.
std::string body_message(std::string_view body) {
  if (const Result<json> tree = emr::json::parse_object(body)) {
    if (const auto message = error_message(*tree)) return *message;
  }
  return std::string(body.substr(0, body.find('\n')));
}

}  // namespace

RpcQuery& RpcQuery::add(std::string_view key, std::string_view value) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
  EMR_CHECK(value.find_first_not_of(kSafe) == std::string_view::npos);
  text_ += first_ ? '?' : '&';
  first_ = false;
  text_.append(key).append("=").append(value);
  return *this;
}

RpcQuery& RpcQuery::add(std::string_view key, std::uint64_t number) {
  return add(key, std::string_view(std::to_string(number)));
}

FileUpload::FileUpload(http::BodyReader content, std::string_view boundary)
    : content_(std::move(content)), boundary_(boundary) {
  head_ = "--" + boundary_ +
          "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n"
          "Content-Type: application/octet-stream\r\n\r\n";
  tail_ = "\r\n--" + boundary_ + "--\r\n";
}

std::string FileUpload::content_type() const {
  return "multipart/form-data; boundary=" + boundary_;
}

std::uint64_t FileUpload::size_with(std::uint64_t content_size) const {
  return head_.size() + content_size + tail_.size();
}

Result<std::size_t> FileUpload::read(std::span<std::uint8_t> buffer) {
  const auto copy_from = [&buffer](const std::string& text, std::size_t& sent) {
    const std::size_t size = std::min(buffer.size(), text.size() - sent);
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(sent), size, buffer.begin());
    sent += size;
    return size;
  };
  if (head_sent_ < head_.size()) return copy_from(head_, head_sent_);
  if (!content_ended_) {
    EMR_ASSIGN(const std::size_t got, content_(buffer));
    if (got > 0) return got;
    content_ended_ = true;
  }
  return copy_from(tail_, tail_sent_);
}

std::string quote_peer(std::string_view message) {
  std::string text;
  for (const char c : message.substr(0, kMaxPeerMessage)) {
    text += c >= ' ' && c <= '~' ? c : ' ';
  }
  return text;
}

Status check_answer(const http::ClientResponse& answer) {
  const std::string_view late = answer.trailer("x-stream-error");
  if (!late.empty()) return peer_error(late);
  if (answer.status == 200) return {};
  if (answer.status == 403) {
    return fail(Code::kDenied, "the IPFS node refuses this command")
        .with_reason("forbidden")
        .with_hint("the API token must be listed under API.Authorizations of the node");
  }
  if (answer.status == 404 || answer.status == 405) {
    return fail(Code::kProtocol, "that address is not an IPFS RPC endpoint")
        .with_reason("not_rpc")
        .with_hint("the RPC of Kubo usually listens on port 5001, its gateway on 8080");
  }
  return peer_error(body_message(answer.body));
}

Status for_each_line(std::string_view body,
                     const std::function<Status(const nlohmann::json&)>& fn) {
  std::size_t count = 0;
  while (!body.empty()) {
    const std::size_t stop = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, stop);
    body.remove_prefix(std::min(stop + 1, body.size()));
    if (line.empty()) continue;
    Result<json> tree = fail(Code::kData, "");
    if (line.size() <= kMaxRpcLine) tree = emr::json::parse_object(line);
    if (!tree) {
      return fail(Code::kProtocol, "the IPFS node's answer is not JSON").with_reason("bad_answer");
    }
    if (const auto message = error_message(*tree)) return peer_error(*message);
    ++count;
    EMR_TRY(fn(*tree));
  }
  if (count > 0) return {};
  return fail(Code::kProtocol, "the IPFS node answered with nothing").with_reason("empty_answer");
}

}  // namespace emr::ipfs
