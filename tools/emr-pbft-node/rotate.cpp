// rotate: renewing a node's keys or addresses without stopping the consortium. The new key waits
// beside the old one until the ledger registers it; the running node changes over by itself, in the
// epoch that names the new key.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/system_random.h"
#include "common/ledger_guard.h"
#include "contracts/membership.h"
#include "crypto/box.h"
#include "crypto/signing.h"
#include "json/json.h"
#include "net/mesh.h"
#include "node_dir.h"
#include "store/store.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

constexpr std::array<std::string_view, 3> kKeys = {"vote", "transport", "box"};

/// The public half, as it is registered, of a key file.
Result<std::string> public_half(std::string_view name, const std::string& path) {
  EMR_ASSIGN(crypto::Secret32 secret, cli::read_key_file(path));
  if (name == "transport") {
    EMR_ASSIGN(const Hash32 key, net::transport_public_key(secret));
    return to_hex(key);
  }
  if (name == "box") return to_hex(crypto::box_public_key(secret));
  EMR_ASSIGN(const auto key, crypto::SigningKey::from_secret(std::move(secret)));
  return to_hex(key.public_key());
}

std::string registered(const contracts::MemberNode& node, std::string_view name) {
  if (name == "vote") return to_hex(node.vote_key);
  return to_hex(name == "transport" ? node.transport_key : node.box_key);
}

/// What the ledger in DIR registers for this institution; nothing when it knows no such member.
Result<std::optional<contracts::MemberNode>> own_registration(const NodeDir& dir,
                                                              const std::string& id) {
  std::optional<contracts::MemberNode> own;
  if (!exists(dir.data() + "/data.mdb")) return own;
  EMR_ASSIGN(const auto store, store::Store::open_copy(dir.data()));
  const auto view = store->snapshot();
  for (contracts::MemberNode& member : contracts::member_nodes(*view)) {
    if (member.id == id) own = std::move(member);
  }
  return own;
}

/// A successor that the ledger registers takes the place of the old key.
Status finish(const NodeDir& dir, const contracts::MemberNode& own, nlohmann::json& line) {
  for (const std::string_view name : kKeys) {
    if (!exists(dir.next_key(name))) continue;
    EMR_ASSIGN(const std::string next, public_half(name, dir.next_key(name)));
    if (next != registered(own, name)) continue;
    if (std::rename(dir.next_key(name).c_str(), dir.key(name).c_str()) != 0) {
      return fail(Code::kIo, "cannot replace " + dir.key(name));
    }
    line["finished"].push_back(name);
  }
  return {};
}

Result<crypto::Secret32> new_secret(std::string_view name, crypto::RandomSource& random) {
  if (name == "vote") return crypto::SigningKey::generate(random).secret().clone();
  if (name == "box") return crypto::generate_box_keys(random).secret.clone();
  return random.secret32();
}

/// Asked again before it is registered, it prints the same key again.
Status renew(Context& context, const NodeDir& dir, nlohmann::json& args) {
  cli::SystemRandom random;
  for (const std::string_view name : kKeys) {
    if (!context.flag(std::string(name))) continue;
    if (!exists(dir.next_key(name))) {
      EMR_ASSIGN(const crypto::Secret32 secret, new_secret(name, random));
      EMR_TRY(write_key(dir.next_key(name), secret));
    }
    EMR_ASSIGN(args[std::string(name) + "Key"], public_half(name, dir.next_key(name)));
  }
  if (context.given("peer")) args["peer"] = context.text("peer");
  if (context.given("http")) args["http"] = "http://" + context.text("http");
  return {};
}

Status rotate(Context& context) {
  if (context.flag("finish")) {
    EMR_TRY(context.refuse_typed({"vote", "transport", "box", "peer", "http"},
                                 "is for a call of its own: --finish renews nothing"));
  }
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(const NodeConfig config, read_config(dir));
  EMR_ASSIGN(const auto own, own_registration(dir, config.id));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());  // before any key is made
  if (context.flag("finish")) {
    if (!own) return fail(Code::kNegative, "the ledger in DIR knows no such member");
    nlohmann::json line = {{"type", "emr.rotated"}, {"v", 1}, {"id", config.id}};
    line["finished"] = nlohmann::json::array();
    EMR_TRY(finish(dir, *own, line));
    return output->write(json::canonical_checked(line));
  }
  nlohmann::json args = {{"institution", config.id}};
  if (own) {
    nlohmann::json ignored;
    EMR_TRY(finish(dir, *own, ignored));
  }
  EMR_TRY(renew(context, dir, args));
  if (args.size() == 1) return Context::usage("nothing to renew: --vote, --transport, --box, …");
  return output->write(json::canonical_checked(args));
}

}  // namespace

cli::VerbSpec rotate_verb() {
  return {.name = "rotate",
          .summary = "renew the node's keys or addresses",
          .description =
              "Makes successors of the named keys in DIR/keys (NAME.next.key) and prints the "
              "arguments of alliance.rotate. Restart the node, so that it holds both, then let the "
              "institution's admin sign and submit them: the node uses a successor from the block "
              "on that registers it. --finish then replaces the old key files. Renew the transport "
              "keys of one node after the other: a node that was away for all of them knows "
              "nobody's key any more.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of the node",
                       .required = true},
                      {.name = "vote", .kind = Kind::kFlag, .help = "renew the vote key"},
                      {.name = "transport", .kind = Kind::kFlag, .help = "renew the transport key"},
                      {.name = "box", .kind = Kind::kFlag, .help = "renew the box key"},
                      {.name = "peer",
                       .kind = Kind::kHostPort,
                       .help = "where the other nodes reach this one from now on"},
                      {.name = "http",
                       .kind = Kind::kHostPort,
                       .help = "where clients reach this node from now on"},
                      {.name = "finish",
                       .kind = Kind::kFlag,
                       .help = "put registered successors in the place of the old keys"}},
          .examples = {{"renew the vote key",
                        "emr-pbft-node rotate --dir node --vote | emr-tx build alliance.rotate "
                        "--from 0x… | emr-sign -k admin.json --genesis genesis.json | emr-tx "
                        "submit --genesis genesis.json"}},
          .handler = rotate};
}

}  // namespace emr::node_tool
