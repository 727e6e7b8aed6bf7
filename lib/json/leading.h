// A value at the front of a longer text, for readers that take a text apart by themselves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/result.h"
#include "json/tokenizer.h"

namespace emr::json {

/// Reads the value that `text` begins with, as parse_strict would, and sets `stop` to the offset
/// behind it; what follows is not looked at.
Result<nlohmann::json> parse_leading(std::string_view text, std::size_t& stop,
                                     const Limits& limits = {});

}  // namespace emr::json
