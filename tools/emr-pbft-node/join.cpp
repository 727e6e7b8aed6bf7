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

Result<const ledger::Institution*> own_entry(const ledger::Genesis& genesis, const NodeDir& dir) {
  EMR_ASSIGN(crypto::Secret32 secret, cli::read_key_file(dir.key("vote")));
  EMR_ASSIGN(const auto vote, crypto::SigningKey::from_secret(std::move(secret)));
  for (const ledger::Institution& member : genesis.institutions) {
    if (member.node.vote_key == vote.public_key()) return &member;
  }
  return mismatch("the genesis does not register this node's keys",
                  "use the genesis that was made with this node's descriptor");
}

Result<ShareKey> unseal(const NodeDir& dir, const std::string& path,
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
  if (!plain || plain->size() != 36 + 32) {
    return mismatch("the share is not sealed to this node",
                    "each institution has a file of its own");
  }
  EMR_ASSIGN(auto share, threshold::KeyShare::decode(plain->view().first(36)));
  EMR_ASSIGN(auto linkage, crypto::Secret32::from_bytes(plain->view().subspan(36)));
  return ShareKey{std::move(share), std::move(linkage)};
}

/// Does the share fit the public keys of the genesis, and the linkage key its check?
Status check(const ShareKey& key, const ledger::Genesis& genesis) {
  EMR_ASSIGN(const auto group, threshold::Element::decode(genesis.threshold.group_key));
  std::vector<threshold::Element> verification;
  for (const Hash32& bytes : genesis.threshold.verification_keys) {
    EMR_ASSIGN(const auto element, threshold::Element::decode(bytes));
    verification.push_back(element);
  }
  EMR_ASSIGN(const auto keys,
             threshold::KeySet::make(genesis.threshold.quorum, group, std::move(verification)));
  EMR_TRY(threshold::check_share(keys, key.share));
  if (linkage_check(key.linkage) != genesis.linkage_check) {
    return mismatch("the linkage key is not the one of the genesis", "ask the dealer again");
  }
  return {};
}

Status join(Context& context) {
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(const ledger::Genesis genesis, read_genesis(context.text("genesis")));
  EMR_ASSIGN(const ledger::Institution* const self, own_entry(genesis, dir));
  EMR_ASSIGN(const ShareKey key, unseal(dir, context.text("share"), genesis));
  EMR_TRY(check(key, genesis));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());  // before anything is installed
  EMR_TRY(write_share(dir.share(), key));
  EMR_TRY(write_key(dir.institution_key("linkage"), key.linkage));
  EMR_TRY(permit_first_start(dir));
  EMR_TRY(cli::write_file(dir.genesis(), ledger::encode_genesis(genesis) + "\n"));
  const nlohmann::json line = {{"type", "emr.joined"},
                               {"v", 1},
                               {"id", self->id},
                               {"chainId", genesis.chain_id},
                               {"genesis", to_hex(genesis.hash)}};
  return output->write(json::canonical_checked(line));
}

}  // namespace

cli::VerbSpec join_verb() {
  return {.name = "join",
          .summary = "install the genesis and this institution's share",
          .description =
              "Checks that the genesis registers this node, opens the sealed share with the node's "
              "box key, checks it against the genesis, and installs both in DIR. Compare the "
              "printed genesis hash with the other members by another way than the network.",
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
                       .help = "share-ID.json of this institution",
                       .required = true}},
          .examples = {{"join",
                        "emr-pbft-node join --dir node --genesis genesis.json --share "
                        "share-hosp-a.json"}},
          .handler = join};
}

}  // namespace emr::node_tool
