// Counts of one run, without any personal data: per rule, per technique, per find. Each worker
// counts into its own report; the driver merges them. The audit line is built from the result.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "desensitize/policy.h"

namespace emr::desensitize {

class RunReport {
 public:
  explicit RunReport(const Policy& policy) : by_rule_(policy.rules().size()) {}

  void count_rule(const Rule& rule) noexcept { ++by_rule_[rule.index]; }
  void count_unknown() noexcept { ++unknown_; }
  void count_suppressed() noexcept { ++suppressed_; }
  void count_span(SpanType type) noexcept { ++by_span_[static_cast<std::size_t>(type)]; }
  void merge(const RunReport& other);

  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  std::uint64_t unknown() const noexcept { return unknown_; }
  std::uint64_t rule_count(std::size_t index) const noexcept { return by_rule_[index]; }
  std::uint64_t span_count(SpanType type) const noexcept {
    return by_span_[static_cast<std::size_t>(type)];
  }
  /// GB/T 42460 grade that the run alone can claim: 1 when fields that name a person stayed as they
  /// were, else 2: the risk of the quasi-identifiers is measured by --assess, not here.
  int grade(const Policy& policy) const;
  /// One line of JSON: {"type":"emr.desensitization","v":1,"policy":…,"rules":{…},"finds":{…},…}.
  /// `extra` members (hashes, grade, key id) are added as they stand: a JSON object or "".
  std::string to_json(const Policy& policy, const std::string& extra) const;

 private:
  std::vector<std::uint64_t> by_rule_;
  std::array<std::uint64_t, kSpanTypes> by_span_{};
  std::uint64_t unknown_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace emr::desensitize
