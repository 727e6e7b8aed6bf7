// 紧急访问, emergency access (break-glass): a doctor without any rule declares an emergency about
// one record or one patient, with a reason from a closed list. For four hours at the most he may
// then open (permission.access with purpose BTG) what the declaration covers. It stands in the
// audit, in the patient's list of rules and in the list of what nobody has reviewed, until an admin
// or auditor says whether it was justified. A patient's rule that forbids BTG beats it (rules.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "contracts/accounts.h"
#include "contracts/records.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The purpose of use of accesses under an emergency (HL7 v3-ActReason).
inline constexpr std::string_view kEmergencyPurpose = "BTG";

/// The value of permission/emergency/<patient>/<id>.
struct Emergency {
  std::string id;      ///< txid of the declaration
  std::string patient;
  std::string record;  ///< "" = every record of the patient
  crypto::Address by{};
  std::string institution;  ///< the doctor's
  std::string reason_code;
  UnixSeconds since = 0;
  UnixSeconds until = 0;
  std::uint64_t height = 0;
  std::uint32_t index = 0;
  std::string verdict;  ///< justified, unjustified; "" while nobody has reviewed it
  std::string reviewer;
  std::string reviewer_institution;  ///< "" = an auditor of the whole alliance
  UnixSeconds reviewed = 0;

  bool waits() const { return verdict.empty(); }
  bool overdue(UnixSeconds time) const;
};
std::optional<Emergency> find_emergency(const ledger::StateReader& state, std::string_view patient,
                                        std::string_view id);
/// What an index of emergencies refers to: its values are texts "<patient>/<id>" in JSON.
Emergency emergency_at(const ledger::StateReader& state, std::string_view reference);
/// The declaration by this reader that covers the record now, if there is one.
std::optional<Emergency> live_emergency(const ledger::StateReader& state, const Account& subject,
                                        const RecordHead& record, UnixSeconds time);

/// One row of `emergencies`: with what is reviewed and overdue at this time.
std::string emergency_json(const Emergency& emergency, UnixSeconds time);
/// The same as one row of `grants`, beside the rules.
std::string emergency_rule_json(const Emergency& emergency, UnixSeconds time);

}  // namespace emr::contracts
