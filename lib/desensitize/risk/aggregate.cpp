#include "desensitize/risk/aggregate.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "desensitize/techniques/microaggregate.h"

namespace emr::desensitize::risk {
namespace {

constexpr std::size_t kMaxDecimals = 9;

/// "36.80" -> 36.8; false for what is no plain number.
bool read_number(std::string_view text, double& number) {
  constexpr std::string_view kPlain = "+-.0123456789";
  if (text.find_first_not_of(kPlain) != text.npos) return false;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && stop == text.data() + text.size() && std::isfinite(number);
}

std::size_t decimals_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot == text.npos ? 0 : std::min(text.size() - dot - 1, kMaxDecimals);
}

std::string fixed(double number, std::size_t decimals) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits before its point
  const auto [stop, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                           std::chars_format::fixed, static_cast<int>(decimals));
  return fault == std::errc() ? std::string(buffer.data(), stop) : std::string();
}

}  // namespace

Status write_microaggregated(const Table& table, std::string_view column, std::uint64_t k,
                             const std::function<Status(std::string_view)>& sink) {
  const std::size_t at = table.find(column);
  if (at == table.columns.size()) {
    return fail(Code::kData, "table has no column " + std::string(column))
        .with_reason("risk_column");
  }
  const Column& values = table.columns[at];
  std::size_t decimals = 0;
  std::vector<double> of_code(values.values.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t code = 0; code < values.values.size(); ++code) {
    const std::string& text = values.values[code];
    if (text.empty()) continue;
    if (!read_number(text, of_code[code])) {
      return fail(Code::kData, "column " + std::string(column) + " holds more than plain numbers")
          .with_reason("risk_number");
    }
    decimals = std::max(decimals, decimals_of(text));
  }
  std::vector<double> numbers(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) numbers[row] = of_code[values.codes[row]];
  const std::vector<double> means = microaggregate(numbers, k);
  const auto edit = [&](std::size_t row, Edits& edits) {
    const Table::Place place = table.places[row * table.columns.size() + at];
    if (!std::isnan(means[row]) && place.stop > place.start) {
      edits.emplace_back(place, table_text(table, place, fixed(means[row], decimals)));
    }
    return true;
  };
  return write_table(table, edit, sink);
}

}  // namespace emr::desensitize::risk
