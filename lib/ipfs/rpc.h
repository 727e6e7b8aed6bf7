// Pieces of Kubo's RPC: multipart bodies, and answers that can fail in five places. Private to this
// layer; the client is kubo.h.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "http/curl_client.h"

namespace emr::ipfs {

/// A query string in the making. Values are CIDs, numbers and words: nothing needs escaping
/// (checked).
class RpcQuery {
 public:
  explicit RpcQuery(std::string_view command) : text_("/api/v0/" + std::string(command)) {}
  RpcQuery& add(std::string_view key, std::string_view value);
  RpcQuery& add(std::string_view key, std::uint64_t number);
  RpcQuery& add(std::string_view key, bool value) { return add(key, value ? "true" : "false"); }
  RpcQuery& add(std::string_view key, const char* value) {
    return add(key, std::string_view(value));
  }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  bool first_ = true;
};

/// A multipart/form-data body with one file in it, streamed. The file's name is a constant: a real
/// one would tell the node whose it is.
class FileUpload {
 public:
  /// `boundary` must be unpredictable, because the content may be hostile.
  FileUpload(http::BodyReader content, std::string_view boundary);
  std::string content_type() const;
  /// Size of the whole body for a content of this size.
  std::uint64_t size_with(std::uint64_t content_size) const;
  Result<std::size_t> read(std::span<std::uint8_t> buffer);

 private:
  http::BodyReader content_;
  std::string boundary_;
  std::string head_;
  std::string tail_;
  std::size_t head_sent_ = 0;
  std::size_t tail_sent_ = 0;
  bool content_ended_ = false;
};

/// The error that an answer stands for, if any: its status, its X-Stream-Error trailer.
Status check_answer(const http::ClientResponse& answer);
/// Calls `fn` for every line of an NDJSON answer; a line of type "error" in the middle is an error.
/// No line at all is kProtocol ("empty_answer"): Kubo and its cousins have answered 200 with
/// nothing.
Status for_each_line(std::string_view body, const std::function<Status(const nlohmann::json&)>& fn);
/// A peer's message made fit for a log: printable ASCII, at most kMaxPeerMessage characters.
std::string quote_peer(std::string_view message);

}  // namespace emr::ipfs
