// 权限合约, the permission contract: rules (grant, revoke) and access; emergencies are declared and
// reviewed in emergency.cpp, doctors ask and patients answer in request.cpp. A grant moves no key
// and no data; it is a signed sentence that every later access is judged by. A committed, permitted
// access is the only thing that makes nodes release key parts, so no read can happen unseen; a
// denied one stays in the audit as well.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/closing.h"
#include "contracts/emergency.h"
#include "contracts/granting.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "contracts/rules.h"
#include "contracts/stored.h"
#include "contracts/versions.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

// --- rules ---------------------------------------------------------------------------------------

/// Version 1 of this contract wrote rules without their place and knew no emergencies.
bool is_version_2(const Call& call) {
  return active_version(call.state, "permission", call.block.height) >= 2;
}

Outcome grant(Call& call) {
  Rule rule = rule_from_args(call.args());
  if (is_version_2(call)) {
    rule.height = call.block.height;
    rule.index = call.block.index;
  }
  call.audit.patient = rule.patient;
  call.audit.rule = to_hex(call.tx.txid());
  const auto urgent = std::find(rule.purposes.begin(), rule.purposes.end(), kEmergencyPurpose);
  if (urgent != rule.purposes.end() && !is_version_2(call)) return failed("not_in_version");
  Outcome made = make_rule(call, rule);
  if (made.status != ledger::ReceiptStatus::kOk) return made;
  return done({{"grant", rule.id}, {"until", format_utc(rule.until)}});
}

/// Who made a rule may end it. So may the patient's other wallet (the one before was lost), if its
/// word counts wherever the rule's does: otherwise one dishonest member could attest a wallet of
/// its own and lift what the patient has forbidden.
bool may_revoke(const Call& call, const Rule& rule) {
  if (!rule.in_trust_by.empty() && call.account->role == "admin") {
    return rule.in_trust_by == call.account->institution;
  }
  if (call.from() == rule.by) return true;
  if (!is_attested(call.state, rule.patient, call.from())) return false;
  const std::vector<std::string> reach =
      rule.in_trust_by.empty() ? attesters_of(call.state, rule.patient, rule.by)
                               : std::vector{rule.in_trust_by};
  return std::all_of(reach.begin(), reach.end(), [&](const std::string& institution) {
    return is_bound(call.state, rule.patient, call.from(), institution);
  });
}

Outcome revoke(Call& call) {
  const std::string id = call.args()["grant"];
  const auto patient_text = call.state.get(keys::grant_patient(id));
  if (!patient_text) return failed("not_found");
  const std::string patient = patient_text->substr(1, 64);
  auto rule = find_rule(call.state, patient, id);
  EMR_CHECK(rule.has_value());
  call.audit.patient = patient;
  call.audit.rule = id;
  if (!may_revoke(call, *rule)) return denied("not_the_patient");
  if (rule->revoked != 0) return done({{"outcome", "unchanged"}});
  rule->revoked = call.block.time;
  put_rule(call.state, *rule);
  // What has been read cannot be taken back: the receipt says so.
  return done({{"effect", "future-only"}, {"outcome", "revoked"}});
}

// --- access --------------------------------------------------------------------------------------

/// The box key must be the session's, when a session signed: parts go where the login said.
bool is_own_box(const Call& call) {
  if (call.tx.signer() == call.from()) return true;
  const auto session = find_session(call.state, call.tx.signer());
  return session && session->box_key == call.args()["boxKey"];
}

/// The wanted parts that this version has. A reader asks for "original and attachments" without
/// knowing whether there are any; the receipt says which parts the access is for.
Json parts_of(const RecordVersion& version, const Json& wanted) {
  Json parts = Json::array();
  for (const Json& name : wanted) {
    const bool there =
        std::any_of(version.commits.begin(), version.commits.end(), [&](const auto& commit) {
          return ledger::part_name(commit.first) == name.get_ref<const std::string&>();
        });
    if (there) parts.push_back(name);
  }
  return parts;
}

void put_access(Call& call, const RecordVersion& version, const Json& parts, UnixSeconds expires) {
  const std::string txid = to_hex(call.tx.txid());
  const Json right{{"boxKey", call.args()["boxKey"]},
                   {"expires", format_utc(expires)},
                   {"from", call.from().text()},
                   {"parts", parts},
                   {"record", to_hex(version.record)},
                   {"signer", call.tx.signer().text()},
                   {"version", version.version}};
  call.state.put(keys::access(txid), json::canonical_checked(right));
  call.state.put(keys::expiry(expires + 1, "access/" + txid),
                 json::canonical_checked(Json{keys::access(txid)}));
}

Outcome open(Call& call, const RecordVersion& version, const Decision& decision) {
  const Json parts = parts_of(version, call.args()["parts"]);
  if (parts.empty()) return failed("no_such_part");
  UnixSeconds expires = call.block.time + 60 * call.args()["minutes"].get<UnixSeconds>();
  if (decision.until != 0) expires = std::min(expires, decision.until);
  put_access(call, version, parts, expires);
  Json data{{"basis", decision.basis},
            {"expires", format_utc(expires)},
            {"parts", parts},
            {"record", to_hex(version.record)},
            {"version", version.version}};
  const bool urgent = decision.basis == "emergency";
  if (!decision.grant.empty()) data[urgent ? "emergency" : "grant"] = decision.grant;
  return done(data);
}

Outcome access(Call& call) {
  const std::string tag = call.args()["record"];
  call.audit.record = tag;
  call.audit.purpose = call.args()["purpose"];
  if (call.audit.purpose == kEmergencyPurpose && !is_version_2(call)) {
    return failed("not_in_version");
  }
  const auto head = find_record(call.state, tag);
  if (!head) return failed("not_found");
  call.audit.patient = head->patient;
  call.audit.record_institution = head->institution;
  const Decision decision = judge(call.state, *call.block.genesis, *call.account, *head,
                                  call.audit.purpose, call.block.time);
  call.audit.rule = decision.permitted && decision.grant.empty() ? decision.basis : decision.grant;
  if (!decision.permitted) return denied(decision.reason);
  if (!is_own_box(call)) return denied("box_key");
  auto record = hash_from_hex(tag);
  const auto version =
      find_record_version(call.state, *record, call.args().value("version", std::uint64_t{0}));
  if (!version) return failed("not_found");
  call.audit.version = version->version;
  return open(call, *version, decision);
}

Error no_access() {
  return fail(Code::kDenied, "there is no committed, permitted and unexpired access")
      .with_reason("no_access");
}

}  // namespace

Outcome apply_permission(Call& call) {
  const std::string& method = call.tx.core().method;
  if (method == "grant") return grant(call);
  if (method == "revoke") return revoke(call);
  if (method == "emergency") return declare_emergency(call);
  if (method == "review") return review_emergency(call);
  if (method == "request") return request_access(call);
  if (method == "answer") return answer_request(call);
  EMR_CHECK(method == "access");
  return access(call);
}

Result<AccessRight> find_access(const ledger::StateReader& state, const Hash32& txid,
                                UnixSeconds time) {
  const auto text = state.get(keys::access(to_hex(txid)));
  if (!text) return no_access();
  EMR_ASSIGN(const Json tree, json::parse_object(*text));
  AccessRight right;
  right.txid = txid;
  EMR_ASSIGN(const std::string from, json::get_string(tree, "from"));
  EMR_ASSIGN(right.from, crypto::parse_canonical_address(from));
  EMR_ASSIGN(const std::string signer, json::get_string(tree, "signer"));
  EMR_ASSIGN(right.signer, crypto::parse_canonical_address(signer));
  EMR_ASSIGN(right.box_key, json::get_hex32(tree, "boxKey"));
  EMR_ASSIGN(right.record, json::get_hex32(tree, "record"));
  EMR_ASSIGN(right.version, json::get_u64(tree, "version"));
  EMR_ASSIGN(right.expires, json::get_utc(tree, "expires"));
  for (const Json& name : tree["parts"]) {
    EMR_ASSIGN(const ledger::Part part, ledger::part_from_name(name.get<std::string>()));
    right.parts.push_back(part);
  }
  const auto account = find_account(state, right.from);
  if (right.expires < time || !account || !account->active() ||
      !is_of_alliance(state, *account) ||
      !speaks_for(state, right.signer, right.from, time)) {
    return no_access();
  }
  return right;
}

bool may_see_record(const ledger::StateReader& state, const ledger::Genesis& genesis,
                    const crypto::Address& subject, const Hash32& record, UnixSeconds time) {
  const auto account = find_account(state, subject);
  const auto head = find_record(state, to_hex(record));
  return account && head && may_know(state, genesis, *account, *head, time);
}

bool may_put_content(const ledger::StateReader& state, const crypto::Address& subject) {
  const auto account = find_account(state, subject);
  if (!account || !account->is_staff()) return false;
  const auto member = find_member(state, account->institution);
  return member && member->may_write;
}

}  // namespace emr::contracts
