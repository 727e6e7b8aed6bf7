#include <algorithm>
#include <charconv>
#include <cmath>

#include "desensitize/detect/fold.h"
#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

/// Oldest age that may be told (HIPAA 164.514(b)(2)(i)(C)).
constexpr int kTopAge = 90;
constexpr int kOldestAge = 150;

constexpr std::string_view kAgeUnits[] = {"岁",   "周岁", "Y",         "y",   " years", " years old",
                                          " yrs", " y/o", "-year-old", " 岁", ".0"};
/// Months, weeks and days are below one year.
constexpr std::string_view kSmallAgeUnits[] = {"月", "个月", "天", "日",     "周",
                                               "M",  "W",    "D",  " months"};

bool is_age_unit(std::string_view unit) {
  return unit.empty() || std::ranges::find(kAgeUnits, unit) != std::end(kAgeUnits);
}
bool is_small_age_unit(std::string_view unit) {
  return !unit.empty() && std::ranges::find(kSmallAgeUnits, unit) != std::end(kSmallAgeUnits);
}

struct TimeUnit {
  std::string_view name;
  double in_a_year;
};
constexpr double kDays = 365.25;
/// Of UCUM, and as people write them.
constexpr TimeUnit kTimeUnits[] = {
    {"a", 1},        {"a_j", 1},        {"a_g", 1},       {"yr", 1},          {"yrs", 1},
    {"y", 1},        {"year", 1},       {"years", 1},     {"岁", 1},          {"年", 1},
    {"mo", 12},      {"mo_j", 12},      {"month", 12},    {"months", 12},     {"mos", 12},
    {"月", 12},      {"个月", 12},      {"wk", kDays / 7}, {"week", kDays / 7}, {"weeks", kDays / 7},
    {"周", kDays / 7}, {"d", kDays},     {"day", kDays},   {"days", kDays},    {"天", kDays},
    {"日", kDays},   {"h", kDays * 24}, {"hour", kDays * 24}, {"hours", kDays * 24},
    {"小时", kDays * 24}};

}  // namespace

std::optional<std::string> generalise_age(std::string_view text, int width) {
  int age = 0;
  const char* stop = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), stop, age);
  if (error != std::errc() || age < 0 || age > 2000) {
    return std::nullopt;
  }
  const std::string_view unit(at, static_cast<std::size_t>(stop - at));
  if (is_small_age_unit(unit)) {
    age = 0;
  } else if (!is_age_unit(unit) || age > kOldestAge) {
    return std::nullopt;
  }
  if (age >= kTopAge) {
    return "90+";
  }
  const int low = age / width * width;
  const int high = low + width - 1 < kTopAge ? low + width - 1 : kTopAge - 1;
  return width == 1 ? std::to_string(age) : std::to_string(low) + "-" + std::to_string(high);
}

std::optional<std::string> generalise_old_age(std::string_view number, std::string_view unit) {
  double value = 0;
  const char* stop = number.data() + number.size();
  const auto [at, error] = std::from_chars(number.data(), stop, value);
  if (error != std::errc() || at != stop) {
    return std::nullopt;
  }
  const std::string word = fold_word(unit);
  for (const TimeUnit& known : kTimeUnits) {
    if (word != known.name) continue;
    const double least = std::floor(kTopAge * known.in_a_year);
    return value < least ? std::nullopt
                         : std::optional(std::to_string(static_cast<long>(least)));
  }
  return std::nullopt;
}

std::optional<std::string> generalise_range(std::string_view text, long long width) {
  double number = 0;
  const char* stop = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), stop, number);
  if (error != std::errc() || at != stop || !(number > -1e15 && number < 1e15)) {
    return std::nullopt;
  }
  long long bin = static_cast<long long>(number) / width;
  bin -= number < static_cast<double>(bin * width) ? 1 : 0;
  return "[" + std::to_string(bin * width) + "," + std::to_string((bin + 1) * width) + ")";
}

}  // namespace emr::desensitize
