// init: the keys of a new node, and the line by which others know it.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/system_random.h"
#include "crypto/box.h"
#include "crypto/signing.h"
#include "json/json.h"
#include "ledger/genesis.h"
#include "net/mesh.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

/// The public halves of what init makes.
struct PublicKeys {
  crypto::PublicKey vote{};
  Hash32 transport{};
  Hash32 box{};
  Hash32 archive{};
};

Result<PublicKeys> make_keys(const NodeDir& dir, crypto::RandomSource& random) {
  PublicKeys keys;
  const crypto::SigningKey vote = crypto::SigningKey::generate(random);
  const crypto::Secret32 transport = random.secret32();
  const crypto::BoxKeyPair box = crypto::generate_box_keys(random);
  const crypto::BoxKeyPair archive = crypto::generate_box_keys(random);
  keys.vote = vote.public_key();
  EMR_ASSIGN(keys.transport, net::transport_public_key(transport));
  keys.box = box.public_key;
  keys.archive = archive.public_key;
  EMR_TRY(write_key(dir.key("vote"), vote.secret()));
  EMR_TRY(write_key(dir.key("transport"), transport));
  EMR_TRY(write_key(dir.key("box"), box.secret));
  EMR_TRY(write_key(dir.institution_key("archive"), archive.secret));
  EMR_TRY(write_key(dir.institution_key("tag"), random.secret32()));
  return keys;
}

nlohmann::json descriptor(const Context& context, const PublicKeys& keys,
                          const crypto::Address& admin) {
  return {{"type", "emr.node"},
          {"v", 1},
          {"id", context.text("id")},
          {"name", context.text("name")},
          {"uscc", context.text("uscc")},
          {"admin", admin.text()},
          {"archiveKey", to_hex(keys.archive)},
          {"permission", context.text("permission")},
          {"node",
           {{"voteKey", to_hex(keys.vote)},
            {"transportKey", to_hex(keys.transport)},
            {"boxKey", to_hex(keys.box)},
            {"peer", context.text("peer")},
            {"http", "http://" + context.text("http")}}}};
}

Status init(Context& context) {
  if (!ledger::is_valid_uscc(context.text("uscc"))) {
    return Context::usage("--uscc is not a unified social credit code (18 characters, checked)");
  }
  EMR_ASSIGN(const crypto::Address admin, crypto::parse_address(context.text("admin")));
  EMR_ASSIGN(const HostPort peer, split_host_port(context.text("peer")));
  EMR_ASSIGN(const HostPort http, split_host_port(context.text("http")));
  // Before any key: a descriptor that cannot be written would leave a node that nobody knows.
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  const NodeDir dir(context.text("dir"));
  EMR_TRY(dir.create());
  cli::SystemRandom random;
  EMR_ASSIGN(const PublicKeys keys, make_keys(dir, random));
  const auto listen = [](const HostPort& at) {
    return listen_address_for(at.host) + ":" + std::to_string(at.port);
  };
  EMR_TRY(write_config(dir, {context.text("id"), listen(peer), listen(http)}));
  return output->write(json::canonical_checked(descriptor(context, keys, admin)));
}

}  // namespace

cli::VerbSpec init_verb() {
  return {.name = "init",
          .summary = "make the keys of a new node and print its descriptor",
          .description =
              "Makes the node's keys in DIR and prints one emr.node line with their public halves "
              "for the dealer. Existing keys are never overwritten.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of the node; made with mode 0700",
                       .required = true},
                      {.name = "id",
                       .help = "id of the institution in the consortium, as in hosp-a",
                       .required = true},
                      {.name = "name", .help = "name of the institution", .required = true},
                      {.name = "uscc",
                       .help = "unified social credit code of the institution",
                       .required = true},
                      {.name = "admin",
                       .kind = Kind::kAddress,
                       .help = "account of the institution's first administrator",
                       .required = true},
                      {.name = "peer",
                       .kind = Kind::kHostPort,
                       .help = "where the other nodes reach this one",
                       .required = true},
                      {.name = "http",
                       .kind = Kind::kHostPort,
                       .help = "where clients reach this node",
                       .required = true},
                      {.name = "permission",
                       .kind = Kind::kChoice,
                       .help = "may the institution write records, or only read",
                       .preset = "write",
                       .choices = {"write", "read"}}},
          .examples = {{"prepare a node",
                        "emr-pbft-node init --dir node --id hosp-a --name '第一医院' --uscc "
                        "12110000400686325C --admin 0x… --peer 10.0.0.1:7001 --http "
                        "10.0.0.1:8001 > hosp-a.json"}},
          .handler = init};
}

}  // namespace emr::node_tool
