// 机构联盟合约, the institution alliance contract: members, their nodes and their rights. A proposal is
// made by a member's admin (or by the newcomer's own admin key); it takes effect when a quorum of
// members has approved it, and ends when so many have rejected it that no quorum is left. A node of
// a new institution begins as an observer, so that it has caught up before it counts; a second
// decision makes it a validator with the next epoch. What a decision leads to is in membership.cpp.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/membership.h"
#include "contracts/outcome.h"
#include "contracts/storage.h"
#include "contracts/stored.h"
#include "contracts/versions.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

bool has(const Json& args, std::initializer_list<const char*> names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const char* name) { return args.contains(name); });
}

/// The members a proposal of this kind needs, and the state it presumes; asked again when it is
/// carried out, because other decisions may have come between.
Outcome check_proposal(const Call& call, const Json& args) {
  const std::string& kind = args["kind"].get_ref<const std::string&>();
  const bool member = find_member(call.state, args["institution"].get<std::string>()).has_value();
  if (kind == "institution") {
    if (member) return failed("already_member");
    if (!has(args, {"uscc", "admin", "permission", "archiveKey", "voteKey", "transportKey",
                    "boxKey", "peer", "http"})) {
      return failed("argument_missing");
    }
    if (!ledger::is_valid_uscc(args["uscc"].get<std::string>())) return failed("uscc");
    return check_node_keys(call.state, args["institution"], args);
  }
  if (!member) return failed("unknown_institution");
  if (kind == "validator" || kind == "observer") return done();
  if (kind == "contract") return check_upgrade(call, args);
  if (kind == "copies") return check_copies(call, args);
  if (kind == "expel") return has(args, {"reason"}) ? done() : failed("argument_missing");
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

/// What is set down of an institution. A newcomer's node observes; a former member comes back as a
/// newcomer with its old name, which nobody else can take.
Outcome write_member(Call& call, const Json& proposal) {
  const std::string institution = proposal["institution"];
  const auto text = call.state.get(keys::institution(institution));
  Json member = text ? load(*text)
                     : Json{{"id", institution},
                            {"since", call.block.height},
                            {"status", "member"},
                            {"node", {{"role", "observer"}}}};
  for (const char* name : {"uscc", "admin", "permission", "archiveKey"}) {
    if (proposal.contains(name)) member[name] = proposal[name];
  }
  if (!text) {
    const auto former = call.state.get(keys::former_institution(institution));
    if (former && load(*former)["uscc"] != member["uscc"]) return failed("other_uscc");
    call.state.erase(keys::former_institution(institution));
  }
  for (const char* name : {"voteKey", "transportKey", "boxKey", "peer", "http"}) {
    if (proposal.contains(name)) member["node"][name] = proposal[name];
  }
  call.state.put(keys::institution(institution), json::canonical_checked(member));
  return done();
}

Outcome execute_proposal(Call& call, const Json& proposal) {
  Outcome outcome = check_proposal(call, proposal);
  if (outcome.status != ledger::ReceiptStatus::kOk) return outcome;
  const std::string institution = proposal["institution"];
  const std::string kind = proposal["kind"];
  if (kind == "validator") return set_node_role(call, institution, true);
  if (kind == "observer") return set_node_role(call, institution, false);
  if (kind == "contract") return schedule_upgrade(call, proposal);
  if (kind == "copies") return set_copies(call, proposal);
  if (kind == "expel") return remove_member(call, institution, "expelled", proposal["reason"]);
  if (kind != "permission") {
    outcome = install_admin(call, proposal);
    if (outcome.status != ledger::ReceiptStatus::kOk) return outcome;
  }
  return write_member(call, proposal);
}

Outcome propose(Call& call) {
  if (!may_propose(call)) return denied("not_admin");
  Outcome checked = check_proposal(call, call.args());
  if (checked.status != ledger::ReceiptStatus::kOk) return checked;
  const bool member = call.account && call.account->is("admin");
  // What concerns all members is proposed in one's own name.
  const bool of_all = call.args()["kind"] == "contract" || call.args()["kind"] == "copies";
  if (of_all && call.args()["institution"] != call.account->institution) {
    return denied("other_institution");
  }
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
  proposal["rejections"] = Json::array();
  call.state.put(keys::proposal(id), json::canonical_checked(proposal));
  const std::string open = keys::open_proposal(proposer, id);
  call.state.put(open, std::string(keys::kPresent));
  call.state.put(keys::expiry(call.block.time + kProposalSecondsMax, "proposal/" + id),
                 json::canonical_checked(Json{open}));
  return done({{"proposal", id}, {"status", "pending"}});
}

/// An open proposal about the institution that the caller names, or why there is none.
struct Opened {
  Outcome outcome;
  Json proposal;
  std::string open_key;
};
Opened open_proposal(const Call& call) {
  const std::string id = call.args()["proposal"];
  const auto text = call.state.get(keys::proposal(id));
  if (!text) return {failed("not_found"), {}, {}};
  Opened opened{done(), load(*text), {}};
  opened.open_key = keys::open_proposal(opened.proposal["proposer"].get<std::string>(), id);
  if (!call.state.get(opened.open_key)) opened.outcome = failed("not_open");
  if (opened.proposal["institution"] != call.args()["institution"]) {
    opened.outcome = failed("other_institution");
  }
  return opened;
}

/// One vote a member: a later one replaces the earlier; the votes of former members are dropped.
void drop_votes(Json& votes, const Call& call) {
  Json kept = Json::array();
  for (const Json& vote : votes) {
    const Json& by = vote.is_object() ? vote["institution"] : vote;
    const bool counts = by != call.account->institution &&
                        find_member(call.state, by.get<std::string>()).has_value();
    if (counts) kept.push_back(vote);
  }
  votes = std::move(kept);
}

std::size_t needed_votes(const Call& call) {
  return ledger::quorum_size(static_cast<std::uint32_t>(member_count(call.state)));
}

void close(Call& call, Opened& opened, const char* status) {
  opened.proposal["status"] = status;
  opened.proposal["decided"] = format_utc(call.block.time);
  call.state.erase(opened.open_key);
}

Outcome approve(Call& call) {
  Opened opened = open_proposal(call);
  if (opened.outcome.status != ledger::ReceiptStatus::kOk) return opened.outcome;
  Json& proposal = opened.proposal;
  drop_votes(proposal["approvals"], call);
  drop_votes(proposal["rejections"], call);
  proposal["approvals"].push_back(call.account->institution);
  Json answer{{"approvals", proposal["approvals"].size()}};
  if (proposal["approvals"].size() >= needed_votes(call)) {
    Outcome outcome = execute_proposal(call, proposal);
    if (outcome.status != ledger::ReceiptStatus::kOk) return outcome;
    answer.update(load(outcome.data_json));
    close(call, opened, "accepted");
  }
  answer["status"] = proposal["status"];
  call.state.put(keys::proposal(proposal["id"].get<std::string>()),
                 json::canonical_checked(proposal));
  return done(answer);
}

/// With so many against it that no quorum can be for it, the proposal is over.
Outcome reject(Call& call) {
  Opened opened = open_proposal(call);
  if (opened.outcome.status != ledger::ReceiptStatus::kOk) return opened.outcome;
  Json& proposal = opened.proposal;
  drop_votes(proposal["approvals"], call);
  drop_votes(proposal["rejections"], call);
  proposal["rejections"].push_back(
      {{"institution", call.account->institution}, {"reason", call.args()["reason"]}});
  const std::size_t against = proposal["rejections"].size();
  if (member_count(call.state) - against < needed_votes(call)) close(call, opened, "rejected");
  call.state.put(keys::proposal(proposal["id"].get<std::string>()),
                 json::canonical_checked(proposal));
  return done({{"rejections", against}, {"status", proposal["status"]}});
}

}  // namespace

Outcome apply_alliance(Call& call) {
  const std::string& method = call.tx.core().method;
  if (method == "propose") return propose(call);
  if (method == "approve") return approve(call);
  if (method == "reject") return reject(call);
  if (method == "leave") return leave_alliance(call);
  if (method == "weight") return set_weight(call);
  EMR_CHECK(method == "rotate");
  return rotate_keys(call);
}

}  // namespace emr::contracts
