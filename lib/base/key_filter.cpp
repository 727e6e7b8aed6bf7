#include "base/key_filter.h"

#include <algorithm>
#include <bit>

namespace emr {

namespace {

/// With three of them set by a key, one key in a hundred and fifty is looked for in vain.
constexpr std::size_t kBitsPerKey = 16;

}  // namespace

std::uint64_t KeyFilter::bits(std::size_t hash) noexcept {
  return std::uint64_t{1} << hash % 64 | std::uint64_t{1} << (hash >> 6) % 64 |
         std::uint64_t{1} << (hash >> 12) % 64;
}

KeyFilter::KeyFilter(std::size_t keys)
    : words_(std::bit_ceil(std::max<std::size_t>(keys * kBitsPerKey / 64, 1))) {}

}  // namespace emr
