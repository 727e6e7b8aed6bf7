#include "treated.h"

#include <algorithm>
#include <utility>

#include "desensitize/formats/dicom_syntax.h"
#include "desensitize/limits.h"
#include "desensitize/policy/shape.h"
#include "desensitize/techniques/token_text.h"

namespace emr::tool {
namespace {

using desensitize::Action;
using desensitize::Rule;
using desensitize::Value;

/// Would the rule write the value as it stands? Without a key only rules that need none can say.
bool stays_under(const Rule& rule, const Value& value, std::string_view vr = {}) {
  if (rule.spec->name == "keep") return true;
  if (rule.spec->name == "date-shift") {
    return has_shape(value.text, desensitize::Shape::kDate);
  }
  if (rule.spec->keyed || rule.spec->name == "redact-text") return false;
  desensitize::Outcome out;
  const desensitize::Scope scope{rule.field_class, nullptr, nullptr, nullptr};
  if (!rule.technique->apply(value, scope, out)) return false;
  if (out.action != Action::kReplace) return out.action == Action::kKeep;
  return out.text == value.text ||
         (!vr.empty() && desensitize::fit_to_vr(vr, out.text) == value.text);
}

/// "X3VDTUWY" in each component: what a DICOMDIR's tokens of file names look like.
bool are_short_tokens(std::string_view text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t stop = std::min(text.find('\\', at), text.size());
    const std::string_view part = text.substr(at, stop - at);
    constexpr std::string_view kSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (part.substr(0, 8).find_first_not_of(kSigns) != part.npos || part.size() < 8 ||
        part.find_first_not_of(' ', 8) != part.npos) {
      return false;
    }
    at = stop + 1;
  }
  return true;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Bytes of a UUID of our making at the front of the text: version 8, which nobody else writes.
std::size_t uuid_size(std::string_view text) {
  constexpr std::string_view kForm = "hhhhhhhh-hhhh-8hhh-hhhh-hhhhhhhhhhhh";
  if (text.size() < kForm.size()) return 0;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == 'h' ? !is_hex(text[i]) : text[i] != kForm[i]) return 0;
  }
  return kForm.size();
}

/// [NAME], [AGE_OVER_89].
bool is_label_sign(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// Bytes of a label or a token at the front of the text.
std::size_t own_size(std::string_view text) {
  constexpr std::string_view kReversible = "tok:v1:";
  if (text.starts_with('[')) {
    const std::size_t stop = std::min(text.find(']'), text.size());
    const bool label = stop > 2 && stop < text.size() &&
                       text[1] >= 'A' && text[1] <= 'Z' &&
                       std::all_of(text.begin() + 1, text.begin() + static_cast<long>(stop),
                                   is_label_sign);
    return label ? stop + 1 : 0;
  }
  if (text.starts_with("tk:") && text.size() >= desensitize::kOneWayTokenBytes) {
    const std::string_view body = text.substr(3, desensitize::kOneWayTokenBytes - 3);
    return std::all_of(body.begin(), body.end(), is_hex) ? desensitize::kOneWayTokenBytes : 0;
  }
  if (text.starts_with(kReversible)) {
    const std::size_t stop = text.find("==");
    return stop == text.npos || text.substr(0, stop).find(' ') != text.npos ? 0 : stop + 2;
  }
  return uuid_size(text);
}

}  // namespace

Treated::Treated(std::shared_ptr<const desensitize::Policy> policy)
    : policy_(std::move(policy)), with_(policy_, nullptr) {}

const desensitize::Decision& Treated::decide(const desensitize::Field& field) {
  std::string key;
  for (const std::string_view part : {field.path, field.key, field.code, field.fhir_type,
                                      field.hl7, field.vr}) {
    key.append(part).push_back('\n');
  }
  key.append(std::to_string(field.dicom_tag)).push_back(static_cast<char>(field.kind));
  const auto known = decisions_.find(key);
  if (known != decisions_.end()) return known->second;
  if (decisions_.size() >= desensitize::kMaxCachedPaths) decisions_.clear();
  return decisions_.emplace(std::move(key), policy_->decide(field)).first->second;
}

bool Treated::is_treated(const desensitize::Field& field, const Value& value) {
  const Rule* rule = with_.rule_for(decide(field), value);
  if (rule == nullptr) return policy_->unknown() == desensitize::Unknown::kKeep;
  return stays_under(*rule, value, field.vr) ||
         (!field.vr.empty() && rule->spec->name == "token" && are_short_tokens(value.text));
}

bool Treated::leaves(desensitize::SpanType type, std::string_view find) const {
  return stays_under(policy_->text_rule(type), {find, desensitize::ValueKind::kString});
}

std::string without_own(std::string_view text) {
  constexpr std::string_view kGap = "—";
  std::string rest;
  while (!text.empty()) {
    const std::size_t size = own_size(text);
    rest.append(size > 0 ? kGap : text.substr(0, 1));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return rest;
}

}  // namespace emr::tool
