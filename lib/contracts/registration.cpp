// 注册合约, the registration contract: accounts (apply, approve, reject, suspend, resume), sessions
// (login, logout) and the attested binding of a patient token to a wallet. Deregistration is in
// deregistration.cpp.
//
// Who decides about an account: the admin of the institution it named; a patient who named none is
// decided by any member's admin, who thereby becomes responsible; an auditor of the whole
// consortium (no institution) needs f+1 members. An identity token belongs to at most one account
// that is not rejected.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "contracts/closing.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/members.h"
#include "contracts/outcome.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::contracts {

using json::Json;

namespace {

/// Empty for an argument that is not there.
const std::string& text_arg(const Call& call, const char* name) {
  static const std::string kAbsent;
  const auto found = call.args().find(name);
  return found == call.args().end() ? kAbsent : found->get_ref<const std::string&>();
}

crypto::Address address_arg(const Call& call, const char* name) {
  auto address = crypto::parse_canonical_address(text_arg(call, name));
  return *std::move(address);  // the schema has checked its form
}

// --- applications --------------------------------------------------------------------------------

std::uint64_t waiting(const ledger::StateReader& state, std::string_view institution) {
  const auto text = state.get(keys::pending_count(institution));
  return text ? std::stoull(*text) : 0;
}

void count_waiting(ledger::Overlay& state, const Account& account, int change) {
  const std::uint64_t count = waiting(state, account.institution);
  EMR_CHECK(change > 0 || count > 0);
  state.put(keys::pending_count(account.institution),
            std::to_string(change > 0 ? count + 1 : count - 1));
  if (change > 0) {
    state.put(keys::pending(account.institution, account.address), std::string(keys::kPresent));
  } else {
    state.erase(keys::pending(account.institution, account.address));
  }
}

Outcome apply_account(Call& call) {
  const std::string& role = text_arg(call, "role");
  const std::string& institution = text_arg(call, "institution");
  const std::string& identity = text_arg(call, "identity");
  const bool alone = role == "patient" || role == "auditor";
  if (institution.empty() && !alone) return failed("institution_missing");
  if (!institution.empty() && !find_member(call.state, institution)) {
    return failed("unknown_institution");
  }
  if (call.account && call.account->status != "rejected") return failed("already_applied");
  if (find_session(call.state, call.from())) return failed("address_is_session");
  if (call.state.get(keys::identity(identity))) return failed("identity_taken");
  if (waiting(call.state, institution) >= kPendingMax) return failed("too_many_pending");
  const Account account{call.from(), role, institution, identity, "pending", call.block.time, ""};
  put_account(call.state, account);
  count_waiting(call.state, account, +1);
  call.state.put(keys::identity(identity),
                 json::canonical_checked(Json(account.address.text())));
  return done({{"status", "pending"}});
}

// --- decisions -----------------------------------------------------------------------------------

/// May the calling admin decide about this account?
bool decides_about(const Call& call, const Account& account) {
  if (!account.institution.empty()) return account.institution == call.account->institution;
  if (account.role == "auditor") return true;  // one voice of f+1
  return account.decided_by.empty() || account.decided_by == call.account->institution;
}

/// Adds the caller's voice to a consortium auditor's approval; true when f+1 have spoken.
bool enough_voices(Call& call, const Account& account) {
  const std::string key = keys::account_approvals(account.address);
  const auto text = call.state.get(key);
  Json voices = Json::array();
  if (text) {
    auto parsed = json::parse_strict(*text);
    voices = *std::move(parsed);
  }
  const Json mine = call.account->institution;
  if (std::find(voices.begin(), voices.end(), mine) == voices.end()) voices.push_back(mine);
  const bool enough = voices.size() >= (member_count(call.state) - 1) / 3 + 1;
  if (enough) {
    call.state.erase(key);
  } else {
    call.state.put(key, json::canonical_checked(voices));
  }
  return enough;
}

void set_status(Call& call, Account account, std::string status) {
  if (account.status == "pending") count_waiting(call.state, account, -1);
  account.status = std::move(status);
  account.since = call.block.time;
  account.decided_by = call.account->institution;
  put_account(call.state, account);
}

/// A founding admin or one set by the alliance is the alliance's to replace.
bool is_member_admin(const Call& call, const Account& account) {
  const auto member = find_member(call.state, account.institution);
  return member && member->admin == account.address;
}

/// Approving names the role again: the admin signs what the account may do.
Outcome activate(Call& call, const Account& account) {
  if (account.role != text_arg(call, "role")) return failed("other_role");
  if (account.role == "auditor" && account.institution.empty() && !enough_voices(call, account)) {
    return done({{"status", account.status}});
  }
  set_status(call, account, "active");
  return done({{"status", "active"}});
}

Outcome approve(Call& call, const Account& account) {
  return account.status == "pending" ? activate(call, account) : failed("not_pending");
}

Outcome reject(Call& call, const Account& account) {
  if (account.status != "pending") return failed("not_pending");
  set_status(call, account, "rejected");
  call.state.erase(keys::identity(account.identity));
  call.state.erase(keys::account_approvals(account.address));
  return done({{"status", "rejected"}});
}

Outcome suspend(Call& call, const Account& account) {
  if (account.status != "active") return failed("not_active");
  if (is_member_admin(call, account)) return failed("member_admin");
  set_status(call, account, "suspended");
  return done({{"status", "suspended"}});
}

Outcome resume(Call& call, const Account& account) {
  return account.status == "suspended" ? activate(call, account) : failed("not_suspended");
}

Outcome decide(Call& call, Outcome (*decision)(Call&, const Account&)) {
  const auto account = find_account(call.state, address_arg(call, "address"));
  if (!account) return failed("not_found");
  if (!decides_about(call, *account)) return denied("other_institution");
  return decision(call, *account);
}

// --- sessions ------------------------------------------------------------------------------------

Outcome login(Call& call) {
  const crypto::Address key = address_arg(call, "sessionKey");
  auto until = parse_utc(text_arg(call, "until"));
  if (*until <= call.block.time) return failed("session_expired");
  if (*until > call.block.time + kSessionSecondsMax + ledger::kClockSkewSecondsMax) {
    return failed("session_too_long");
  }
  if (find_account(call.state, key)) return failed("address_is_account");
  const auto other = find_session(call.state, key);
  if (other && other->until >= call.block.time) return failed("session_exists");
  put_session(call.state, {key, call.from(), text_arg(call, "boxKey"), *until});
  return {ledger::ReceiptStatus::kOk, "", Members().text("until", format_utc(*until)).take()};
}

Outcome logout(Call& call) {
  const crypto::Address key = address_arg(call, "sessionKey");
  const auto session = find_session(call.state, key);
  if (!session || session->from != call.from()) return failed("not_found");
  call.state.erase(keys::session(key));
  return done();
}

// --- patients ------------------------------------------------------------------------------------

/// How many attestations under this prefix are the caller's institution's.
std::size_t attested_under(const Call& call, const std::string& prefix) {
  const std::string mine = "/" + call.account->institution;
  const auto entries = call.state.scan(prefix, "", kBindingsMax);
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(),
                    [&](const ledger::StateEntry& entry) { return entry.key.ends_with(mine); }));
}

Outcome attest(Call& call) {
  const std::string& patient = text_arg(call, "patient");
  const crypto::Address wallet = address_arg(call, "address");
  const std::string& institution = call.account->institution;
  call.audit.patient = patient;
  const auto account = find_account(call.state, wallet);
  if (!account || !account->is("patient")) return failed("not_a_patient");
  if (call.state.get(keys::binding(patient, wallet, institution))) {
    return done({{"outcome", "unchanged"}});
  }
  if (attested_under(call, keys::bindings(patient)) >= kWalletsPerPatientMax ||
      attested_under(call, keys::bound_patients(wallet)) >= kPatientsPerWalletMax) {
    return failed("too_many_bindings");
  }
  put_return(call.state, patient, institution);
  call.state.put(keys::binding(patient, wallet, institution), std::string(keys::kPresent));
  call.state.put(keys::bound_patient(wallet, patient, institution), std::string(keys::kPresent));
  return done({{"outcome", "attested"}});
}

Outcome unattest(Call& call) {
  const std::string& patient = text_arg(call, "patient");
  const crypto::Address wallet = address_arg(call, "address");
  const std::string& institution = call.account->institution;
  call.audit.patient = patient;
  if (!call.state.get(keys::binding(patient, wallet, institution))) return failed("not_found");
  call.state.erase(keys::binding(patient, wallet, institution));
  call.state.erase(keys::bound_patient(wallet, patient, institution));
  return done();
}

}  // namespace

Outcome apply_registration(Call& call) {
  const std::string& method = call.tx.core().method;
  if (method == "apply") return apply_account(call);
  if (method == "approve") return decide(call, approve);
  if (method == "reject") return decide(call, reject);
  if (method == "suspend") return decide(call, suspend);
  if (method == "resume") return decide(call, resume);
  if (method == "login") return login(call);
  if (method == "logout") return logout(call);
  if (method == "attest") return attest(call);
  if (method == "deregister") return apply_deregistration(call);
  EMR_CHECK(method == "unattest");
  return unattest(call);
}

}  // namespace emr::contracts
