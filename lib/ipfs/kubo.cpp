#include "ipfs/kubo.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "content/limits.h"
#include "ipfs/rpc.h"

namespace emr::ipfs {
namespace {

using content::Cid;
using nlohmann::json;

std::string random_boundary() {
  std::array<std::uint8_t, 16> bytes{};
  EMR_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return "emr-tools-" + to_hex(bytes);
}

Error bad_answer(std::string message, std::string reason) {
  return fail(Code::kProtocol, std::move(message)).with_reason(std::move(reason));
}

/// The member `key` as text; "" when it is not there or no text.
std::string text_member(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// {"Root":{"Cid":{"/":text},"PinErrorMsg":text}}: is it a good pin of this root?
Status check_root_line(const json& root_line, const Cid& root, bool& pinned) {
  const std::string pin_error = text_member(root_line, "PinErrorMsg");
  if (!pin_error.empty()) {
    return bad_answer("the IPFS node could not pin: " + quote_peer(pin_error), "not_pinned");
  }
  const auto link = root_line.find("Cid");
  if (link == root_line.end() || !link->is_object()) return {};
  const Result<Cid> named = content::parse_cid(text_member(*link, "/"));
  if (named && content::same_block(*named, root)) pinned = true;
  return {};
}

/// {"Stats":{"BlockCount":n}}: how many blocks the node says it took.
std::optional<std::uint64_t> block_count_of(const json& line) {
  const auto stats = line.find("Stats");
  if (stats == line.end() || !stats->is_object()) return std::nullopt;
  const auto count = stats->find("BlockCount");
  if (count == stats->end() || !count->is_number_unsigned()) return std::nullopt;
  return count->get<std::uint64_t>();
}

http::BodyReader read_from(ByteView& rest) {
  return [&rest](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
    const std::size_t size = std::min(buffer.size(), rest.size());
    std::copy_n(rest.begin(), size, buffer.begin());
    rest = rest.subspan(size);
    return size;
  };
}

std::string seconds_text(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  return std::to_string(std::max<std::int64_t>(seconds, 1)) + "s";
}

}  // namespace

Result<Kubo> Kubo::make(KuboOptions options) {
  EMR_ASSIGN(options.api, http::check_base_url(options.api));
  const bool clear = options.api.starts_with("http://") && !http::is_loopback_url(options.api);
  if (clear && !options.token.empty() && !options.allow_plain_token) {
    return fail(Code::kUsage, "the API token would cross the network unencrypted")
        .with_hint("use https, or an ssh tunnel to 127.0.0.1");
  }
  return Kubo(std::move(options));
}

http::Headers Kubo::headers() const {
  http::Headers list;
  if (!options_.token.empty()) list.emplace_back("Authorization", options_.token.text());
  return list;
}

Result<http::ClientResponse> Kubo::call(const RpcQuery& query, std::uint64_t max_answer) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = options_.api + query.text();
  request.headers = headers();
  request.timeout = options_.timeout + std::chrono::seconds(1);  // the node gives up first
  request.max_answer = max_answer;
  EMR_ASSIGN(http::ClientResponse answer, client_.send(request));
  EMR_TRY(check_answer(answer));
  return answer;
}

Result<http::ClientResponse> Kubo::upload(const RpcQuery& query, const http::BodyReader& content,
                                          std::optional<std::uint64_t> size) {
  FileUpload body(content, random_boundary());
  http::ClientRequest request;
  request.method = "POST";
  request.url = options_.api + query.text();
  request.headers = headers();
  request.headers.emplace_back("Content-Type", body.content_type());
  request.reader = [&body](std::span<std::uint8_t> buffer) { return body.read(buffer); };
  if (size) request.body_size = body.size_with(*size);
  const std::uint64_t bytes = size.value_or(content::kMaxObjectSize);
  request.timeout = options_.timeout + std::chrono::seconds(bytes / kUploadBytesPerSecond);
  request.max_answer = kMaxRpcAnswer;
  EMR_ASSIGN(http::ClientResponse answer, client_.send(request));
  EMR_TRY(check_answer(answer));
  return answer;
}

Result<std::string> Kubo::version() {
  const RpcQuery query("version");
  EMR_ASSIGN(const http::ClientResponse answer, call(query, kMaxRpcAnswer));
  std::string version;
  EMR_TRY(for_each_line(answer.body, [&version](const json& line) -> Status {
    version = quote_peer(text_member(line, "Version"));
    return {};
  }));
  if (version.empty()) return bad_answer("the IPFS node does not tell its version", "bad_answer");
  return version;
}

Result<Cid> Kubo::add(const http::BodyReader& content, std::optional<std::uint64_t> size,
                      const content::Layout& layout) {
  EMR_TRY(content::check_layout(layout));
  RpcQuery query("add");
  query.add("cid-version", std::uint64_t{layout.cid_version})
      .add("raw-leaves", layout.raw_leaves)
      .add("chunker", std::string_view("size-" + std::to_string(layout.chunk_size)))
      .add("max-file-links", std::uint64_t{layout.max_links})
      .add("hash", "sha2-256")
      .add("trickle", false)
      .add("inline", false)
      .add("nocopy", false)
      .add("fscache", false)
      .add("wrap-with-directory", false)
      .add("pin", true)
      .add("progress", false)
      .add("quieter", false)
      .add("cid-base", "base32")
      .add("stream-channels", true)
      .add("fast-provide-root", false);
  EMR_ASSIGN(const http::ClientResponse answer, upload(query, content, size));
  std::optional<Cid> root;
  EMR_TRY(for_each_line(answer.body, [&root](const json& line) -> Status {
    const std::string hash = text_member(line, "Hash");
    if (hash.empty()) return {};  // a progress line
    EMR_ASSIGN(root, content::parse_cid(hash));
    return {};
  }));
  if (!root) return bad_answer("the IPFS node does not name what it added", "empty_answer");
  return *root;
}

Result<Bytes> Kubo::block_get(const Cid& cid) {
  RpcQuery query("block/get");
  query.add("arg", std::string_view(content::format_cid(content::to_version_1(cid))))
      .add("timeout", std::string_view(seconds_text(options_.timeout)));
  EMR_ASSIGN(const http::ClientResponse answer, call(query, content::kMaxBlockSize));
  Bytes block = to_bytes(answer.body);
  if (content::check_block(cid, block)) return block;
  return bad_answer("the IPFS node answered with a block that does not match its CID",
                    "block_mismatch");
}

Status Kubo::import_blocks(ByteView archive, std::uint64_t block_count,
                           const std::optional<Cid>& root) {
  RpcQuery query("dag/import");
  query.add("pin-roots", root.has_value())
      .add("stats", true)
      .add("silent", false)
      .add("allow-big-block", false)
      .add("fast-provide-root", false);
  ByteView rest = archive;
  EMR_ASSIGN(const http::ClientResponse answer, upload(query, read_from(rest), archive.size()));
  bool pinned = false;
  bool counted = false;
  const auto read_line = [&](const json& line) -> Status {
    const auto root_line = line.find("Root");
    if (root && root_line != line.end() && root_line->is_object()) {
      EMR_TRY(check_root_line(*root_line, *root, pinned));
    }
    counted = counted || block_count_of(line) == block_count;
    return {};
  };
  EMR_TRY(for_each_line(answer.body, read_line));
  if (!counted) return bad_answer("the IPFS node did not take every block", "incomplete");
  if (root && !pinned) return bad_answer("the IPFS node did not pin the root", "not_pinned");
  return {};
}

Status Kubo::unpin(const Cid& cid) {
  RpcQuery query("pin/rm");
  query.add("arg", std::string_view(content::format_cid(cid))).add("recursive", true);
  EMR_TRY(call(query, kMaxRpcAnswer));
  return {};
}

}  // namespace emr::ipfs
