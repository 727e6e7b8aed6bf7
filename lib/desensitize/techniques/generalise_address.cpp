#include <algorithm>
#include <array>

#include "desensitize/detect/address_zh.h"
#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {

std::optional<std::string> generalise_address(std::string_view text, AddressLevel level) {
  const AddressParts parts = split_address(text);
  const std::size_t stop = level == AddressLevel::kProvince ? parts.province
                           : level == AddressLevel::kCity   ? std::max(parts.province, parts.city)
                                                            : std::max({parts.province, parts.city,
                                                                        parts.district});
  if (stop == 0) {
    return std::nullopt;
  }
  return std::string(text.substr(0, stop));
}

std::optional<std::string> generalise_zip3(std::string_view text) {
  // Areas with fewer than 20,000 people by the 2000 census: the list that HHS published in its
  // guidance on 164.514(b).
  constexpr std::array<std::string_view, 17> kSmall = {"036", "059", "063", "102", "203", "556",
                                                       "692", "790", "821", "823", "830", "831",
                                                       "878", "879", "884", "890", "893"};
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < 5 || !std::all_of(text.begin(), text.begin() + 5, is_digit)) {
    return std::nullopt;
  }
  const std::string_view zip3 = text.substr(0, 3);
  const bool small = std::find(kSmall.begin(), kSmall.end(), zip3) != kSmall.end();
  return std::string(small ? "000" : zip3);
}

}  // namespace emr::desensitize
