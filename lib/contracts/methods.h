// The method table: every method of every contract with its argument schema, payload parts, roles
// and the texts a wallet shows. One table feeds validation, `emr-tx methods`, typed data and the
// role matrix test, so none of them can disagree. Built once, immutable, safe from every thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/method.h"

namespace emr::contracts {

/// The table. Valid for the life of the program.
const ledger::MethodTable& method_table();

/// The closed list of reasons for an emergency access, as permission.emergency takes them.
std::vector<std::string> emergency_reasons();

/// The closed list of purposes of use, as permission.grant and permission.access take them.
std::vector<std::string> access_purposes();

/// What the audit calls an action: "permission.access", and the method's name alone ("access").
std::vector<std::string> action_names();

/// One `emr.method` line per method (JSON schema of the arguments, roles, parts, typed-data type).
std::string method_line(const ledger::MethodSpec& method);

}  // namespace emr::contracts
