// Policy text -> Policy. Every member is checked; a misspelt one is an error and not a rule that
// silently never applies.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hex.h"
#include "crypto/hash.h"
#include "desensitize/limits.h"
#include "desensitize/policy.h"
#include "desensitize/policy/layers.h"
#include "desensitize/policy/match.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::desensitize {
namespace {

using Json = nlohmann::json;

/// Presets extend each other at most this deep.
constexpr int kMaxExtends = 4;

/// Optional members of a rule; a wrong kind counts as absent and is refused by check_kinds().
std::string text_or(const Json& json, const char* name, std::string_view fallback) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>()
                                                   : std::string(fallback);
}
Json object_or_empty(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? Json::object() : *found;
}
bool flag_or(const Json& json, const char* name, bool fallback) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

/// Each member of a rule has its kind.
bool has_right_kind(const std::string& name, const Json& value) {
  if (name == "match" || name == "args") {
    return value.is_object();
  }
  if (name == "purposes") {
    return value.is_array();
  }
  if (name == "patient") {
    return value.is_number_integer() && value >= 1 && value <= 9;
  }
  return name == "own" ? value.is_boolean() : value.is_string();
}

/// Classes whose values are looked for in the record's own free text.
bool is_own_class(SpanType type) {
  using enum SpanType;
  constexpr std::array<SpanType, 11> kOwn = {kName,     kIdCard,   kPhone,    kAddress,
                                             kMrn,      kEmail,    kBankCard, kInsuranceId,
                                             kPassport, kWechat,   kExamId};
  return std::find(kOwn.begin(), kOwn.end(), type) != kOwn.end();
}

}  // namespace

/// Builds one Policy. Lives for the duration of parse().
class PolicyCompiler {
 public:
  PolicyCompiler(std::string_view purpose, std::string_view format)
      : purpose_(purpose), format_(format) {}

  Result<std::shared_ptr<const Policy>> compile(std::string_view text) {
    EMR_ASSIGN(Json resolved, resolve(text, 0));
    policy_ = std::shared_ptr<Policy>(new Policy());
    EMR_TRY(read_head(resolved));
    resolved.erase("rest");
    EMR_TRY(check_purpose(resolved["rules"]));
    EMR_TRY(read_rules(resolved["rules"]));
    EMR_TRY(read_free_text(object_or_empty(resolved, "freeText")));
    resolved["purpose"] = purpose_;
    auto canonical = json::canonical(resolved);
    if (!canonical) {
      return policy_error("holds a number that is no integer", "");
    }
    policy_->hash_ = to_hex(crypto::sha256(as_bytes(*canonical)));
    return std::shared_ptr<const Policy>(policy_);
  }

 private:
  /// The policy with everything it extends: its own rules first, so that they win. `layer_above`: a
  /// policy that extends it is laid over the format itself, and takes its layer.
  Result<Json> resolve(std::string_view text, int depth, bool layer_above = false) {
    if (text.size() > kMaxPolicyBytes || depth > kMaxExtends) {
      return policy_error("is too large or extends too deeply", "");
    }
    auto parsed = json::parse_object(text);
    if (!parsed) {
      Error error = std::move(parsed).error();
      error.code = Code::kConfig;
      error.message = "policy: " + error.message;
      return error;
    }
    Json policy = *std::move(parsed);
    EMR_TRY(check_members(policy));
    const bool lays = layer_above || has_layer(policy, format_);
    if (policy.contains("extends")) {
      const std::string base_name =
          policy["extends"].is_string() ? policy["extends"].get<std::string>() : "";
      const auto base_text = preset_text(base_name);
      if (!base_text) {
        return policy_error("extends an unknown preset", "/extends");
      }
      EMR_ASSIGN(const Json base, resolve(*base_text, depth + 1, lays));
      merge(policy, base);
      EMR_TRY(extend_layer(policy, base, format_));
    }
    if (has_layer(policy, format_) && !layer_above) {
      EMR_ASSIGN(const std::string base_text, preset_text(format_));
      EMR_ASSIGN(const Json base, resolve(base_text, depth + 1));
      EMR_TRY(lay_over(policy, base, format_));
    }
    if (!layer_above) {
      policy.erase("over");
    }
    return policy;
  }

  static void merge(Json& policy, const Json& base) {
    for (const Json& rule : base["rules"]) {
      policy["rules"].push_back(rule);
    }
    for (const char* name : {"unknown", "freeText", "dates"}) {
      if (!policy.contains(name) && base.contains(name)) {
        policy[name] = base[name];
      }
    }
    policy.erase("extends");
  }

  static Status check_members(const Json& policy) {
    for (const auto& item : policy.items()) {
      constexpr std::array<std::string_view, 11> kKnown = {
          "type", "v", "id", "extends", "over", "note", "unknown", "rules", "dates", "freeText",
          "rest"};
      if (std::find(kKnown.begin(), kKnown.end(), item.key()) == kKnown.end()) {
        return policy_error("unknown member", json::join_pointer("", item.key()));
      }
    }
    if (text_or(policy, "type", "") != "emr.policy" || !policy.contains("v") || policy["v"] != 1) {
      return policy_error("must be an emr.policy of version 1", "/type");
    }
    if (!policy.contains("id") || !policy["id"].is_string()) {
      return policy_error("needs an id", "/id");
    }
    if (!policy.contains("rules") || !policy["rules"].is_array() ||
        policy["rules"].size() > kMaxRules) {
      return policy_error("\"rules\" must be a list of at most 8192 rules", "/rules");
    }
    if (policy.contains("rest") && !policy["rest"].is_array()) {
      return policy_error("must be a list of rules", "/rest");
    }
    return {};
  }

  Status read_head(const Json& json) {
    policy_->id_ = json["id"].get<std::string>();
    const std::string unknown = json.contains("unknown") && json["unknown"].is_string()
                                    ? json["unknown"].get<std::string>()
                                    : "drop";
    if (unknown == "drop") {
      policy_->unknown_ = Unknown::kDrop;
    } else if (unknown == "keep") {
      policy_->unknown_ = Unknown::kKeep;
    } else if (unknown == "scan") {
      policy_->unknown_ = Unknown::kScan;
    } else if (unknown == "fail") {
      policy_->unknown_ = Unknown::kFail;
    } else {
      return policy_error("must be drop, keep, scan or fail", "/unknown");
    }
    const Json dates = object_or_empty(json, "dates");
    if (!dates.is_object()) {
      return policy_error("must be an object", "/dates");
    }
    for (const auto& item : dates.items()) {
      if (item.key() == "maxShiftDays" && item.value().is_number_integer() &&
          item.value() >= 1 && item.value() <= kMaxShiftDays) {
        policy_->max_shift_days_ = item.value().get<int>();
      } else if (item.key() == "wholeWeeks" && item.value().is_boolean()) {
        policy_->shift_whole_weeks_ = item.value().get<bool>();
      } else if (item.key() == "order" || item.key() == "oldestAge") {
        // What generalises takes them all, so it knows which are wrong.
        const Json probe{{"to", "year"}, {item.key(), item.value()}};
        const auto made = find_technique("generalise")->make(probe);
        if (!made) return policy_error(made.error().message, "/dates/" + item.key());
        date_arguments_[item.key()] = item.value();
      } else {
        return policy_error("takes maxShiftDays (1..365), wholeWeeks, order and oldestAge",
                            "/dates/" + item.key());
      }
    }
    return {};
  }

  /// A misspelt purpose would silently switch its rules off.
  Status check_purpose(const Json& rules) const {
    constexpr std::array<std::string_view, 4> kAlways = {"", "treatment", "research", "public"};
    if (std::find(kAlways.begin(), kAlways.end(), purpose_) != kAlways.end()) {
      return {};
    }
    const bool named = std::any_of(rules.begin(), rules.end(), [&](const Json& rule) {
      return rule.is_object() && rule.contains("purposes") && is_for_this_purpose(rule);
    });
    if (!named) {
      return policy_error("no rule names this purpose", "/rules")
          .with_hint("purposes of use: treatment, research, public, and those that rules name");
    }
    return {};
  }

  bool is_for_this_purpose(const Json& rule) const {
    if (!rule.contains("purposes")) {
      return true;
    }
    const Json& purposes = rule["purposes"];
    return std::any_of(purposes.begin(), purposes.end(), [&](const Json& purpose) {
      return purpose.is_string() && purpose.get_ref<const std::string&>() == purpose_;
    });
  }

  Status read_rules(const Json& rules) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string pointer = "/rules/" + std::to_string(i);
      if (!rules[i].is_object()) {
        return policy_error("a rule must be an object", pointer);
      }
      EMR_ASSIGN(Rule rule, read_rule(rules[i], pointer, i));
      if (is_for_this_purpose(rules[i])) {
        rule.index = static_cast<std::uint32_t>(policy_->rules_.size());
        policy_->rules_.push_back(std::move(rule));
      }
    }
    return {};
  }

  Result<Rule> read_rule(const Json& json, const std::string& pointer, std::size_t number) {
    for (const auto& item : json.items()) {
      constexpr std::array<std::string_view, 9> kKnown = {
          "id", "class", "match", "technique", "args", "purposes", "patient", "own", "note"};
      if (std::find(kKnown.begin(), kKnown.end(), item.key()) == kKnown.end()) {
        return policy_error("unknown member of a rule", json::join_pointer(pointer, item.key()));
      }
      if (!has_right_kind(item.key(), item.value())) {
        return policy_error("wrong kind of value", pointer + "/" + item.key());
      }
    }
    Rule rule;
    rule.id = text_or(json, "id", "rule-" + std::to_string(number + 1));
    rule.field_class = text_or(json, "class", "OTHER");
    if (!json.contains("match")) {
      return policy_error("a rule needs \"match\"", pointer);
    }
    EMR_ASSIGN(rule.match, read_match(json["match"], pointer + "/match"));
    EMR_TRY(read_technique(json, pointer, rule));
    const auto type = span_type_from(rule.field_class);
    if (type && flag_or(json, "own", is_own_class(*type))) {
      rule.own_type = type;
    }
    rule.patient_rank = json.contains("patient") ? json["patient"].get<int>() : 0;
    return rule;
  }

  Status read_technique(const Json& json, const std::string& pointer, Rule& rule) {
    const std::string name = json.contains("technique") && json["technique"].is_string()
                                 ? json["technique"].get<std::string>()
                                 : "";
    rule.spec = find_technique(name);
    if (rule.spec == nullptr) {
      return policy_error("unknown technique (see --list-techniques)", pointer + "/technique");
    }
    Json arguments = object_or_empty(json, "args");
    for (const std::string_view argument : rule.spec->from_dates) {
      const auto given = date_arguments_.find(argument);
      const bool is_missing = given != date_arguments_.end() && !arguments.contains(argument);
      if (is_missing) arguments[std::string(argument)] = *given;
    }
    auto made = rule.spec->make(arguments);
    if (!made) {
      return policy_error(made.error().message, pointer + "/args");
    }
    rule.technique = *std::move(made);
    const bool surrogate = name == "substitute" && text_or(arguments, "by", "") == "surrogate";
    policy_->needs_key_ = policy_->needs_key_ || rule.spec->keyed || surrogate;
    return {};
  }

  Status read_free_text(const Json& json) {
    if (!json.is_object()) {
      return policy_error("must be an object", "/freeText");
    }
    const Json label = {{"technique", "substitute"}, {"args", {{"by", "label"}}}};
    const Json fallback = json.contains("default") ? json["default"] : label;
    Json detectors = object_or_empty(json, "detectors");
    const Json by_purpose = object_or_empty(json, "byPurpose");
    if (!detectors.is_object() || !by_purpose.is_object()) {
      return policy_error("must hold objects", "/freeText");
    }
    if (by_purpose.contains(purpose_) && by_purpose[purpose_].is_object()) {
      detectors.update(by_purpose[purpose_]);
    }
    policy_->own_values_ = flag_or(json, "ownValues", true);
    for (const auto& item : detectors.items()) {
      if (!span_type_from(item.key())) {
        return policy_error("unknown detector", "/freeText/detectors/" + item.key());
      }
    }
    for (std::size_t i = 0; i < kSpanTypes; ++i) {
      const auto type = static_cast<SpanType>(i);
      const std::string word(span_type_name(type, Language::kChinese));
      Rule rule;
      rule.id = "text:" + word;
      rule.field_class = word;
      rule.index = static_cast<std::uint32_t>(i);
      const Json& chosen = detectors.contains(word) ? detectors[word] : fallback;
      if (!chosen.is_object()) {
        return policy_error("must be an object with a technique", "/freeText/detectors/" + word);
      }
      EMR_TRY(read_technique(chosen, "/freeText/detectors/" + word, rule));
      policy_->text_rules_.push_back(std::move(rule));
    }
    return {};
  }

  std::string purpose_;
  std::string format_;
  Json date_arguments_ = Json::object();  ///< of what reads dates, where a rule says nothing
  std::shared_ptr<Policy> policy_;
};

Policy::Policy() = default;
Policy::~Policy() = default;

Result<std::shared_ptr<const Policy>> Policy::parse(std::string_view text,
                                                    std::string_view purpose,
                                                    std::string_view format) {
  return PolicyCompiler(purpose, format).compile(text);
}

Result<std::shared_ptr<const Policy>> Policy::preset(std::string_view name,
                                                     std::string_view purpose,
                                                     std::string_view format) {
  EMR_ASSIGN(const std::string text, preset_text(name));
  return parse(text, purpose, format);
}

const Rule& Policy::text_rule(SpanType type) const noexcept {
  return text_rules_[static_cast<std::size_t>(type)];
}

Decision Policy::decide(const Field& field, const Decision* inherited) const {
  Decision decision;
  const auto covers = [inherited](const Rule& rule) {
    return inherited != nullptr &&
           (&rule == inherited->rule ||
            (rule.match.looks_at_value() &&
             std::find(inherited->conditional.begin(), inherited->conditional.end(), &rule) !=
                 inherited->conditional.end()));
  };
  for (const Rule& rule : rules_) {
    if (!covers(rule) && !rule.match.accepts(field)) {
      continue;
    }
    if (!rule.match.looks_at_value() && rule.spec->reach == Reach::kValue) {
      decision.rule = &rule;
      return decision;
    }
    decision.conditional.push_back(&rule);
  }
  return decision;
}

}  // namespace emr::desensitize
