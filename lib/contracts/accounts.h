// Accounts, sessions and patient bindings as the state holds them. Typed reading and writing only;
// who may change what is the registration contract's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/address.h"
#include "ledger/genesis.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The value of registration/account/<address>. `status`: pending, active, suspended, rejected,
/// closed.
struct Account {
  crypto::Address address{};
  std::string role;
  std::string institution;  ///< "" for a patient or auditor who belongs to none
  std::string identity;     ///< hex token; "" for the admins of the genesis
  std::string status;
  UnixSeconds since = 0;    ///< of the status
  std::string decided_by;   ///< institution that decided last

  bool active() const { return status == "active"; }
  bool is(std::string_view wanted) const { return active() && role == wanted; }
  /// doctor, service or admin of an institution.
  bool is_staff() const;
};
std::optional<Account> find_account(const ledger::StateReader& state,
                                    const crypto::Address& address);
void put_account(ledger::Overlay& state, const Account& account);
std::string account_json(const Account& account);

/// The value of registration/session/<key>.
struct Session {
  crypto::Address key{};
  crypto::Address from{};
  std::string box_key;
  UnixSeconds until = 0;
};
std::optional<Session> find_session(const ledger::StateReader& state, const crypto::Address& key);
void put_session(ledger::Overlay& state, const Session& session);

/// A member of the alliance.
struct Member {
  std::string id;
  crypto::Address admin{};
  bool may_write = false;
};
std::optional<Member> find_member(const ledger::StateReader& state, std::string_view institution);
std::size_t member_count(const ledger::StateReader& state);
/// Patients and the alliance's own auditors, and whoever works for an institution that is a member.
bool is_of_alliance(const ledger::StateReader& state, const Account& account);

/// Does this wallet speak for the patient at this institution: attested by it, or by f+1 members?
bool is_bound(const ledger::StateReader& state, std::string_view patient,
              const crypto::Address& wallet, std::string_view institution);
/// Has any wallet been attested by this institution for the patient?
bool has_binding(const ledger::StateReader& state, std::string_view patient,
                 std::string_view institution);
/// Has anybody attested this wallet for the patient?
bool is_attested(const ledger::StateReader& state, std::string_view patient,
                 const crypto::Address& wallet);
/// The institutions that attested it.
std::vector<std::string> attesters_of(const ledger::StateReader& state, std::string_view patient,
                                      const crypto::Address& wallet);
/// The patients this wallet was attested for, by anybody.
std::vector<std::string> patients_of(const ledger::StateReader& state,
                                     const crypto::Address& wallet);

}  // namespace emr::contracts
