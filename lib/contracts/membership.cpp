// Membership as it takes effect: roles of nodes, new keys, leaving, and the epoch that follows.
#include "contracts/membership.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/keys.h"
#include "contracts/stored.h"
#include "crypto/signing.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> bytes_of(const Json& text) {
  std::array<std::uint8_t, N> out{};
  const auto bytes = from_hex(text.get_ref<const std::string&>());
  EMR_CHECK(bytes.ok() && bytes->size() == N);  // checked when it was registered
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

/// Also a founder's row of a state that was made before roles were written down.
bool validates(const Json& node) { return node.value("role", "validator") == "validator"; }

MemberNode member_of(const Json& row) {
  const Json& node = row["node"];
  MemberNode member;
  member.id = row["id"];
  member.name = row.value("name", member.id);
  member.may_write = row["permission"] == "write";
  member.validates = validates(node);
  member.weight = node.value("weight", 1U);
  member.vote_key = bytes_of<33>(node["voteKey"]);
  member.transport_key = bytes_of<32>(node["transportKey"]);
  member.box_key = bytes_of<32>(node["boxKey"]);
  member.peer = node["peer"];
  member.http = node["http"];
  return member;
}

void put_epoch(ledger::Overlay& state, quorum::Epoch epoch, std::uint64_t since,
               const std::vector<std::pair<std::string, quorum::VoteKey>>& members) {
  Json list = Json::array();
  for (const auto& [id, key] : members) list.push_back({{"id", id}, {"voteKey", to_hex(key)}});
  state.put(keys::epoch(epoch), json::canonical_checked(Json{
                                    {"epoch", epoch}, {"members", list}, {"since", since}}));
  state.put(std::string(keys::kCurrentEpoch), std::to_string(epoch));
}

/// Members that hold a share of the threshold key: founders who are still here.
std::size_t share_holders(const Call& call) {
  const auto& founders = call.block.genesis->institutions;
  return static_cast<std::size_t>(
      std::count_if(founders.begin(), founders.end(), [&](const ledger::Institution& one) {
        return find_member(call.state, one.id).has_value();
      }));
}

}  // namespace

std::vector<MemberNode> member_nodes(const ledger::StateReader& state) {
  std::vector<MemberNode> members;
  for (const auto& entry :
       state.scan(keys::kInstitutions, "", ledger::kInstitutionsMax * 16)) {
    members.push_back(member_of(load(entry.value)));
  }
  return members;
}

quorum::Epoch current_epoch(const ledger::StateReader& state) {
  const auto text = state.get(keys::kCurrentEpoch);
  return text ? std::stoull(*text) : 0;
}

Result<EpochRow> find_epoch(const ledger::StateReader& state, quorum::Epoch epoch) {
  const auto text = state.get(keys::epoch(epoch));
  if (!text) return fail(Code::kNegative, "there is no such epoch").with_reason("not_found");
  const Json row = load(*text);
  std::vector<std::string> ids;
  std::vector<quorum::VoteKey> vote_keys;
  for (const Json& member : row["members"]) {
    ids.push_back(member["id"]);
    vote_keys.push_back(bytes_of<33>(member["voteKey"]));
  }
  EMR_ASSIGN(auto set, quorum::ValidatorSet::make(epoch, std::move(vote_keys)));
  return EpochRow{row["since"], std::move(ids), std::move(set)};
}

bool is_membership_key(std::string_view key) noexcept {
  return key.starts_with(keys::kInstitutions) || key.starts_with(keys::kFormerInstitutions) ||
         key.starts_with(keys::kCurrentEpoch) || key == keys::kStorage;
}

void found_epoch(ledger::Overlay& state, const ledger::Genesis& genesis) {
  std::vector<std::pair<std::string, quorum::VoteKey>> members;
  for (const auto& one : genesis.institutions) members.emplace_back(one.id, one.node.vote_key);
  put_epoch(state, 0, 1, members);
}

Outcome settle_validators(Call& call) {
  if (share_holders(call) < call.block.genesis->threshold.quorum) {
    return failed("too_few_share_holders");
  }
  std::vector<std::pair<std::string, quorum::VoteKey>> members;
  for (const MemberNode& one : member_nodes(call.state)) {
    if (one.validates) members.emplace_back(one.id, one.vote_key);
  }
  if (members.size() < ledger::kInstitutionsMin) return failed("too_few_validators");
  if (members.size() > ledger::kInstitutionsMax) return failed("too_many_validators");
  const quorum::Epoch epoch = current_epoch(call.state);
  if (epoch == 0 && !call.state.get(keys::epoch(0))) {  // a chain older than the rows of epochs
    found_epoch(call.state, *call.block.genesis);
  }
  const auto current = find_epoch(call.state, epoch);
  EMR_CHECK(current.ok());
  bool same = current->ids.size() == members.size();
  for (std::size_t i = 0; same && i < members.size(); ++i) {
    same = current->ids[i] == members[i].first &&
           current->set.key(static_cast<quorum::NodeIndex>(i)) == members[i].second;
  }
  if (same) return done();
  put_epoch(call.state, epoch + 1, call.block.height + 1, members);
  return done({{"epoch", epoch + 1}, {"validators", members.size()}});
}

Outcome set_node_role(Call& call, const std::string& institution, bool make_validator) {
  Json row = load(*call.state.get(keys::institution(institution)));
  if (validates(row["node"]) == make_validator) return failed("has_role");
  row["node"]["role"] = make_validator ? "validator" : "observer";
  row["permission"] = make_validator ? "write" : "read";
  call.state.put(keys::institution(institution), json::canonical_checked(row));
  return settle_validators(call);
}

Outcome remove_member(Call& call, const std::string& institution, std::string_view status,
                      const std::string& reason) {
  Json row = load(*call.state.get(keys::institution(institution)));
  row["status"] = status;
  row["until"] = call.block.height;
  if (!reason.empty()) row["reason"] = reason;
  call.state.erase(keys::institution(institution));
  call.state.put(keys::former_institution(institution), json::canonical_checked(row));
  return settle_validators(call);
}

Outcome check_node_keys(const ledger::StateReader& state, const std::string& institution,
                        const Json& node) {
  if (node.contains("voteKey") &&
      !crypto::VerifyKey::parse(bytes_of<33>(node["voteKey"])).ok()) {
    return failed("vote_key");
  }
  for (const auto& entry :
       state.scan(keys::kInstitutions, "", ledger::kInstitutionsMax * 16)) {
    const Json other = load(entry.value);
    for (const char* name : {"voteKey", "transportKey", "boxKey"}) {
      const bool taken = node.contains(name) && other["node"][name] == node[name];
      // A member's own key may be named again, so that a repeated rotation is no error.
      if (taken && other["id"] != institution) return failed("duplicate_key");
    }
  }
  return done();
}

Outcome leave_alliance(Call& call) {
  const std::string institution = call.args()["institution"];
  if (institution != call.account->institution) return denied("other_institution");
  return remove_member(call, institution, "left", call.args().value("reason", ""));
}

Outcome rotate_keys(Call& call) {
  const Json& args = call.args();
  const std::string institution = args["institution"];
  if (institution != call.account->institution) return denied("other_institution");
  Outcome checked = check_node_keys(call.state, institution, args);
  if (checked.status != ledger::ReceiptStatus::kOk) return checked;
  Json row = load(*call.state.get(keys::institution(institution)));
  bool changed = false;
  for (const char* name : {"voteKey", "transportKey", "boxKey", "peer", "http"}) {
    if (!args.contains(name)) continue;
    changed = changed || row["node"][name] != args[name];
    row["node"][name] = args[name];
  }
  if (!changed) return failed("unchanged");
  call.state.put(keys::institution(institution), json::canonical_checked(row));
  return settle_validators(call);
}

}  // namespace emr::contracts
