// Strict reading of a technique's "args": every member must be known, typed and in range, so that
// a misspelt option can never switch a protection off. The first fault is kept for finish().
#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace emr::desensitize {

class Arguments {
 public:
  /// `json` must outlive the reader; null counts as {}.
  explicit Arguments(const nlohmann::json& json);

  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t min,
                       std::int64_t max);
  bool flag(std::string_view name, bool fallback);
  std::string text(std::string_view name, std::string_view fallback);
  /// Index of the text in `choices`; the first one is the default.
  std::size_t choice(std::string_view name, std::initializer_list<std::string_view> choices);
  bool has(std::string_view name) const;
  /// nullptr when absent.
  const nlohmann::json* member(std::string_view name);
  void reject(std::string_view name, std::string_view why);

  /// The first fault, or kUsage for a member that nobody asked for.
  Status finish() const;

 private:
  const nlohmann::json& json_;
  std::set<std::string, std::less<>> asked_;
  std::string fault_;
};

}  // namespace emr::desensitize
