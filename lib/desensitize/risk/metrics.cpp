#include "desensitize/risk/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "json/json.h"

namespace emr::desensitize::risk {
namespace {

using json::Json;

Result<std::vector<std::size_t>> find_columns(const Table& table,
                                              const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    columns.push_back(table.find(name));
    if (columns.back() == table.columns.size()) {
      return fail(Code::kData, "table has no column " + name).with_reason("risk_column");
    }
  }
  return columns;
}

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

/// Counts of the sensitive values in one class.
using Counts = std::unordered_map<std::uint32_t, std::uint32_t>;

double entropy(const Counts& counts, double total) {
  std::vector<double> shares;
  for (const auto& [value, count] : counts) shares.push_back(count / total);
  std::sort(shares.begin(), shares.end());  // the sum does not depend on the map's order
  double sum = 0;
  for (const double share : shares) sum -= share * std::log(share);
  return sum;
}

/// Half the sum of differences of two distributions: the distance where all values are equally far.
double equal_distance(const Counts& counts, double total, const std::vector<double>& whole) {
  double sum = 1;  // of the whole, of which the values that occur are subtracted and compared
  for (const auto& [value, count] : counts) {
    sum += std::abs(count / total - whole[value]) - whole[value];
  }
  return sum / 2;
}

Diversity diversity_of(const Column& column, const Classes& classes) {
  const auto rows = static_cast<double>(column.codes.size());
  std::vector<double> whole(column.values.size(), 0.0);
  for (const std::uint32_t code : column.codes) whole[code] += 1 / rows;
  std::vector<Counts> counts(classes.size.size());
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    ++counts[classes.of_row[row]][column.codes[row]];
  }
  Diversity result{column.name, UINT64_MAX, INFINITY, 0};
  for (std::size_t index = 0; index < counts.size(); ++index) {
    const double total = classes.size[index];
    result.distinct = std::min<std::uint64_t>(result.distinct, counts[index].size());
    result.entropy_exp = std::min(result.entropy_exp, std::exp(entropy(counts[index], total)));
    result.closeness = std::max(result.closeness, equal_distance(counts[index], total, whole));
  }
  return result;
}

/// One text per class: the values, each with its length, so that no two classes look alike.
std::vector<std::string> class_texts(const Table& table, const std::vector<std::size_t>& columns,
                                     const Classes& classes) {
  std::vector<std::string> texts(classes.size.size());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::string& text = texts[classes.of_row[row]];
    if (!text.empty() || columns.empty()) continue;
    for (const std::size_t column : columns) {
      const std::string& value = table.columns[column].values[table.columns[column].codes[row]];
      text += std::to_string(value.size()) + ":" + value;
    }
  }
  return texts;
}

/// Journalist risk: 1 / the class's size in the population.
Status add_population(Assessment& result, const Table& table, const Classes& classes,
                      const std::vector<std::size_t>& columns, const Table& population) {
  EMR_ASSIGN(const std::vector<std::size_t> there, find_columns(population, result.quasi));
  const Classes all = equivalence_classes(population, there);
  const std::vector<std::string> texts = class_texts(population, there, all);
  std::unordered_map<std::string, std::uint32_t> sizes;
  for (std::size_t index = 0; index < texts.size(); ++index) sizes[texts[index]] = all.size[index];
  const std::vector<std::string> here = class_texts(table, columns, classes);
  result.journalist_max = result.journalist_average = 0;
  for (std::size_t index = 0; index < here.size(); ++index) {
    const auto found = sizes.find(here[index]);
    // A class that the population lacks is no smaller than in the table itself.
    const std::uint32_t size =
        std::max(found == sizes.end() ? 0 : found->second, classes.size[index]);
    result.journalist_max = std::max(result.journalist_max, 1.0 / size);
    result.journalist_average +=
        classes.size[index] / static_cast<double>(size) / static_cast<double>(result.rows);
  }
  return {};
}

void count_classes(Assessment& result, const Classes& classes) {
  result.rows = classes.of_row.size();
  result.classes = classes.size.size();
  result.k = *std::min_element(classes.size.begin(), classes.size.end());
  result.max_class = *std::max_element(classes.size.begin(), classes.size.end());
  const auto rows = static_cast<double>(result.rows);
  result.average_class = rows / static_cast<double>(result.classes);
  for (const std::uint32_t size : classes.size) {
    if (size == 1) ++result.unique_records;
    for (std::size_t at = 0; at < kRiskThresholds.size(); ++at) {
      if (1.0 / size > kRiskThresholds[at]) result.above[at] += size;
    }
  }
  result.prosecutor_max = 1.0 / static_cast<double>(result.k);
  result.prosecutor_average = static_cast<double>(result.classes) / rows;
  result.journalist_max = result.prosecutor_max;
  result.journalist_average = result.prosecutor_average;
  result.marketer = result.prosecutor_average;
}

}  // namespace

Classes one_class(std::size_t rows) {
  Classes classes;
  classes.of_row.assign(rows, 0);
  if (rows > 0) classes.size = {static_cast<std::uint32_t>(rows)};
  return classes;
}

Classes equivalence_classes(const Table& table, const std::vector<std::size_t>& columns) {
  Classes classes = one_class(table.rows());
  for (const std::size_t column : columns) {
    const std::vector<std::uint32_t>& codes = table.columns[column].codes;
    split(classes, [&](std::size_t row) { return codes[row]; });
  }
  return classes;
}

Result<Assessment> assess(const Table& table, const std::vector<std::string>& quasi,
                          const std::vector<std::string>& sensitive, const Table* population) {
  if (table.rows() == 0) return fail(Code::kData, "table has no rows").with_reason("risk_empty");
  EMR_ASSIGN(const std::vector<std::size_t> columns, find_columns(table, quasi));
  EMR_ASSIGN(const std::vector<std::size_t> secrets, find_columns(table, sensitive));
  const Classes classes = equivalence_classes(table, columns);
  Assessment result;
  result.quasi = quasi;
  count_classes(result, classes);
  if (population != nullptr) {
    EMR_TRY(add_population(result, table, classes, columns, *population));
  }
  for (const std::size_t secret : secrets) {
    result.diversity.push_back(diversity_of(table.columns[secret], classes));
  }
  return result;
}

std::string to_json(const Assessment& assessment) {
  Json diversity = Json::array();
  for (const Diversity& one : assessment.diversity) {
    diversity.push_back({{"sensitive", one.sensitive},
                         {"lDistinct", one.distinct},
                         {"lEntropyExp", rounded(one.entropy_exp)},
                         {"tClosenessEqual", rounded(one.closeness)}});
  }
  const Json tree{{"quasi", assessment.quasi},
                  {"rows", assessment.rows},
                  {"classes", assessment.classes},
                  {"k", assessment.k},
                  {"maxClass", assessment.max_class},
                  {"averageClass", assessment.average_class},
                  {"uniqueRecords", assessment.unique_records},
                  {"prosecutorMax", assessment.prosecutor_max},
                  {"prosecutorAverage", assessment.prosecutor_average},
                  {"journalistMax", assessment.journalist_max},
                  {"journalistAverage", assessment.journalist_average},
                  {"marketer", assessment.marketer},
                  {"recordsAbove",
                   {{"0.05", assessment.above[0]},
                    {"0.2", assessment.above[1]},
                    {"1/3", assessment.above[2]}}},
                  {"diversity", std::move(diversity)}};
  const Result<std::string> text = json::write(tree);
  EMR_CHECK(text.ok());
  return *text;
}

}  // namespace emr::desensitize::risk
