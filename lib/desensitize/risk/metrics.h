// Re-identification risk of a table: equivalence classes of the quasi-identifiers, k, l-diversity
// (distinct and entropy), t-closeness with the equal distance, prosecutor, journalist and marketer
// risk. Exact counts; pure functions of the table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "desensitize/risk/table.h"

namespace emr::desensitize::risk {

/// Thresholds of one record's risk (1 / class size) in GB/T 42460 evaluations: full public,
/// controlled public, enclave.
inline constexpr std::array<double, 3> kRiskThresholds{0.05, 0.2, 1.0 / 3.0};

/// Rows with equal quasi-identifiers.
struct Classes {
  std::vector<std::uint32_t> of_row;  ///< class of each row
  std::vector<std::uint32_t> size;    ///< rows of each class
};

/// All rows in one class.
Classes one_class(std::size_t rows);
/// Splits every class by one more value, `code_of(row)`. Numbers are given in the order of first
/// appearance: exact, no hashing of values.
template <class CodeOf>
void split(Classes& classes, CodeOf code_of) {
  std::unordered_map<std::uint64_t, std::uint32_t> numbers;
  for (std::size_t row = 0; row < classes.of_row.size(); ++row) {
    const std::uint64_t pair = std::uint64_t{classes.of_row[row]} << 32 | code_of(row);
    classes.of_row[row] =
        numbers.emplace(pair, static_cast<std::uint32_t>(numbers.size())).first->second;
  }
  classes.size.assign(numbers.size(), 0);
  for (const std::uint32_t index : classes.of_row) ++classes.size[index];
}

/// `columns` are indexes into table.columns; no columns give one class.
Classes equivalence_classes(const Table& table, const std::vector<std::size_t>& columns);

struct Diversity {
  std::string sensitive;
  std::uint64_t distinct = 0;  ///< least number of distinct values in a class
  double entropy_exp = 0;      ///< least exp(entropy) of a class
  double closeness = 0;        ///< greatest distance of a class from the whole table
};

struct Assessment {
  std::vector<std::string> quasi;
  std::uint64_t rows = 0;
  std::uint64_t classes = 0;
  std::uint64_t k = 0;
  std::uint64_t max_class = 0;
  std::uint64_t unique_records = 0;
  double average_class = 0;
  double prosecutor_max = 0;   ///< attacker knows that the person is in the table
  double prosecutor_average = 0;
  double journalist_max = 0;   ///< attacker knows the population; = prosecutor without one
  double journalist_average = 0;
  double marketer = 0;         ///< expected share of re-identified records
  std::array<std::uint64_t, 3> above{};  ///< records above kRiskThresholds
  std::vector<Diversity> diversity;
};

/// Assesses a table. `quasi` and `sensitive` are column names of the table. `population` (may be
/// null) is a table with the same quasi-identifier columns for the journalist's knowledge.
Result<Assessment> assess(const Table& table, const std::vector<std::string>& quasi,
                          const std::vector<std::string>& sensitive,
                          const Table* population = nullptr);

/// A JSON object; numbers of l and t rounded to six decimals.
std::string to_json(const Assessment& assessment);

}  // namespace emr::desensitize::risk
