// Chinese addresses by their administrative levels: 省 / 市 / 区县 / 街道镇乡 / 路村 / 号栋单元室.
// Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Byte offsets where the levels of an address stop; 0 for a level that is not there.
struct AddressParts {
  std::size_t province = 0;
  std::size_t city = 0;
  std::size_t district = 0;
};
AddressParts split_address(std::string_view address);

/// Where find_addresses_zh looks, places aside: first characters of labels, ends of counties, units
/// of houses.
std::u32string address_first_characters();
/// Last characters of roads, estates and villages (kRoadEnd).
std::u32string road_last_characters();
/// The ideographs at which a level of an address ends, or cannot go on (kAddressLevel).
std::u32string_view level_characters() noexcept;

void find_addresses_zh(const DecodedText& text, Finds& finds);

}  // namespace emr::desensitize
