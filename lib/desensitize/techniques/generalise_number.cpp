#include <charconv>

#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

/// Oldest age that may be told (HIPAA 164.514(b)(2)(i)(C)).
constexpr int kTopAge = 90;
constexpr int kOldestAge = 150;

bool is_age_unit(std::string_view unit) {
  for (const std::string_view known : {"", "岁", "周岁", "Y", "y", " years", " years old", " yrs",
                                       " y/o", "-year-old", " 岁", ".0"}) {
    if (unit == known) {
      return true;
    }
  }
  return false;
}

/// Months, weeks and days are below one year.
bool is_small_age_unit(std::string_view unit) {
  for (const std::string_view known : {"月", "个月", "天", "日", "周", "M", "W", "D", " months"}) {
    if (unit == known) {
      return true;
    }
  }
  return false;
}

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
