#include "ledger/genesis.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/check.h"
#include "base/hex.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::ledger {

using json::Json;
using json::join_pointer;

namespace {

Error invalid(std::string message, std::string pointer, std::string reason) {
  return fail(Code::kData, std::move(message))
      .with_pointer(std::move(pointer))
      .with_reason(std::move(reason));
}

std::string hex16(std::uint64_t number) {
  WireWriter wire;
  return to_hex(wire.u64(number).bytes());
}

Result<std::uint64_t> get_hex16(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(const Bytes bytes, json::get_hex(tree, key, 8, where));
  return WireReader(bytes).u64();
}

Result<crypto::Address> get_address(const Json& tree, std::string_view key,
                                    std::string_view where) {
  EMR_ASSIGN(const std::string text, json::get_string(tree, key, {.max = 42}, where));
  auto address = crypto::parse_canonical_address(text);
  if (!address) return std::move(address).error().with_pointer(join_pointer(where, key));
  return address;
}

Result<std::uint32_t> get_u32(const Json& tree, std::string_view key, std::uint64_t min,
                              std::uint64_t max, std::string_view where) {
  EMR_ASSIGN(const std::uint64_t value, json::get_u64(tree, key, {min, max}, where));
  return static_cast<std::uint32_t>(value);
}

Result<std::string> get_id(const Json& tree, std::string_view key, std::string_view where) {
  EMR_ASSIGN(std::string id, json::get_string(tree, key, {.max = 32}, where));
  const bool good = id.front() != '-' && std::all_of(id.begin(), id.end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
                    });
  if (!good) return invalid("id is not [a-z0-9-]", join_pointer(where, key), "identifier");
  return id;
}

// --- reading -------------------------------------------------------------------------------------

Result<NodeDescriptor> read_node(const Json& tree, const std::string& where) {
  EMR_TRY(json::refuse_unknown_members(
      tree, {"voteKey", "transportKey", "boxKey", "peer", "http"}, where));
  NodeDescriptor node;
  EMR_ASSIGN(const Bytes vote, json::get_hex(tree, "voteKey", node.vote_key.size(), where));
  std::copy(vote.begin(), vote.end(), node.vote_key.begin());
  EMR_ASSIGN(node.transport_key, json::get_hex32(tree, "transportKey", where));
  EMR_ASSIGN(node.box_key, json::get_hex32(tree, "boxKey", where));
  EMR_ASSIGN(node.peer, json::get_string(tree, "peer", {.max = 128}, where));
  EMR_ASSIGN(node.http, json::get_string(tree, "http", {.max = 128}, where));
  return node;
}

Result<Institution> read_institution(const Json& tree, const std::string& where) {
  EMR_TRY(json::refuse_unknown_members(
      tree, {"id", "name", "uscc", "admin", "archiveKey", "permission", "node"}, where));
  Institution institution;
  EMR_ASSIGN(institution.id, get_id(tree, "id", where));
  EMR_ASSIGN(institution.name, json::get_string(tree, "name", {.max = 210}, where));
  EMR_ASSIGN(institution.uscc, json::get_string(tree, "uscc", {.max = 18}, where));
  EMR_ASSIGN(institution.admin, get_address(tree, "admin", where));
  EMR_ASSIGN(institution.archive_key, json::get_hex32(tree, "archiveKey", where));
  EMR_ASSIGN(const std::string permission,
             json::get_choice(tree, "permission", {"read", "write"}, where));
  institution.permission = permission == "write" ? NodePermission::kWrite : NodePermission::kRead;
  EMR_ASSIGN(const Json* node, json::get_object(tree, "node", where));
  EMR_ASSIGN(institution.node, read_node(*node, join_pointer(where, "node")));
  return institution;
}

Result<PbftParameters> read_pbft(const Json& genesis) {
  EMR_ASSIGN(const Json* tree, json::get_object(genesis, "pbft"));
  EMR_TRY(json::refuse_unknown_members(
      *tree, {"batchMax", "batchMs", "timeoutMs", "checkpointInterval"}, "/pbft"));
  PbftParameters pbft;
  EMR_ASSIGN(pbft.batch_max, get_u32(*tree, "batchMax", 1, kBlockEntriesMax, "/pbft"));
  EMR_ASSIGN(pbft.batch_ms, get_u32(*tree, "batchMs", 0, 10'000, "/pbft"));
  EMR_ASSIGN(pbft.timeout_ms, get_u32(*tree, "timeoutMs", 100, 600'000, "/pbft"));
  EMR_ASSIGN(pbft.checkpoint_interval, get_u32(*tree, "checkpointInterval", 1, 65'536, "/pbft"));
  return pbft;
}

Result<ThresholdKey> read_threshold(const Json& genesis) {
  constexpr std::string_view where = "/threshold";
  EMR_ASSIGN(const Json* tree, json::get_object(genesis, "threshold"));
  EMR_TRY(json::refuse_unknown_members(
      *tree, {"keyId", "dealer", "q", "n", "groupKey", "verificationKeys"}, where));
  ThresholdKey key;
  EMR_ASSIGN(key.key_id, get_hex16(*tree, "keyId", where));
  EMR_ASSIGN(key.dealer, json::get_string(*tree, "dealer", {.max = 210}, where));
  EMR_ASSIGN(key.quorum, get_u32(*tree, "q", 1, kInstitutionsMax, where));
  EMR_ASSIGN(key.shares, get_u32(*tree, "n", 1, kInstitutionsMax, where));
  EMR_ASSIGN(key.group_key, json::get_hex32(*tree, "groupKey", where));
  EMR_ASSIGN(const Json* list,
             json::get_array(*tree, "verificationKeys", kInstitutionsMax, where));
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string here = join_pointer(join_pointer(where, "verificationKeys"), i);
    const auto* text = (*list)[i].get_ptr<const std::string*>();
    const auto hash = text == nullptr ? Result<Hash32>(fail(Code::kData, "not a text"))
                                      : hash_from_hex(*text);
    if (!hash || to_hex(*hash) != *text) return invalid("not 64 hex digits", here, "hex");
    key.verification_keys.push_back(*hash);
  }
  return key;
}

Result<std::vector<ContractVersion>> read_contracts(const Json& genesis) {
  EMR_ASSIGN(const Json* list, json::get_array(genesis, "contracts", 32));
  std::vector<ContractVersion> contracts;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = join_pointer("/contracts", i);
    EMR_TRY(json::refuse_unknown_members((*list)[i], {"name", "version"}, where));
    ContractVersion contract;
    EMR_ASSIGN(contract.name, get_id((*list)[i], "name", where));
    EMR_ASSIGN(contract.version, get_u32((*list)[i], "version", 1, 1'000'000, where));
    contracts.push_back(std::move(contract));
  }
  return contracts;
}

Result<Genesis> read_genesis(const Json& tree) {
  EMR_TRY(json::expect_type(tree, "emr.genesis"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "chainId", "time", "suite", "contracts", "primary", "pbft",
             "institutions", "threshold", "linkage", "implicitPolicy"}));
  Genesis genesis;
  EMR_ASSIGN(genesis.chain_id, get_id(tree, "chainId", ""));
  EMR_ASSIGN(genesis.time, json::get_utc(tree, "time"));
  EMR_ASSIGN(const std::string suite, json::get_string(tree, "suite", {.max = 32}));
  EMR_ASSIGN(genesis.suite, crypto::suite_from_name(suite));
  EMR_ASSIGN(genesis.contracts, read_contracts(tree));
  EMR_ASSIGN(genesis.primary, get_id(tree, "primary", ""));
  EMR_ASSIGN(genesis.pbft, read_pbft(tree));
  EMR_ASSIGN(const Json* list, json::get_array(tree, "institutions", kInstitutionsMax));
  for (std::size_t i = 0; i < list->size(); ++i) {
    EMR_ASSIGN(Institution one, read_institution((*list)[i], join_pointer("/institutions", i)));
    genesis.institutions.push_back(std::move(one));
  }
  EMR_ASSIGN(genesis.threshold, read_threshold(tree));
  EMR_ASSIGN(const Json* linkage, json::get_object(tree, "linkage"));
  EMR_TRY(json::refuse_unknown_members(*linkage, {"epoch", "check"}, "/linkage"));
  EMR_ASSIGN(genesis.linkage_epoch, get_u32(*linkage, "epoch", 1, 1'000'000, "/linkage"));
  EMR_ASSIGN(genesis.linkage_check, get_hex16(*linkage, "check", "/linkage"));
  EMR_ASSIGN(genesis.implicit_policy, get_id(tree, "implicitPolicy", ""));
  return genesis;
}

// --- rules ---------------------------------------------------------------------------------------

Status check_institution(const Genesis& genesis, std::size_t i) {
  const Institution& one = genesis.institutions[i];
  const std::string where = join_pointer("/institutions", i);
  if (i > 0 && genesis.institutions[i - 1].id >= one.id) {
    return invalid("institutions are not sorted by id, or an id is there twice",
                   join_pointer(where, "id"), "order");
  }
  if (!is_valid_uscc(one.uscc)) {
    return invalid("unified social credit code is not valid", join_pointer(where, "uscc"), "uscc");
  }
  return {};
}

/// No key may stand for two institutions.
template <class Get>
Status check_distinct(const Genesis& genesis, std::string_view name, Get get) {
  std::set<std::decay_t<decltype(get(genesis.institutions.front()))>> seen;
  for (std::size_t i = 0; i < genesis.institutions.size(); ++i) {
    if (!seen.insert(get(genesis.institutions[i])).second) {
      return invalid("two institutions share a key",
                     join_pointer("/institutions", i) + std::string(name), "duplicate_key");
    }
  }
  return {};
}

Status check_keys(const Genesis& genesis) {
  EMR_TRY(check_distinct(genesis, "/admin", [](const Institution& i) { return i.admin; }));
  EMR_TRY(check_distinct(genesis, "/uscc", [](const Institution& i) { return i.uscc; }));
  EMR_TRY(check_distinct(genesis, "/node/voteKey",
                         [](const Institution& i) { return i.node.vote_key; }));
  EMR_TRY(check_distinct(genesis, "/node/transportKey",
                         [](const Institution& i) { return i.node.transport_key; }));
  return check_distinct(genesis, "/node/boxKey",
                        [](const Institution& i) { return i.node.box_key; });
}

Status check_threshold(const Genesis& genesis) {
  const ThresholdKey& key = genesis.threshold;
  const std::size_t n = genesis.institutions.size();
  if (key.shares != n || key.verification_keys.size() != n) {
    return invalid("there is not one key share per institution", "/threshold/n", "shares");
  }
  if (key.quorum != quorum_size(key.shares)) {
    return invalid("threshold is not the quorum of the institutions", "/threshold/q", "quorum");
  }
  return {};
}

Status check_genesis(const Genesis& genesis) {
  const std::size_t n = genesis.institutions.size();
  if (n < kInstitutionsMin || n > kInstitutionsMax) {
    return invalid("a consortium has 4 to 64 institutions", "/institutions", "limit");
  }
  for (std::size_t i = 0; i < n; ++i) EMR_TRY(check_institution(genesis, i));
  EMR_TRY(check_keys(genesis));
  if (!genesis.index_of(genesis.primary)) {
    return invalid("primary is not an institution", "/primary", "primary");
  }
  static const std::set<std::string_view> policies{"basic-normal", "all-normal",
                                                   "break-glass-only", "deny"};
  if (!policies.contains(genesis.implicit_policy)) {
    return invalid("implicit policy is not known", "/implicitPolicy", "policy");
  }
  return check_threshold(genesis);
}

// --- writing -------------------------------------------------------------------------------------

Json institution_tree(const Institution& one) {
  const NodeDescriptor& node = one.node;
  return {{"id", one.id},
          {"name", one.name},
          {"uscc", one.uscc},
          {"admin", one.admin.text()},
          {"archiveKey", to_hex(one.archive_key)},
          {"permission", one.permission == NodePermission::kWrite ? "write" : "read"},
          {"node",
           {{"voteKey", to_hex(node.vote_key)},
            {"transportKey", to_hex(node.transport_key)},
            {"boxKey", to_hex(node.box_key)},
            {"peer", node.peer},
            {"http", node.http}}}};
}

Json threshold_tree(const ThresholdKey& key) {
  Json keys = Json::array();
  for (const Hash32& one : key.verification_keys) keys.push_back(to_hex(one));
  return {{"keyId", hex16(key.key_id)}, {"dealer", key.dealer},
          {"q", key.quorum},            {"n", key.shares},
          {"groupKey", to_hex(key.group_key)}, {"verificationKeys", std::move(keys)}};
}

Json genesis_tree(const Genesis& genesis) {
  Json institutions = Json::array();
  for (const Institution& one : genesis.institutions) institutions.push_back(institution_tree(one));
  Json contracts = Json::array();
  for (const ContractVersion& one : genesis.contracts) {
    contracts.push_back({{"name", one.name}, {"version", one.version}});
  }
  const PbftParameters& pbft = genesis.pbft;
  return {{"type", "emr.genesis"},
          {"v", 1},
          {"chainId", genesis.chain_id},
          {"time", format_utc(genesis.time)},
          {"suite", crypto::suite_name(genesis.suite)},
          {"contracts", std::move(contracts)},
          {"primary", genesis.primary},
          {"pbft",
           {{"batchMax", pbft.batch_max},
            {"batchMs", pbft.batch_ms},
            {"timeoutMs", pbft.timeout_ms},
            {"checkpointInterval", pbft.checkpoint_interval}}},
          {"institutions", std::move(institutions)},
          {"threshold", threshold_tree(genesis.threshold)},
          {"linkage", {{"epoch", genesis.linkage_epoch}, {"check", hex16(genesis.linkage_check)}}},
          {"implicitPolicy", genesis.implicit_policy}};
}

}  // namespace

std::optional<std::size_t> Genesis::index_of(std::string_view institution) const {
  const auto found = std::find_if(institutions.begin(), institutions.end(),
                                  [&](const Institution& one) { return one.id == institution; });
  if (found == institutions.end()) return std::nullopt;
  return static_cast<std::size_t>(found - institutions.begin());
}

std::size_t Genesis::primary_index() const {
  const auto index = index_of(primary);
  EMR_CHECK(index.has_value());
  return *index;
}

Result<Genesis> parse_genesis(std::string_view text) {
  EMR_ASSIGN(const Json tree, json::parse_object(text, {.max_bytes = kGenesisBytesMax}));
  EMR_ASSIGN(Genesis genesis, read_genesis(tree));
  EMR_TRY(seal_genesis(genesis));
  return genesis;
}

Status seal_genesis(Genesis& genesis) {
  EMR_TRY(check_genesis(genesis));
  genesis.hash = crypto::tagged_hash("emr/genesis/1", as_bytes(encode_genesis(genesis)));
  return {};
}

std::string encode_genesis(const Genesis& genesis) {
  return json::canonical_checked(genesis_tree(genesis));
}

quorum::ValidatorSet genesis_validators(const Genesis& genesis) {
  std::vector<quorum::VoteKey> keys;
  for (const Institution& one : genesis.institutions) keys.push_back(one.node.vote_key);
  auto set = quorum::ValidatorSet::make(0, std::move(keys));
  return *std::move(set);  // count and distinctness were checked when the genesis was sealed
}

// GB 32100-2015 section 5: weights 3^i mod 31 over the first 17 characters.
bool is_valid_uscc(std::string_view code) {
  constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  if (code.size() != 18) return false;
  unsigned sum = 0;
  unsigned weight = 1;
  for (std::size_t i = 0; i < 18; ++i) {
    const std::size_t value = alphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    if (i == 17) return value == (31 - sum % 31) % 31;
    sum += static_cast<unsigned>(value) * weight;
    weight = weight * 3 % 31;
  }
  return false;
}

std::uint32_t quorum_size(std::uint32_t replicas) {
  const std::uint32_t faulty = (replicas - 1) / 3;
  return (replicas + faulty + 2) / 2;
}

}  // namespace emr::ledger
