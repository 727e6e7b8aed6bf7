#include "desensitize/detect/check_digits.h"

#include <array>
#include <cstdint>

#include "base/time.h"

namespace emr::desensitize {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

bool all_digits(std::string_view text) noexcept {
  for (const char c : text) {
    if (!is_digit(c)) {
      return false;
    }
  }
  return !text.empty();
}

int number(std::string_view digits) noexcept {
  int value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
  }
  return value;
}

/// First two digits of a division code (GB/T 2260), 81..83 for residents of HK, MO and TW, 91 for
/// foreigners with permanent residence.
bool is_province(int code) noexcept {
  constexpr std::array<std::int8_t, 36> kProvinces = {
      11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43,
      44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91};
  for (const std::int8_t province : kProvinces) {
    if (province == code) {
      return true;
    }
  }
  return false;
}

bool is_birth_date(int year, int month, int day) noexcept {
  return year >= 1850 && year <= 2199 && is_valid_date({year, month, day});
}

}  // namespace

char id_card_check_digit(std::string_view first17) noexcept {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    sum += kWeights[i] * (first17[i] - '0');
  }
  return "10X98765432"[sum % 11];
}

bool is_valid_id_card(std::string_view id) noexcept {
  return id.size() == 18 && all_digits(id.substr(0, 17)) && is_province(number(id.substr(0, 2))) &&
         is_birth_date(number(id.substr(6, 4)), number(id.substr(10, 2)),
                       number(id.substr(12, 2))) &&
         id_card_check_digit(id) == upper(id[17]);
}

bool is_plausible_id_card15(std::string_view id) noexcept {
  return id.size() == 15 && all_digits(id) && is_province(number(id.substr(0, 2))) &&
         is_birth_date(1900 + number(id.substr(6, 2)), number(id.substr(8, 2)),
                       number(id.substr(10, 2)));
}

bool is_valid_uscc(std::string_view code) noexcept {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr std::array<int, 17> kWeights = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                            29, 25, 13, 8,  24, 10, 30, 28};
  if (code.size() != 18 || !all_digits(code.substr(2, 6))) {
    return false;
  }
  // Registering department and kind of organisation: 1, 5, 9, Y and the rarer letters.
  if (std::string_view("123456789ANY").find(code[0]) == std::string_view::npos) {
    return false;
  }
  // Eighteen digits with a date where an ID number has it: an ID number with a typing error.
  if (all_digits(code) && is_birth_date(number(code.substr(6, 4)), number(code.substr(10, 2)),
                                        number(code.substr(12, 2)))) {
    return false;
  }
  int sum = 0;
  for (std::size_t i = 0; i < 18; ++i) {
    const std::size_t value = kAlphabet.find(code[i]);
    if (value == std::string_view::npos) {
      return false;
    }
    if (i < 17) {
      sum += static_cast<int>(value) * kWeights[i];
    }
  }
  return kAlphabet[static_cast<std::size_t>((31 - sum % 31) % 31)] == code[17];
}

bool is_valid_luhn(std::string_view digits) noexcept {
  if (!all_digits(digits)) {
    return false;
  }
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i-- > 0;) {
    const int digit = digits[i] - '0';
    const int twice = digit * 2;
    sum += doubled ? (twice > 9 ? twice - 9 : twice) : digit;
    doubled = !doubled;
  }
  return sum % 10 == 0;
}

bool is_valid_bank_card(std::string_view digits) noexcept {
  if (digits.size() < 13 || digits.size() > 19 || !is_valid_luhn(digits)) {
    return false;
  }
  const int two = number(digits.substr(0, 2));
  const int four = number(digits.substr(0, 4));
  switch (digits.size()) {
    case 13: return digits[0] == '4';
    case 14: return two == 36 || two == 38 || two == 39 || (four >= 3000 && four <= 3059);
    case 15: return two == 34 || two == 37 || four == 2131 || four == 1800;
    case 16:
      return digits[0] == '4' || (two >= 51 && two <= 55) || (four >= 2221 && four <= 2720) ||
             two == 62 || two == 60 || two == 65 || two == 35 || two == 64 || two == 81;
    default: return two == 62 || two == 60 || two == 95 || two == 94 || two == 45;
  }
}

bool is_valid_vin(std::string_view vin) noexcept {
  constexpr std::array<int, 17> kWeights = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPRSTUVWXYZ";
  constexpr std::array<int, 23> kValues = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4,
                                           5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9};
  if (vin.size() != 17) {
    return false;
  }
  int sum = 0;
  int letters = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    const std::size_t letter = kLetters.find(vin[i]);
    if (!is_digit(vin[i]) && letter == std::string_view::npos) {
      return false;
    }
    letters += is_digit(vin[i]) ? 0 : 1;
    sum += kWeights[i] * (is_digit(vin[i]) ? vin[i] - '0' : kValues[letter]);
  }
  // A vehicle number has letters in its maker's part; 17 bare digits are something else.
  return letters >= 2 && "0123456789X"[sum % 11] == vin[8];
}

bool is_valid_hong_kong_id(std::string_view id) noexcept {
  const std::size_t letters = id.size() == 9 ? 2 : 1;
  if ((id.size() != 8 && id.size() != 9) || !is_upper(id[0]) || !is_upper(id[letters - 1]) ||
      !all_digits(id.substr(letters, 6))) {
    return false;
  }
  // A missing first letter counts as a blank: value 36.
  int sum = letters == 2 ? (id[0] - 'A' + 10) * 9 + (id[1] - 'A' + 10) * 8
                         : 36 * 9 + (id[0] - 'A' + 10) * 8;
  for (std::size_t i = 0; i < 6; ++i) {
    sum += (id[letters + i] - '0') * static_cast<int>(7 - i);
  }
  const char last = id.back();
  sum += last == 'A' ? 10 : is_digit(last) ? last - '0' : 100;
  return sum % 11 == 0 && (last == 'A' || is_digit(last));
}

bool is_valid_taiwan_id(std::string_view id) noexcept {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVXYWZIO";  // values 10..35
  if (id.size() != 10 || !all_digits(id.substr(1)) ||
      std::string_view("1289").find(id[1]) == std::string_view::npos) {
    return false;
  }
  const std::size_t letter = kLetters.find(id[0]);
  if (letter == std::string_view::npos) {
    return false;
  }
  int sum = static_cast<int>((letter + 10) / 10 + (letter + 10) % 10 * 9);
  for (std::size_t i = 1; i <= 8; ++i) {
    sum += (id[i] - '0') * static_cast<int>(9 - i);
  }
  return (sum + (id[9] - '0')) % 10 == 0;
}

bool is_valid_iban(std::string_view iban) noexcept {
  if (iban.size() < 15 || iban.size() > 34 || !is_upper(iban[0]) || !is_upper(iban[1]) ||
      !all_digits(iban.substr(2, 2))) {
    return false;
  }
  int rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = iban[(i + 4) % iban.size()];
    if (is_digit(c)) {
      rest = (rest * 10 + (c - '0')) % 97;
    } else if (is_upper(c)) {
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
    } else {
      return false;
    }
  }
  return rest == 1;
}

bool is_plausible_ssn(std::string_view digits) noexcept {
  if (digits.size() != 9 || !all_digits(digits)) {
    return false;
  }
  const int area = number(digits.substr(0, 3));
  return area != 0 && area != 666 && area < 900 && number(digits.substr(3, 2)) != 0 &&
         number(digits.substr(5, 4)) != 0;
}

bool is_valid_npi(std::string_view digits) noexcept {
  if (digits.size() != 10 || !all_digits(digits) || (digits[0] != '1' && digits[0] != '2')) {
    return false;
  }
  std::array<char, 15> prefixed = {'8', '0', '8', '4', '0'};
  for (std::size_t i = 0; i < 10; ++i) {
    prefixed[5 + i] = digits[i];
  }
  return is_valid_luhn({prefixed.data(), prefixed.size()});
}

}  // namespace emr::desensitize
