// Microaggregation of one column of numbers: rows with similar numbers form groups of at least k,
// and each number becomes the mean of its group. The sum stays, single values are gone. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace emr::desensitize {

/// The value of each row after microaggregation. The groups have k to 2k-1 rows and the least sum
/// of squares that such groups can have (Hansen and Mukherjee 2003); above kMaxOptimalWork steps,
/// neighbours are grouped k by k instead. Fewer than 2k rows become one group; NaN stays NaN and
/// belongs to no group. Needs some 32 bytes a row.
std::vector<double> microaggregate(const std::vector<double>& values, std::uint64_t k);

/// Rows times k: one or two seconds.
inline constexpr std::uint64_t kMaxOptimalWork = 400'000'000;

}  // namespace emr::desensitize
