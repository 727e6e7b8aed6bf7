// microaggregate: the means of groups of k similar rows. It needs all rows, so no rule of a policy
// can name it: --k N --microaggregate COLUMN does it.
#include "desensitize/techniques/microaggregate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "desensitize/techniques/all.h"

namespace emr::desensitize {
namespace {

/// Sorted numbers with running sums, so that any group's sum of squares costs one subtraction.
struct Sorted {
  std::vector<std::size_t> rows;
  std::vector<double> sums{0.0};
  std::vector<double> squares{0.0};

  explicit Sorted(const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isnan(values[i])) {
        rows.push_back(i);
      }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    // Around the middle, so that squares of large numbers do not cancel.
    const double middle = rows.empty() ? 0 : values[rows[rows.size() / 2]];
    for (const std::size_t row : rows) {
      const double number = values[row] - middle;
      sums.push_back(sums.back() + number);
      squares.push_back(squares.back() + number * number);
    }
  }
  double spread(std::size_t start, std::size_t stop) const {
    const double sum = sums[stop] - sums[start];
    return squares[stop] - squares[start] - sum * sum / static_cast<double>(stop - start);
  }
};

/// Where the groups stop, by the shortest path over "a group may stop here".
std::vector<std::size_t> optimal_stops(const Sorted& sorted, std::size_t k) {
  const std::size_t count = sorted.rows.size();
  std::vector<double> best(count + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> from(count + 1, 0);
  best[0] = 0;
  for (std::size_t stop = k; stop <= count; ++stop) {
    const std::size_t first = stop >= 2 * k - 1 ? stop - (2 * k - 1) : 0;
    for (std::size_t start = first; start + k <= stop; ++start) {
      const double cost = best[start] + sorted.spread(start, stop);
      if (cost < best[stop]) {
        best[stop] = cost;
        from[stop] = start;
      }
    }
  }
  std::vector<std::size_t> stops;
  for (std::size_t stop = count; stop > 0; stop = from[stop]) {
    stops.push_back(stop);
  }
  std::reverse(stops.begin(), stops.end());
  return stops;
}

std::vector<std::size_t> equal_stops(std::size_t count, std::size_t k) {
  std::vector<std::size_t> stops;
  for (std::size_t stop = k; stop + k <= count; stop += k) {
    stops.push_back(stop);
  }
  stops.push_back(count);
  return stops;
}

}  // namespace

std::vector<double> microaggregate(const std::vector<double>& values, std::uint64_t k) {
  std::vector<double> result(values);
  const Sorted sorted(values);
  const std::size_t count = sorted.rows.size();
  if (count == 0 || k < 2) {
    return result;
  }
  const bool optimal = count >= 2 * k && count <= kMaxOptimalWork / k;
  const std::vector<std::size_t> stops =
      optimal ? optimal_stops(sorted, k) : equal_stops(count, k);
  std::size_t start = 0;
  for (const std::size_t stop : stops) {
    double sum = 0;
    for (std::size_t i = start; i < stop; ++i) {
      sum += values[sorted.rows[i]];
    }
    for (std::size_t i = start; i < stop; ++i) {
      result[sorted.rows[i]] = sum / static_cast<double>(stop - start);
    }
    start = stop;
  }
  return result;
}

MadeTechnique make_microaggregate(const nlohmann::json&) {
  return fail(Code::kConfig,
              "microaggregate needs all rows at once: use --k N --microaggregate COLUMN")
      .with_reason("table_technique");
}

}  // namespace emr::desensitize
