#include "desensitize/policy/layers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "desensitize/policy/match.h"
#include "json/access.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

Status check_layer(const Json& layer, const std::string& pointer) {
  if (!layer.is_object()) {
    return policy_error("a layer must be an object", pointer);
  }
  for (const auto& item : layer.items()) {
    const bool known = (item.key() == "rules" && item.value().is_array()) ||
                       (item.key() == "dates" && item.value().is_string());
    if (!known) {
      return policy_error("a layer takes \"rules\" and \"dates\"",
                          json::join_pointer(pointer, item.key()));
    }
  }
  return {};
}

/// The base's rule as it applies below a layer that treats dates as for `purpose`; null: it falls.
Json below(const Json& rule, const std::string& purpose) {
  const bool of_purposes = rule.is_object() && rule.contains("purposes") &&
                           rule.contains("class") && rule["class"] == "DATE";
  if (purpose.empty() || !of_purposes) {
    return rule;
  }
  const Json& purposes = rule["purposes"];
  if (std::find(purposes.begin(), purposes.end(), Json(purpose)) == purposes.end()) {
    return nullptr;
  }
  Json always = rule;
  always.erase("purposes");
  return always;
}

}  // namespace

bool has_layer(const Json& policy, const std::string& format) {
  return !format.empty() && policy.contains("over") && policy["over"].is_object() &&
         policy["over"].contains(format);
}

Status extend_layer(Json& policy, const Json& base, const std::string& format) {
  if (!has_layer(base, format)) return {};
  const std::string pointer = json::join_pointer("/over", format);
  const Json& lower = base["over"][format];
  Json& layer = policy["over"][format];
  if (layer.is_null()) layer = Json::object();
  EMR_TRY(check_layer(layer, pointer));
  EMR_TRY(check_layer(lower, pointer));
  for (const Json& rule : lower.value("rules", Json::array())) {
    layer["rules"].push_back(rule);
  }
  if (!layer.contains("dates") && lower.contains("dates")) {
    layer["dates"] = lower["dates"];
  }
  return {};
}

Status lay_over(Json& policy, const Json& base, const std::string& format) {
  const std::string pointer = json::join_pointer("/over", format);
  const Json layer = policy["over"][format];
  EMR_TRY(check_layer(layer, pointer));
  Json rules = layer.value("rules", Json::array());
  const std::string purpose = layer.value("dates", "");
  for (const Json& rule : base["rules"]) {
    Json lower = below(rule, purpose);
    if (!lower.is_null()) {
      rules.push_back(std::move(lower));
    }
  }
  for (const Json& rule : base.value("rest", Json::array())) {
    rules.push_back(rule);
  }
  for (Json& rule : policy["rules"]) {
    rules.push_back(std::move(rule));
  }
  policy["rules"] = std::move(rules);
  if (!policy.contains("dates") && base.contains("dates")) {
    policy["dates"] = base["dates"];
  }
  return {};
}

}  // namespace emr::desensitize
