// One benchmark figure as one JSON line: {"bench","value","unit",["limit","ratio"],["goal","ok"]}.
// A limit is measured in the same run, so that the ratio means something on any machine.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace emr::bench {

/// Calls per second of `work`, over at least `seconds` of wall time.
template <class Work>
double per_second(Work work, double seconds = 0.5) {
  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < 3; ++i) work();  // first calls fetch algorithms and warm caches
  const auto start = Clock::now();
  long count = 0;
  double elapsed = 0;
  while (elapsed < seconds) {
    for (int i = 0; i < 8; ++i) work();
    count += 8;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return static_cast<double>(count) / elapsed;
}

inline void figure(const std::string& name, double value, const std::string& unit) {
  std::printf("{\"bench\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"}\n", name.c_str(), value,
              unit.c_str());
}

inline void figure(const std::string& name, double value, const std::string& unit, double limit) {
  std::printf("{\"bench\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"limit\":%.6g,\"ratio\":%.4g}\n",
              name.c_str(), value, unit.c_str(), limit, value / limit);
}

/// With a goal on the ratio, as an issue named it.
inline void figure_with_goal(const std::string& name, double value, const std::string& unit,
                             double limit, double least_ratio) {
  const double ratio = value / limit;
  std::printf("{\"bench\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"limit\":%.6g,\"ratio\":%.4g,"
              "\"goal\":\"ratio >= %.4g\",\"ok\":%s}\n",
              name.c_str(), value, unit.c_str(), limit, ratio, least_ratio,
              ratio >= least_ratio ? "true" : "false");
}

/// For figures of which less is better: the ratio to the limit must not exceed `most_ratio`.
inline void figure_with_most(const std::string& name, double value, const std::string& unit,
                             double limit, double most_ratio) {
  const double ratio = value / limit;
  std::printf("{\"bench\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"limit\":%.6g,\"ratio\":%.4g,"
              "\"goal\":\"ratio <= %.4g\",\"ok\":%s}\n",
              name.c_str(), value, unit.c_str(), limit, ratio, most_ratio,
              ratio >= 0 && ratio <= most_ratio ? "true" : "false");
}

}  // namespace emr::bench
