// apply and hand-over: how an institution that is not in the genesis comes in. Its application is a
// transaction like any other, so what is printed here are only the arguments: the admin's wallet
// signs, and a quorum of the members' admins decides.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/system_random.h"
#include "crypto/box.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;
using Json = nlohmann::json;

/// alliance.propose checks every field again; here a typing error is found before it is signed.
Result<Json> application(const Json& descriptor, const std::string& permission) {
  EMR_TRY(json::expect_type(descriptor, "emr.node"));
  Json args = {{"kind", "institution"}, {"permission", permission}};
  EMR_ASSIGN(args["institution"], json::get_string(descriptor, "id", {.max = 32}));
  for (const char* name : {"uscc", "admin", "archiveKey"}) {
    EMR_ASSIGN(args[name], json::get_string(descriptor, name, {.max = 128}));
  }
  EMR_ASSIGN(const Json* node, json::get_object(descriptor, "node"));
  for (const char* name : {"voteKey", "transportKey", "boxKey", "peer", "http"}) {
    EMR_ASSIGN(args[name], json::get_string(*node, name, {.max = 128}, "/node"));
  }
  if (!ledger::is_valid_uscc(args["uscc"].get<std::string>())) {
    return fail(Code::kData, "unified social credit code is not valid").with_pointer("/uscc");
  }
  return args;
}

Status apply(Context& context) {
  EMR_ASSIGN(const std::string text,
             cli::read_file(context.text("DESCRIPTOR"), ledger::kCoreBytesMax));
  const auto descriptor = json::parse_object(text);
  const auto args = descriptor ? application(*descriptor, context.text("permission"))
                               : Result<Json>(descriptor.error());
  if (!args) {
    Error error = args.error();
    error.message = context.text("DESCRIPTOR") + ": " + error.message;
    return error;
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(json::canonical_checked(*args));
}

/// The linkage key, sealed to the newcomer: without it its pseudonyms would fit nobody else's.
Status hand_over(Context& context) {
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(const ledger::Genesis genesis, read_genesis(dir.genesis()));
  EMR_ASSIGN(const crypto::Secret32 linkage, cli::read_key_file(dir.institution_key("linkage")));
  auto box_key = hash_from_hex(context.text("box-key"));
  if (!box_key) return Context::usage("--box-key is not 64 hex digits");
  cli::SystemRandom random;
  EMR_ASSIGN(const Bytes sealed, crypto::seal_box(*box_key, linkage.view(), random));
  const Json file = {{"type", "emr.share"},
                     {"v", 1},
                     {"node", context.text("to")},
                     {"genesis", to_hex(genesis.hash)},
                     {"box", to_base64(sealed)}};
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(json::canonical_checked(file));
}

}  // namespace

cli::VerbSpec apply_verb() {
  return {.name = "apply",
          .summary = "print the application of an institution that is not in the genesis",
          .description =
              "Turns the descriptor that init printed into the arguments of alliance.propose, "
              "for the institution's admin to sign and submit. Until a quorum of the members' "
              "admins has approved it (alliance.approve; or rejected it with a reason, "
              "alliance.reject) its status is pending: its node is refused by every peer and its "
              "admin can do nothing but ask how the proposal stands (emr-query proposal). "
              "Admitted, the node observes; a proposal of kind validator gives it a vote.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "DESCRIPTOR",
                           .help = "file with the emr.node line; - for standard input",
                           .kind = Kind::kFile,
                           .required = true}},
          .options = {{.name = "permission",
                       .kind = Kind::kChoice,
                       .help = "may the institution write records, or only read",
                       .preset = "read",
                       .choices = {"read", "write"}}},
          .examples = {{"apply",
                        "emr-pbft-node apply hosp-e.json | emr-tx build alliance.propose --from "
                        "0x… | emr-sign -k admin.json --genesis genesis.json | emr-tx submit "
                        "--genesis genesis.json"}},
          .handler = apply};
}

cli::VerbSpec hand_over_verb() {
  return {.name = "hand-over",
          .summary = "seal the linkage key to a newly admitted institution",
          .description =
              "Prints a file that only the node with that box key can open (join --later --share). "
              "With it, the newcomer's pseudonyms are the same as everybody's. It holds no share "
              "of the threshold key: there are none to give in the version with a dealer.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of a member's node",
                       .required = true},
                      {.name = "to", .help = "id of the newcomer", .required = true},
                      {.name = "box-key",
                       .value = "HEX",
                       .help = "its registered box key (emr-query nodes)",
                       .required = true}},
          .examples = {{"hand over",
                        "emr-pbft-node hand-over --dir node --to hosp-e --box-key 51f0… > "
                        "share-hosp-e.json"}},
          .handler = hand_over};
}

}  // namespace emr::node_tool
