// Values of the state as trees, and the rows that are made of them.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace emr::contracts {

/// A state value. The contracts wrote it, so it parses; anything else is a bug, which ends the
/// process.
nlohmann::json load(std::string_view text);

/// Says what a row is ("emr.grant"), in the version of it that readers check.
void set_type(nlohmann::json& row, const char* type);

}  // namespace emr::contracts
