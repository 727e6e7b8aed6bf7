#include "base/number.h"

#include <charconv>

namespace emr {
namespace {

bool is_plain_decimal(std::string_view text) noexcept {
  if (text.empty()) return false;
  if (text.size() > 1 && text.front() == '0') return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

std::int64_t unit_seconds(char unit) noexcept {
  switch (unit) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 86400;
    case 'y': return 365LL * 86400;
    default: return 0;
  }
}

}  // namespace

Result<std::uint64_t> parse_u64(std::string_view text, std::uint64_t max) {
  if (!is_plain_decimal(text)) return fail(Code::kData, "not a plain decimal number");
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) {
    return fail(Code::kData, "number is too large");
  }
  return value;
}

Result<std::int64_t> parse_i64(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  if (!is_plain_decimal(digits) || (negative && digits == "0")) {
    return fail(Code::kData, "not a plain decimal number");
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(Code::kData, "number is too large");
  }
  return value;
}

Result<std::int64_t> parse_duration_seconds(std::string_view text) {
  constexpr std::uint64_t kMaxCount = 1'000'000'000;
  if (text.empty()) return fail(Code::kData, "duration is empty");
  std::int64_t factor = unit_seconds(text.back());
  const bool has_unit = factor != 0;
  if (!has_unit) factor = 1;
  EMR_ASSIGN(const std::uint64_t count,
             parse_u64(has_unit ? text.substr(0, text.size() - 1) : text, kMaxCount));
  return static_cast<std::int64_t>(count) * factor;
}

}  // namespace emr
