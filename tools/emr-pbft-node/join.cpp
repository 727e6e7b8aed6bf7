// join: takes this institution's share out of its sealed file and checks everything before the
// first start.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/box.h"
#include "crypto/signing.h"
#include "json/access.h"
#include "json/json.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

constexpr std::size_t kShareFileBytesMax = 16 * 1024;

Error mismatch(std::string message, std::string hint) {
  return fail(Code::kConfig, std::move(message)).with_hint(std::move(hint));
}

/// Null for a member that comes later, or that has renewed its vote key since.
Result<const ledger::Institution*> own_entry(const ledger::Genesis& genesis, const NodeDir& dir) {
  EMR_ASSIGN(crypto::Secret32 secret, cli::read_key_file(dir.key("vote")));
  EMR_ASSIGN(const auto vote, crypto::SigningKey::from_secret(std::move(secret)));
  for (const ledger::Institution& member : genesis.institutions) {
    if (member.node.vote_key == vote.public_key()) return &member;
  }
  return nullptr;
}

/// What a sealed file holds: a founder's share and the linkage key; for later members the latter.
struct Unsealed {
  std::optional<threshold::KeyShare> share;
  crypto::Secret32 linkage;
};

Result<Unsealed> unseal(const NodeDir& dir, const std::string& path,
                        const ledger::Genesis& genesis) {
  EMR_ASSIGN(const std::string text, cli::read_file(path, kShareFileBytesMax));
  EMR_ASSIGN(const auto tree, json::parse_object(text));
  EMR_TRY(json::expect_type(tree, "emr.share"));
  EMR_ASSIGN(const Hash32 for_genesis, json::get_hex32(tree, "genesis"));
  if (for_genesis != genesis.hash) {
    return mismatch("the share was dealt for another genesis",
                    "ask the dealer for a matching pair");
  }
  EMR_ASSIGN(const Bytes box, json::get_base64(tree, "box", 1024));
  EMR_ASSIGN(const crypto::Secret32 box_key, cli::read_key_file(dir.key("box")));
  const auto plain = crypto::open_sealed_box(box_key, box);
  const bool linkage_only = plain && plain->size() == 32;
  if (!plain || (!linkage_only && plain->size() != 36 + 32)) {
    return mismatch("the share is not sealed to this node",
                    "each institution has a file of its own");
  }
  Unsealed unsealed;
  if (!linkage_only) {
    EMR_ASSIGN(auto share, threshold::KeyShare::decode(plain->view().first(36)));
    unsealed.share.emplace(std::move(share));
  }
  EMR_ASSIGN(unsealed.linkage,
             crypto::Secret32::from_bytes(plain->view().subspan(linkage_only ? 0 : 36)));
  return unsealed;
}

/// Does the share fit the public keys of the genesis, and the linkage key its check?
Status check(const Unsealed& key, const ledger::Genesis& genesis) {
  if (linkage_check(key.linkage) != genesis.linkage_check) {
    return mismatch("the linkage key is not the one of the genesis", "ask the sender again");
  }
  if (!key.share) return {};
  const ledger::ThresholdKey& known = genesis.threshold;
  EMR_ASSIGN(const auto keys, threshold::KeySet::decode(known.quorum, known.group_key,
                                                        known.verification_keys));
  return threshold::check_share(keys, *key.share);
}

Status install(const NodeDir& dir, const std::string& file, const ledger::Genesis& genesis,
               bool founder) {
  EMR_ASSIGN(Unsealed key, unseal(dir, file, genesis));
  EMR_TRY(check(key, genesis));
  if (founder && !key.share) {
    return mismatch("the file holds no share, and a founder needs its own", "ask the dealer");
  }
  EMR_TRY(write_key(dir.institution_key("linkage"), key.linkage));
  if (!key.share) return {};
  return write_share(dir.share(), {*std::move(key.share), std::move(key.linkage)});
}

Status join(Context& context) {
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(const ledger::Genesis genesis, read_genesis(context.text("genesis")));
  EMR_ASSIGN(const ledger::Institution* const self, own_entry(genesis, dir));
  EMR_ASSIGN(NodeConfig config, read_config(dir));
  config.later = self == nullptr;
  if (config.later && !context.flag("later")) {
    return mismatch("the genesis does not register this node's keys",
                    "use the genesis that was made with this node's descriptor; a member that "
                    "comes later says --later");
  }
  if (!config.later && context.flag("later")) {
    return Context::usage("--later is for who is not in the genesis, and this node is");
  }
  if (!config.later && !context.given("share")) return Context::usage("a founder needs --share");
  EMR_ASSIGN(cli::LineWriter* const output, context.output());  // before anything is installed
  if (context.given("share")) {
    EMR_TRY(install(dir, context.text("share"), genesis, !config.later));
  }
  // A founder that comes back has voted before, whatever its directory says.
  const bool is_new = self != nullptr || !genesis.index_of(config.id);
  if (is_new) EMR_TRY(permit_first_start(dir));
  EMR_TRY(cli::write_file(dir.genesis(), ledger::encode_genesis(genesis) + "\n"));
  if (config.later) EMR_TRY(write_config(dir, config));
  const nlohmann::json line = {{"type", "emr.joined"},
                               {"v", 1},
                               {"id", self != nullptr ? self->id : config.id},
                               {"chainId", genesis.chain_id},
                               {"genesis", to_hex(genesis.hash)},
                               {"status", config.later ? "pending" : "founder"}};
  return output->write(json::canonical_checked(line));
}

}  // namespace

cli::VerbSpec join_verb() {
  return {.name = "join",
          .summary = "install the genesis and this institution's share",
          .description =
              "Checks that the genesis registers this node, opens the sealed share with the node's "
              "box key, checks it against the genesis, and installs both in DIR. Compare the "
              "printed genesis hash with the other members by another way than the network."
              "\n\nA member that comes later is not in the genesis and holds no share: --later. "
              "Its --share, if given, is the linkage key that a member handed over.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of the node",
                       .required = true},
                      {.name = "genesis",
                       .kind = Kind::kFile,
                       .help = "genesis.json of the consortium",
                       .required = true},
                      {.name = "share",
                       .kind = Kind::kFile,
                       .help = "share-ID.json of this institution"},
                      {.name = "later",
                       .kind = Kind::kFlag,
                       .help = "the genesis does not know this node: it applies for membership"}},
          .examples = {{"join",
                        "emr-pbft-node join --dir node --genesis genesis.json --share "
                        "share-hosp-a.json"},
                       {"come later",
                        "emr-pbft-node join --later --dir node --genesis genesis.json"}},
          .handler = join};
}

}  // namespace emr::node_tool
