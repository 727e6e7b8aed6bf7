// 读取申请, requests for access: a doctor asks a patient for a rule, he says yes or no. A yes is
// a rule like every other (granting.h), for that doctor, of that scope and purpose, and never wider
// or longer than what was asked for. A no stays with the request, and both in the audit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "contracts/rules.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The value of permission/request/<patient>/<id>.
struct AccessRequest {
  std::string id;           ///< txid of the request
  Rule wanted;              ///< the rule that is asked for; `since` is the time of the request
  crypto::Address by{};     ///< the doctor
  std::string institution;  ///< his
  /// Whose records it concerns. Kept from the doctor: it would tell where the patient was treated.
  std::vector<std::string> asked;
  UnixSeconds expires = 0;
  std::string decision;     ///< approve, deny; "" while nobody has answered
  std::string answered_by;
  std::string in_trust_by;  ///< institution that answered for a patient without a wallet; else ""
  UnixSeconds answered = 0;
  std::string grant;        ///< the rule of a yes
  UnixSeconds until = 0;    ///< its end

  bool is_pending(UnixSeconds time) const { return decision.empty() && time < expires; }
  bool concerns(std::string_view where) const;
  /// pending, approved, denied, expired
  const char* status(UnixSeconds time) const;
};
std::optional<AccessRequest> find_request(const ledger::StateReader& state,
                                          std::string_view patient, std::string_view id);
/// What an index of requests refers to: its values are texts "<patient>/<id>" in JSON.
AccessRequest request_at(const ledger::StateReader& state, std::string_view reference);

/// One row of `requests`.
std::string request_json(const AccessRequest& request, UnixSeconds time);

}  // namespace emr::contracts
