// The methods that patients meet besides records and rules: emergency access and its review.
// Internal to lib/contracts: methods.cpp puts the whole table together.
#pragma once

#include <vector>

#include "ledger/method.h"

namespace emr::contracts {

std::vector<ledger::MethodSpec> emergency_methods();

}  // namespace emr::contracts
