// Names of JSON members that are data: {"13800138000":{…}}, {"张伟":{…}}. No rule treats a name, so
// a member that has one goes as a whole where unknown fields do.
#pragma once

#include <string_view>

#include "desensitize/policy.h"

namespace emr::desensitize {

/// Does this name tell a person, as far as the policy asks? With "scan" it has to prove itself;
/// with "drop" and "fail" any Chinese find, a person's name and a run of seven digits do. Never
/// with "keep", nor where a rule of the policy has the same word.
bool name_identifies(const Policy& policy, std::string_view name);

}  // namespace emr::desensitize
