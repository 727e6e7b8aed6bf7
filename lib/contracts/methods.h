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

/// One `emr.method` line per method (JSON schema of the arguments, roles, parts, typed-data type).
std::string method_line(const ledger::MethodSpec& method);

}  // namespace emr::contracts
