// registration.deregister: a patient closes his own file, or anybody his own account. How much
// there is to close must not matter: the work is bounded by the attestations of one patient or
// wallet, and rules and records are not touched (closing.h). No key is destroyed: what an
// institution must keep stays where it is, sealed.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "contracts/closing.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/outcome.h"
#include "contracts/versions.h"

namespace emr::contracts {

using Json = nlohmann::json;
using ledger::ReceiptStatus;

namespace {

struct Binding {
  crypto::Address wallet{};
  std::string institution;
};

std::vector<Binding> bindings_of(const ledger::StateReader& state, const std::string& patient) {
  std::vector<Binding> bindings;
  const std::string prefix = keys::bindings(patient);
  for (const auto& entry : state.scan(prefix, "", kBindingsMax)) {
    const std::string rest = entry.key.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    auto wallet = crypto::parse_canonical_address(rest.substr(0, slash));
    bindings.push_back({*wallet, rest.substr(slash + 1)});
  }
  return bindings;
}

void unbind(ledger::Overlay& state, const std::string& patient, const Binding& binding) {
  state.erase(keys::binding(patient, binding.wallet, binding.institution));
  state.erase(keys::bound_patient(binding.wallet, patient, binding.institution));
}

// --- the account ---------------------------------------------------------------------------------

/// Its sessions end with it (a subject that is not active may do nothing), its identity is free for
/// a new account; the address is used up.
void close_account(Call& call) {
  Account account = *call.account;
  for (const std::string& patient : patients_of(call.state, account.address)) {
    for (const std::string& institution :
         attesters_of(call.state, patient, account.address)) {
      unbind(call.state, patient, {account.address, institution});
    }
  }
  if (!account.identity.empty()) call.state.erase(keys::identity(account.identity));
  account.identity.clear();
  account.status = "closed";
  account.since = call.block.time;
  account.decided_by.clear();
  put_account(call.state, account);
}

Outcome close_own_account(Call& call) {
  const auto member = find_member(call.state, call.account->institution);
  if (member && member->admin == call.from()) return failed("member_admin");
  close_account(call);
  return done({{"account", "closed"}});
}

// --- a patient -----------------------------------------------------------------------------------

/// Where the caller's word about this patient counts; empty when it counts nowhere. An admin speaks
/// in trust for his own institution, while that has attested no wallet.
std::vector<std::string> reach_of(const Call& call, const std::string& patient) {
  if (call.account->role == "admin") {
    const std::string& institution = call.account->institution;
    if (has_binding(call.state, patient, institution)) return {};
    return {institution};
  }
  if (is_bound(call.state, patient, call.from(), "")) return {"*"};
  return attesters_of(call.state, patient, call.from());
}

/// A closing ends the rules before it: they must know their place, and permission 1 wrote none.
Outcome close_patient(Call& call, const std::string& patient) {
  call.audit.patient = patient;
  if (active_version(call.state, "permission", call.block.height) < 2) {
    return failed("not_in_version");
  }
  const std::vector<std::string> reach = reach_of(call, patient);
  if (reach.empty()) return denied("not_the_patient");
  std::vector<Closing> closings;
  for (const std::string& institution : reach) {
    closings.push_back(
        {institution, call.from(), call.block.time, call.block.height, call.block.index});
  }
  put_closings(call.state, patient, closings);
  for (const Binding& binding : bindings_of(call.state, patient)) {
    const bool covered = std::any_of(closings.begin(), closings.end(), [&](const Closing& one) {
      return one.covers(binding.institution);
    });
    if (covered) unbind(call.state, patient, binding);
  }
  const bool last = call.account->role == "patient" &&
                    patients_of(call.state, call.from()).empty();
  if (last) close_account(call);
  return done({{"account", last ? "closed" : "active"}, {"closed", reach}, {"patient", patient}});
}

}  // namespace

Outcome apply_deregistration(Call& call) {
  const std::string patient = call.args().value("patient", "");
  return patient.empty() ? close_own_account(call) : close_patient(call, patient);
}

}  // namespace emr::contracts
