// Policies of records over the policy of a format. Messages and documents have fields that a policy
// of records does not know (PID-3, Patient.id): its rules are laid over those of the format.
//
//   "over":{"hl7v2":{"rules":[…],"dates":"public"?},…}
//
// The rules of the layer come first, then those of the format, then the policy's own for what the
// format leaves open; "rest" of the format's policy are rules for all of that, where a key of a
// record must decide nothing ("source" of an AuditEvent). With "dates" the format treats dates as
// it does for that purpose, whatever the purpose of the run is. A policy with a layer has that of
// the one which it extends, too, behind its own; one without has its rules before those layers.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"

namespace emr::desensitize {

/// Is there a layer for this format's policy? `format` may be "".
bool has_layer(const nlohmann::json& policy, const std::string& format);
/// Adds the layer of `base`, which `policy` extends, to its own.
Status extend_layer(nlohmann::json& policy, const nlohmann::json& base, const std::string& format);
/// Lays `policy`, whose rules are resolved, over `base`, the policy of `format`.
Status lay_over(nlohmann::json& policy, const nlohmann::json& base, const std::string& format);

}  // namespace emr::desensitize
