// The "match" member of a rule: JSON -> Match.
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "desensitize/policy/match.h"

namespace emr::desensitize {

using Json = nlohmann::json;

Error policy_error(std::string message, std::string pointer) {
  return fail(Code::kConfig, "policy: " + std::move(message))
      .with_pointer(std::move(pointer))
      .with_reason("bad_policy");
}

namespace {

/// A text or a list of texts.
Result<std::vector<std::string>> texts(const Json& json, const std::string& pointer) {
  std::vector<std::string> list;
  const Json items = json.is_array() ? json : Json::array({json});
  for (const Json& item : items) {
    if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
      return policy_error("must be a text or a list of texts", pointer);
    }
    list.push_back(item.get<std::string>());
  }
  if (list.empty()) {
    return policy_error("must not be empty", pointer);
  }
  return list;
}

Result<ValueKind> kind_from(const std::string& word, const std::string& pointer) {
  constexpr std::array<std::pair<std::string_view, ValueKind>, 6> kKinds = {
      {{"string", ValueKind::kString},
       {"number", ValueKind::kNumber},
       {"boolean", ValueKind::kBool},
       {"null", ValueKind::kNull},
       {"object", ValueKind::kObject},
       {"array", ValueKind::kArray}}};
  for (const auto& [name, kind] : kKinds) {
    if (name == word) {
      return kind;
    }
  }
  return policy_error("unknown kind of value", pointer);
}

Status read_match_member(const std::string& name, const std::vector<std::string>& list,
                         const std::string& pointer, Match& match) {
  for (const std::string& text : list) {
    if (name == "path") {
      match.paths.push_back(normal_path(text));
    } else if (name == "key") {
      match.keys.push_back(normal_key(text));
    } else if (name == "de") {
      match.codes.push_back(text);
    } else if (name == "fhirType") {
      match.fhir_types.push_back(text);
    } else if (name == "hl7") {
      match.hl7.push_back(text);
    } else if (name == "dicom") {
      EMR_ASSIGN(const Match::Tag tag, parse_tag(text));
      match.tags.push_back(tag);
    } else if (name == "vr") {
      match.vrs.push_back(text);
    } else if (name == "kind") {
      EMR_ASSIGN(const ValueKind kind, kind_from(text, pointer));
      match.kinds.push_back(kind);
    } else if (name == "detector") {
      const auto type = span_type_from(text);
      if (!type) {
        return policy_error("unknown detector", pointer);
      }
      match.detectors.push_back(*type);
    } else if (name == "shape") {
      const auto shape = shape_from(text);
      if (!shape) {
        return policy_error("unknown shape", pointer);
      }
      match.shapes.push_back(*shape);
    } else {
      return policy_error("unknown member of \"match\"", pointer);
    }
  }
  return {};
}

}  // namespace

Result<Match> read_match(const Json& json, const std::string& pointer) {
  Match match;
  if (!json.is_object() || json.empty()) {
    return policy_error("\"match\" must be an object that names something", pointer);
  }
  for (const auto& item : json.items()) {
    const std::string where = pointer + "/" + item.key();
    EMR_ASSIGN(const std::vector<std::string> list, texts(item.value(), where));
    EMR_TRY(read_match_member(item.key(), list, where, match));
  }
  return match;
}

}  // namespace emr::desensitize
