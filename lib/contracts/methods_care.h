// The methods that patients meet besides records and rules: emergencies, requests, appointments,
// deregistration.
// Internal to lib/contracts: methods.cpp puts the whole table together.
#pragma once

#include <vector>

#include "ledger/method.h"

namespace emr::contracts {

std::vector<ledger::MethodSpec> emergency_methods();
std::vector<ledger::MethodSpec> request_methods();
std::vector<ledger::MethodSpec> appointment_methods();
std::vector<ledger::MethodSpec> deregistration_methods();

}  // namespace emr::contracts
