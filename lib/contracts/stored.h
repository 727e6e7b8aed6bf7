// Values of the state as trees.
#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace emr::contracts {

/// A state value. The contracts wrote it, so it parses; anything else is a bug, which ends the
/// process.
nlohmann::json load(std::string_view text);

}  // namespace emr::contracts
