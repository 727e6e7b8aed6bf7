// 授权, how a rule comes about: whose word it is and what it may say. By permission.grant, and by a
// patient's yes to a doctor's request; one function for both, so that neither is the easier way.
#pragma once

#include <string>

#include "contracts/outcome.h"
#include "contracts/rules.h"

namespace emr::contracts {

/// Whose word is this? A wallet's that was attested for the patient by anybody (where it counts is
/// judged at every access), or, while the institution has attested none, the institution's admin.
bool may_rule(const Call& call, const std::string& patient);

/// Checks and files a rule by the caller; its id is the transaction's.
Outcome make_rule(Call& call, Rule& rule);

}  // namespace emr::contracts
