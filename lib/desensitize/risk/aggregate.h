// Microaggregation of a table's column: every number becomes the mean of k similar ones. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "desensitize/risk/table.h"

namespace emr::desensitize::risk {

/// Writes the table with the numbers of `column` replaced by the means of groups of at least k rows
/// (techniques/microaggregate.h), with the decimals of the most precise value. Empty values stay.
/// kData when a value is no plain number or the table has no such column; the value is not named.
Status write_microaggregated(const Table& table, std::string_view column, std::uint64_t k,
                             const std::function<Status(std::string_view)>& sink);

}  // namespace emr::desensitize::risk
