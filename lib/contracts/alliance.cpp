// 机构联盟合约, the institution alliance contract: members and their rights. A proposal is made by a
// member's admin (or by the newcomer's own admin key) and takes effect when a quorum of members has
// approved it. A new institution gets its rights as a member here; its node joins the validators
// with the next epoch, whose rules are the consensus layer's.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

Json load(const std::string& text) {
  auto tree = json::parse_strict(text);
  return *std::move(tree);
}

bool has(const Json& args, std::initializer_list<const char*> names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const char* name) { return args.contains(name); });
}

/// The members a proposal of this kind needs, and the state it presumes.
Outcome check_proposal(const Call& call) {
  const Json& args = call.args();
  const std::string& kind = args["kind"].get_ref<const std::string&>();
  const bool member = find_member(call.state, args["institution"].get<std::string>()).has_value();
  if (kind == "institution") {
    if (member) return failed("already_member");
    if (!has(args, {"uscc", "admin", "permission", "archiveKey", "voteKey", "transportKey",
                    "boxKey", "peer", "http"})) {
      return failed("argument_missing");
    }
    return ledger::is_valid_uscc(args["uscc"].get<std::string>()) ? done() : failed("uscc");
  }
  if (!member) return failed("unknown_institution");
  if (kind == "permission") return has(args, {"permission"}) ? done() : failed("argument_missing");
  return has(args, {"admin"}) ? done() : failed("argument_missing");
}

/// A member's admin may propose anything; anybody else only himself as a newcomer's admin.
bool may_propose(const Call& call) {
  if (call.account && call.account->is("admin")) return true;
  const Json& args = call.args();
  return args["kind"] == "institution" && args.contains("admin") &&
         args["admin"] == call.from().text();
}

/// The admin account of a member, replacing the one that was there.
Outcome install_admin(Call& call, const Json& proposal) {
  const std::string institution = proposal["institution"];
  auto admin = crypto::parse_canonical_address(proposal["admin"].get<std::string>());
  const auto existing = find_account(call.state, *admin);
  if (existing && !(existing->active() && existing->institution == institution)) {
    return failed("admin_has_account");
  }
  if (find_session(call.state, *admin)) return failed("address_is_session");
  if (const auto member = find_member(call.state, institution)) {
    if (auto old = find_account(call.state, member->admin)) {
      old->status = "suspended";
      old->since = call.block.time;
      put_account(call.state, *old);
    }
  }
  put_account(call.state, {*admin, "admin", institution, existing ? existing->identity : "",
                           "active", call.block.time, ""});
  return done();
}

Outcome execute_proposal(Call& call, const Json& proposal) {
  const std::string institution = proposal["institution"];
  const std::string kind = proposal["kind"];
  if (kind != "permission") {
    Outcome outcome = install_admin(call, proposal);
    if (outcome.status != ledger::ReceiptStatus::kOk) return outcome;
  }
  const auto text = call.state.get(keys::institution(institution));
  Json member = text ? load(*text) : Json{{"id", institution}, {"since", call.block.height}};
  for (const char* name : {"uscc", "admin", "permission", "archiveKey"}) {
    if (proposal.contains(name)) member[name] = proposal[name];
  }
  for (const char* name : {"voteKey", "transportKey", "boxKey", "peer", "http"}) {
    if (proposal.contains(name)) member["node"][name] = proposal[name];
  }
  call.state.put(keys::institution(institution), json::canonical_checked(member));
  return done();
}

Outcome propose(Call& call) {
  if (!may_propose(call)) return denied("not_admin");
  Outcome checked = check_proposal(call);
  if (checked.status != ledger::ReceiptStatus::kOk) return checked;
  const bool member = call.account && call.account->is("admin");
  const std::string proposer(member ? call.account->institution : std::string(keys::kNewcomer));
  if (call.state.scan(keys::open_proposals(proposer), "", kOpenProposalsMax).size() ==
      kOpenProposalsMax) {
    return failed("too_many_pending");
  }
  const std::string id = to_hex(call.tx.txid());
  Json proposal = call.args();
  proposal["id"] = id;
  proposal["by"] = call.from().text();
  proposal["proposer"] = proposer;
  proposal["status"] = "open";
  proposal["since"] = format_utc(call.block.time);
  proposal["approvals"] = Json::array();
  call.state.put(keys::proposal(id), json::canonical_checked(proposal));
  const std::string open = keys::open_proposal(proposer, id);
  call.state.put(open, std::string(keys::kPresent));
  call.state.put(keys::expiry(call.block.time + kProposalSecondsMax, "proposal/" + id),
                 json::canonical_checked(Json{open}));
  return done({{"proposal", id}});
}

Outcome approve(Call& call) {
  const std::string id = call.args()["proposal"];
  const auto text = call.state.get(keys::proposal(id));
  if (!text) return failed("not_found");
  Json proposal = load(*text);
  const std::string open = keys::open_proposal(proposal["proposer"].get<std::string>(), id);
  if (!call.state.get(open)) return failed("not_open");
  if (proposal["institution"] != call.args()["institution"]) return failed("other_institution");
  Json& approvals = proposal["approvals"];
  const Json mine = call.account->institution;
  if (std::find(approvals.begin(), approvals.end(), mine) == approvals.end()) {
    approvals.push_back(mine);
  }
  const std::size_t members = member_count(call.state);
  const bool enough =
      approvals.size() >= ledger::quorum_size(static_cast<std::uint32_t>(members));
  if (enough) {
    Outcome outcome = execute_proposal(call, proposal);
    if (outcome.status != ledger::ReceiptStatus::kOk) return outcome;
    proposal["status"] = "accepted";
    call.state.erase(open);
  }
  call.state.put(keys::proposal(id), json::canonical_checked(proposal));
  return done({{"approvals", approvals.size()}, {"status", proposal["status"]}});
}

}  // namespace

Outcome apply_alliance(Call& call) {
  const std::string& method = call.tx.core().method;
  if (method == "propose") return propose(call);
  EMR_CHECK(method == "approve");
  return approve(call);
}

}  // namespace emr::contracts
