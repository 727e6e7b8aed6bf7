// Identifiers that prove themselves: the arithmetic of their check digits. Pure, no allocation. All
// functions take the bare characters (no blanks, no full-width forms).
#pragma once

#include <string_view>

namespace emr::desensitize {

/// GB 11643-1999: the check character of 17 digits.
char id_card_check_digit(std::string_view first17) noexcept;
/// 18 characters: known province, real birth date 1850..2199, check character (x or X).
bool is_valid_id_card(std::string_view id) noexcept;
/// 15 digits (first generation): province and date; there is no check digit.
bool is_plausible_id_card15(std::string_view id) noexcept;
/// GB 32100-2015, 18 characters.
bool is_valid_uscc(std::string_view code) noexcept;
/// ISO/IEC 7812-1 (Luhn).
bool is_valid_luhn(std::string_view digits) noexcept;
/// Luhn, 13..19 digits and a prefix that card issuers use.
bool is_valid_bank_card(std::string_view digits) noexcept;
/// GB 16735: 17 characters without I, O, Q, check character at position 9.
bool is_valid_vin(std::string_view vin) noexcept;
/// Hong Kong: one or two letters, six digits, check character ("A123456(3)" without brackets).
bool is_valid_hong_kong_id(std::string_view id) noexcept;
/// Taiwan: letter, [1289], eight digits, weighted sum mod 10.
bool is_valid_taiwan_id(std::string_view id) noexcept;
/// ISO 13616: mod 97, no blanks.
bool is_valid_iban(std::string_view iban) noexcept;
/// Area, group and serial that the Social Security Administration can have given; "-" left out.
bool is_plausible_ssn(std::string_view digits) noexcept;
/// US National Provider Identifier: Luhn over 80840 and ten digits.
bool is_valid_npi(std::string_view digits) noexcept;

}  // namespace emr::desensitize
