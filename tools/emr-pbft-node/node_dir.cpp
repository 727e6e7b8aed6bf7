#include "node_dir.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "cli/files.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::node_tool {

namespace {

using Json = nlohmann::json;

/// node.json and share.key are a few hundred bytes.
constexpr std::size_t kSmallFileBytesMax = 16 * 1024;
/// A smaller ledger is a mistake in the unit.
constexpr std::uint64_t kStoreLimitLeast = std::uint64_t{8} << 20;

Status make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(Code::kCantCreate, "cannot create " + path + ": " + std::strerror(errno));
}

Error in_file(Error error, const std::string& path) {
  error.message = path + ": " + error.message;
  return error;
}

Result<NodeConfig> parse_config(const std::string& path) {
  EMR_ASSIGN(const std::string text, cli::read_file(path, kSmallFileBytesMax));
  EMR_ASSIGN(const Json tree, json::parse_object(text));
  EMR_TRY(json::expect_type(tree, "emr.node-config"));
  NodeConfig config;
  EMR_ASSIGN(config.id, json::get_string(tree, "id", {.max = 64}));
  EMR_ASSIGN(config.peer_listen, json::get_string(tree, "peerListen", {.max = 128}));
  EMR_ASSIGN(config.http_listen, json::get_string(tree, "httpListen", {.max = 128}));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "id", "peerListen", "httpListen", "storeLimitBytes", "later"}));
  EMR_ASSIGN(const auto limit, json::find_u64(tree, "storeLimitBytes", {.min = kStoreLimitLeast}));
  config.store_limit_bytes = limit.value_or(0);
  EMR_ASSIGN(const auto later, json::find_bool(tree, "later"));
  config.later = later.value_or(false);
  return config;
}

}  // namespace

Status NodeDir::create() const {
  EMR_TRY(make_private_folder(path_));
  EMR_TRY(make_private_folder(path_ + "/keys"));
  return make_private_folder(path_ + "/institution");
}

Status permit_first_start(const NodeDir& dir) {
  return cli::write_file(dir.first_start(),
                         "This node has never run: it may vote with an empty data directory.\n"
                         "Removed by the first start. Never bring it back.\n");
}

bool is_first_start(const NodeDir& dir) { return ::access(dir.first_start().c_str(), F_OK) == 0; }

Status spend_first_start(const NodeDir& dir) {
  const auto failed = [&] {
    return fail(Code::kIo, "cannot remove " + dir.first_start() + ": " + std::strerror(errno));
  };
  if (::unlink(dir.first_start().c_str()) != 0 && errno != ENOENT) return failed();
  const int folder = ::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed();
  const bool synced = ::fsync(folder) == 0 || errno == EINVAL;
  ::close(folder);
  if (!synced) return failed();
  return {};
}

Status write_config(const NodeDir& dir, const NodeConfig& config) {
  Json tree = {{"type", "emr.node-config"},
               {"v", 1},
               {"id", config.id},
               {"peerListen", config.peer_listen},
               {"httpListen", config.http_listen}};
  if (config.store_limit_bytes > 0) tree["storeLimitBytes"] = config.store_limit_bytes;
  if (config.later) tree["later"] = true;
  return cli::write_file(dir.config(), json::canonical_checked(tree) + "\n");
}

Result<NodeConfig> read_config(const NodeDir& dir) {
  Result<NodeConfig> config = parse_config(dir.config());
  if (config || config.error().code != Code::kData) return config;
  Error error = in_file(std::move(config).error(), dir.config());
  error.code = Code::kConfig;  // our own configuration, not somebody's data
  return error;
}

Result<ledger::Genesis> read_genesis(const std::string& path) {
  EMR_ASSIGN(std::string text, cli::read_file(path, ledger::kGenesisBytesMax + 1));
  if (text.ends_with('\n')) text.pop_back();
  auto genesis = ledger::parse_genesis(text);
  if (!genesis) return in_file(std::move(genesis).error(), path);
  return genesis;
}

bool certificate_holds(const store::Snapshot& view, ByteView certificate,
                       const ledger::BlockHeader& header, const ledger::Genesis& genesis) {
  const auto links = view.epoch_links(header.epoch);
  return links && ledger::verify_certificate(header, certificate, genesis, *links).ok();
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Status write_key(const std::string& path, const crypto::Secret32& key) {
  std::string text = to_hex(key.view()) + "\n";
  const Status written = cli::write_new_secret_file(path, text);
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return written;
}

Status write_share(const std::string& path, const ShareKey& key) {
  std::string text = "{\"linkage\":\"" + to_hex(key.linkage.view()) + "\",\"share\":\"" +
                     to_hex(key.share.encode().view()) + "\",\"type\":\"emr.share-key\",\"v\":1}\n";
  const Status written = cli::write_new_secret_file(path, text);
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return written;
}

Result<ShareKey> read_share(const std::string& path) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(path));
  auto tree = json::parse_object(text.text());
  if (!tree) return in_file(std::move(tree).error(), path);
  EMR_TRY(json::expect_type(*tree, "emr.share-key"));
  EMR_ASSIGN(const Bytes share, json::get_hex(*tree, "share", 36));
  EMR_ASSIGN(const Hash32 linkage, json::get_hex32(*tree, "linkage"));
  const crypto::SecretBytes wiped(Bytes{share});
  EMR_ASSIGN(auto decoded, threshold::KeyShare::decode(wiped.view()));
  return ShareKey{std::move(decoded), crypto::Secret32(linkage)};
}

// crypto::key_check as a number: the spelling of the genesis, which emr-desensitize compares with.
std::uint64_t linkage_check(const crypto::Secret32& linkage) {
  std::uint64_t check = 0;
  for (const char digit : crypto::key_check(linkage.view())) {
    check = check << 4 | static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return check;
}

Result<HostPort> split_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(Code::kConfig, "an address is not HOST:PORT");
  }
  HostPort parts;
  parts.host = text.substr(0, colon);
  if (parts.host.starts_with('[') && parts.host.ends_with(']')) {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  EMR_ASSIGN(const std::uint64_t port, parse_u64(text.substr(colon + 1), 65535));
  parts.port = static_cast<std::uint16_t>(port);
  return parts;
}

std::string listen_address_for(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") return "127.0.0.1";
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return host;
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return "[" + host + "]";
  return "0.0.0.0";
}

}  // namespace emr::node_tool
