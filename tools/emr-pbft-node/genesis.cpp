// genesis: the dealer's one act. Deals the threshold key and the linkage key, writes the founding
// document, seals to each institution what is its own, and forgets.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "base/time.h"
#include "cli/system_random.h"
#include "contracts/versions.h"
#include "crypto/box.h"
#include "descriptors.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "node_dir.h"
#include "threshold/dealer.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;
using Json = nlohmann::json;

/// The newest versions that this software runs, or the older ones that were asked for.
Result<Json> contract_versions(const Context& context) {
  contracts::Software versions = contracts::software_versions();
  for (const std::string& wish : context.list("contract")) {
    const std::size_t sign = wish.find('=');
    const std::string name = wish.substr(0, sign);
    const std::uint32_t known = contracts::known_version(contracts::software_versions(), name);
    const auto wanted =
        parse_u64(sign == std::string::npos ? "" : wish.substr(sign + 1), known);
    if (!wanted || *wanted == 0) {
      return Context::usage("--contract takes NAME=VERSION of a contract that this software runs")
          .with_hint("for example alliance=1; emr-query contracts lists them");
    }
    for (ledger::ContractVersion& one : versions) {
      if (one.name == name) one.version = static_cast<std::uint32_t>(*wanted);
    }
  }
  Json list = Json::array();
  for (const auto& one : versions) list.push_back({{"name", one.name}, {"version", one.version}});
  return list;
}

Json threshold_json(const threshold::KeySet& keys, const std::string& dealer) {
  Json verification = Json::array();
  for (const auto& key : keys.verification_keys()) verification.push_back(to_hex(key.bytes));
  return {{"keyId", keys.key_id()},
          {"dealer", dealer},
          {"q", keys.quorum()},
          {"n", keys.size()},
          {"groupKey", to_hex(keys.group_key().bytes)},
          {"verificationKeys", verification}};
}

std::string hex_number(std::uint64_t value) {
  Bytes bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  return to_hex(bytes);
}

/// A fault of the document, said of the file or the option that it comes from.
Error at_origin(const Context& context, Error error, const Descriptors& descriptors) {
  constexpr std::pair<std::string_view, const char*> kOptions[] = {
      {"/chainId", "--chain-id"}, {"/primary", "--primary"}, {"/threshold/dealer", "--dealer"}};
  const bool is_first = error.pointer == "/primary" && !context.given("primary");
  if (is_first) error.pointer = "/institutions/0/id";
  for (const auto& [pointer, option] : kOptions) {
    if (error.pointer != pointer) continue;
    error.pointer.clear();
    error.message = std::string(option) + ": " + error.message;
    return error;
  }
  return descriptors.at_line(std::move(error));
}

Result<ledger::Genesis> compose(const Context& context, const Descriptors& descriptors,
                                const threshold::KeySet& keys, const crypto::Secret32& linkage) {
  EMR_ASSIGN(const Json contracts, contract_versions(context));
  const std::string first = descriptors.members.front().at("id").get<std::string>();
  const Json document = {{"type", "emr.genesis"},
                         {"v", 1},
                         {"chainId", context.text("chain-id")},
                         {"time", format_utc(std::time(nullptr))},
                         {"suite", "secp256k1-keccak256"},
                         {"contracts", contracts},
                         {"primary", context.given("primary") ? context.text("primary") : first},
                         {"pbft",
                          {{"batchMax", context.count("batch-max")},
                           {"batchMs", context.count("batch-ms")},
                           {"timeoutMs", context.count("timeout-ms")},
                           {"checkpointInterval", context.count("checkpoint-interval")}}},
                         {"institutions", descriptors.members},
                         {"threshold", threshold_json(keys, context.text("dealer"))},
                         {"linkage", {{"epoch", 1}, {"check", hex_number(linkage_check(linkage))}}},
                         {"implicitPolicy", "basic-normal"}};
  auto genesis = ledger::parse_genesis(json::canonical_checked(document));
  if (!genesis) return at_origin(context, std::move(genesis).error(), descriptors);
  return genesis;
}

/// What one institution alone may have: its share and the linkage key, sealed to its box key.
Status write_sealed_share(const std::string& folder, const ledger::Genesis& genesis,
                          const ledger::Institution& member, const threshold::KeyShare& share,
                          const crypto::Secret32& linkage, crypto::RandomSource& random) {
  const crypto::SecretBytes encoded = share.encode();
  crypto::SecretBytes plain(encoded.size() + linkage.view().size());
  std::copy(encoded.view().begin(), encoded.view().end(), plain.span().begin());
  std::copy(linkage.view().begin(), linkage.view().end(),
            plain.span().begin() + static_cast<std::ptrdiff_t>(encoded.size()));
  EMR_ASSIGN(const Bytes sealed, crypto::seal_box(member.node.box_key, plain.view(), random));
  const Json file = {{"type", "emr.share"},
                     {"v", 1},
                     {"node", member.id},
                     {"genesis", to_hex(genesis.hash)},
                     {"box", to_base64(sealed)}};
  return cli::write_file(folder + "/share-" + member.id + ".json",
                         json::canonical_checked(file) + "\n", 0600);
}

Status found(Context& context) {
  EMR_ASSIGN(const Descriptors descriptors, read_descriptors(context.text("DESCRIPTORS")));
  const std::size_t count = descriptors.members.size();
  if (count < ledger::kInstitutionsMin || count > ledger::kInstitutionsMax) {
    const bool few = count < ledger::kInstitutionsMin;
    return fail(Code::kData, descriptors.path + ": a consortium has " +
                                 std::to_string(ledger::kInstitutionsMin) + " to " +
                                 std::to_string(ledger::kInstitutionsMax) + " institutions")
        .with_reason(few ? "too_few" : "too_many");
  }
  cli::SystemRandom random;
  const auto n = static_cast<std::uint32_t>(count);
  EMR_ASSIGN(const threshold::Dealing dealing,
             threshold::deal(threshold::quorum_for(n), n, random));
  const crypto::Secret32 linkage = random.secret32();
  EMR_ASSIGN(const ledger::Genesis genesis,
             compose(context, descriptors, dealing.keys, linkage));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());  // before anything is made
  const std::string& folder = context.text("output-dir");
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(Code::kCantCreate, "cannot create the output directory");
  }
  const std::string document = folder + "/genesis.json";
  if (::access(document.c_str(), F_OK) == 0) {  // its shares exist nowhere else
    return fail(Code::kCantCreate, "the output directory holds a founding already")
        .with_hint("name another directory, or move that one away");
  }
  for (std::size_t i = 0; i < genesis.institutions.size(); ++i) {
    EMR_TRY(write_sealed_share(folder, genesis, genesis.institutions[i], dealing.shares[i], linkage,
                               random));
  }
  EMR_TRY(cli::write_file(document, ledger::encode_genesis(genesis) + "\n"));
  const Json line = {{"type", "emr.founded"},
                     {"v", 1},
                     {"chainId", genesis.chain_id},
                     {"genesis", to_hex(genesis.hash)},
                     {"institutions", genesis.institutions.size()},
                     {"quorum", dealing.keys.quorum()}};
  return output->write(json::canonical_checked(line));
}

cli::OptionSpec number(std::string name, std::string help, std::string preset, std::uint64_t min,
                       std::uint64_t max) {
  return {.name = std::move(name),
          .kind = Kind::kCount,
          .help = std::move(help),
          .group = "Consensus",
          .preset = std::move(preset),
          .min = min,
          .max = max};
}

}  // namespace

cli::VerbSpec genesis_verb() {
  return {
      .name = "genesis",
      .summary = "found a consortium from its members' descriptors",
      .description =
          "Reads one emr.node line per institution (at least four), deals the threshold key, "
          "and writes genesis.json and one share-ID.json per institution, sealed to it. The "
          "dealer could keep the key; do this on a machine that is wiped afterwards, in the "
          "presence of the members. Nothing secret is left in the output directory.",
      .streams = cli::Streams::kOutput,
      .positionals = {{.name = "DESCRIPTORS",
                       .help = "file of emr.node lines; - for standard input",
                       .kind = Kind::kFile,
                       .required = true}},
      .options = {{.name = "chain-id",
                   .help = "short name of the consortium, shown by wallets",
                   .required = true},
                  {.name = "output-dir",
                   .kind = Kind::kFolder,
                   .help = "where genesis.json and the sealed shares go",
                   .required = true},
                  {.name = "primary", .help = "id of the first primary; the first id if absent"},
                  {.name = "dealer",
                   .help = "who deals, by name: it is written into the genesis",
                   .preset = "dealer"},
                  {.name = "contract",
                   .value = "NAME=VERSION",
                   .help = "found this contract at an older version; the newest when absent",
                   .repeatable = true},
                  number("batch-max", "transactions of one block at most", "1000", 1, 4096),
                  number("batch-ms", "wait for company under load", "5", 0, 10'000),
                  number("timeout-ms", "patience with a primary", "2000", 100, 600'000),
                  number("checkpoint-interval", "blocks between checkpoints", "128", 1, 65'536)},
      .examples = {{"found a consortium of four",
                    "cat hosp-?.json | emr-pbft-node genesis - --chain-id emr-demo "
                    "--output-dir founding"}},
      .handler = found};
}

}  // namespace emr::node_tool
