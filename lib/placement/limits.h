// Limits of the placement layer, with their reasons.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::placement {

/// A score costs one hash per unit of weight. 1024 units resolve 0.1 % of a node and cost about
/// 0.2 ms per node and key.
inline constexpr std::uint32_t kMaxWeight = 1024;
/// Storage nodes of one consortium.
inline constexpr std::size_t kMaxNodes = 1024;
inline constexpr std::size_t kMaxNodeIdLength = 128;

}  // namespace emr::placement
