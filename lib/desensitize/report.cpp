#include "desensitize/report.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "desensitize/classify.h"
#include "json/json.h"

namespace emr::desensitize {

namespace {

/// Does the rule leave a value that names a person by itself?
bool leaves_direct_identifier(const Rule& rule) {
  const bool plain = rule.spec->name == "keep" || rule.spec->name == "standardise";
  return plain && is_direct_identifier(rule.field_class);
}

}  // namespace

void RunReport::merge(const RunReport& other) {
  for (std::size_t i = 0; i < by_rule_.size() && i < other.by_rule_.size(); ++i) {
    by_rule_[i] += other.by_rule_[i];
  }
  for (std::size_t i = 0; i < by_span_.size(); ++i) {
    by_span_[i] += other.by_span_[i];
  }
  unknown_ += other.unknown_;
  suppressed_ += other.suppressed_;
  records += other.records;
  rejected += other.rejected;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
}

int RunReport::grade(const Policy& policy) const {
  const bool kept = policy.unknown() == Unknown::kKeep && unknown_ > 0;
  const auto rules = policy.rules();
  const bool direct = std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    return by_rule_[rule.index] > 0 && leaves_direct_identifier(rule);
  });
  return kept || direct ? 1 : 2;
}

std::string RunReport::to_json(const Policy& policy, const std::string& extra) const {
  nlohmann::json line = {{"type", "emr.desensitization"}, {"v", 1}};
  line["policy"] = {{"id", policy.id()}, {"hash", policy.hash()}};
  line["records"] = records;
  line["rejected"] = rejected;
  line["bytesIn"] = bytes_in;
  line["bytesOut"] = bytes_out;
  line["unknownFields"] = unknown_;
  line["suppressed"] = suppressed_;
  line["grade"] = grade(policy);
  std::map<std::string, std::uint64_t> rules;
  std::map<std::string, std::uint64_t> techniques;
  std::map<std::string, std::uint64_t> kinds;
  for (const Rule& rule : policy.rules()) {
    if (by_rule_[rule.index] > 0) {
      rules[rule.id] += by_rule_[rule.index];
      techniques[std::string(rule.spec->name)] += by_rule_[rule.index];
      kinds[std::string(data_kind(rule, Field{}))] += by_rule_[rule.index];
    }
  }
  std::map<std::string, std::uint64_t> finds;
  for (std::size_t i = 0; i < kSpanTypes; ++i) {
    if (by_span_[i] > 0) {
      finds[std::string(span_type_name(static_cast<SpanType>(i), Language::kChinese))] =
          by_span_[i];
    }
  }
  line["rules"] = rules;
  line["techniques"] = techniques;
  line["dataKinds"] = kinds;
  line["finds"] = finds;
  if (!extra.empty()) {
    const auto more = json::parse_object(extra);
    EMR_CHECK(more.ok());  // built by the tool itself
    line.update(*more);
  }
  return json::canonical_checked(line);
}

}  // namespace emr::desensitize
