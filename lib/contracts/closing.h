// 注销, a patient's deregistration: from then on no institution where it counts writes about him,
// nobody reads what stays, and no rule made before it counts again. One value marks it, however
// many rules and records there are: whatever judges looks at the mark. An institution that attests
// a wallet for the patient afterwards says that he has come back to it, and ends it for itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "contracts/rules.h"
#include "crypto/address.h"
#include "ledger/state.h"

namespace emr::contracts {

/// One entry of registration/closed/<patient>: the newest for this institution.
struct Closing {
  std::string institution;  ///< "*" = every one: the wallet spoke for the patient everywhere
  crypto::Address by{};
  UnixSeconds at = 0;
  std::uint64_t height = 0;
  std::uint32_t index = 0;
  bool returned = false;  ///< the patient has come back here since; what it ended stays ended

  bool covers(std::string_view where) const { return institution == "*" || institution == where; }
  /// Was it after the rule was made?
  bool ends(const Rule& rule) const;
};
std::vector<Closing> closings_of(const ledger::StateReader& state, std::string_view patient);
/// Adds closings, each instead of an older one for the same institution.
void put_closings(ledger::Overlay& state, std::string_view patient,
                  const std::vector<Closing>& added);

/// The institution attests that the patient has come back to it. Nothing when he never left.
void put_return(ledger::Overlay& state, std::string_view patient, std::string_view institution);

/// Is the patient deregistered at this institution now?
bool is_closed(const ledger::StateReader& state, std::string_view patient,
               std::string_view institution);
/// Did a closing there end the rule, though the patient may have come back since?
bool is_ended(const ledger::StateReader& state, const Rule& rule, std::string_view institution);
/// When a closing ended the rule wherever its signer's word counted; 0 = none did.
UnixSeconds ended_at(const ledger::StateReader& state, const Rule& rule);

}  // namespace emr::contracts
