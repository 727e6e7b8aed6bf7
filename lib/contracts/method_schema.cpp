// The method table as JSON schema, for people and for generators of forms (`emr-tx methods`).
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "contracts/methods.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;
using ledger::ArgKind;
using ledger::ArgSpec;

namespace {

Json object_schema(const std::vector<ArgSpec>& specs);

Json pattern(const char* text) { return {{"type", "string"}, {"pattern", text}}; }

Json bounded(const char* text, const ArgSpec& spec) {
  Json schema = pattern(text);
  schema["maxLength"] = spec.max;
  return schema;
}

Json choice_schema(const ArgSpec& spec) {
  Json values = Json::array();
  for (const ledger::Choice& choice : spec.choices) values.push_back(choice.value);
  return {{"enum", std::move(values)}};
}

Json value_schema(const ArgSpec& spec) {
  switch (spec.kind) {
    case ArgKind::kHash: return pattern("^[0-9a-f]{64}$");
    case ArgKind::kPublicKey: return pattern("^[0-9a-f]{66}$");
    case ArgKind::kAddress: return pattern("^0x[0-9a-f]{40}$");
    case ArgKind::kIdentifier: return bounded("^[0-9a-z][0-9a-z-]*$", spec);
    case ArgKind::kCode: return bounded("^[0-9A-Za-z._-]+$", spec);
    case ArgKind::kEndpoint: return bounded("^[0-9A-Za-z.:/\\[\\]-]+$", spec);
    case ArgKind::kChoice: return choice_schema(spec);
    case ArgKind::kMonth: return pattern("^[0-9]{4}-(0[1-9]|1[0-2])$");
    case ArgKind::kTime: return pattern("^[0-9-]{10}T[0-9:]{8}Z$");
    case ArgKind::kInteger: return {{"type", "integer"}, {"minimum", 0}, {"maximum", spec.max}};
    case ArgKind::kObject: return object_schema(spec.fields);
  }
  return {};
}

Json member_schema(const ArgSpec& spec) {
  if (!spec.list) return value_schema(spec);
  return {{"type", "array"},
          {"items", value_schema(spec)},
          {"minItems", spec.items_min},
          {"maxItems", spec.items},
          {"uniqueItems", true}};
}

Json object_schema(const std::vector<ArgSpec>& specs) {
  Json members = Json::object();
  Json required = Json::array();
  for (const ArgSpec& spec : specs) {
    members[spec.name] = member_schema(spec);
    if (spec.required) required.push_back(spec.name);
  }
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(members)},
          {"required", std::move(required)}};
}

}  // namespace

std::string method_line(const ledger::MethodSpec& method) {
  Json parts = Json::array();
  for (const ledger::PartSpec& part : method.parts) {
    parts.push_back({{"part", ledger::part_name(part.part)}, {"required", part.required}});
  }
  return json::canonical_checked(Json{{"type", "emr.method"},
                                      {"v", 1},
                                      {"contract", method.contract},
                                      {"method", method.method},
                                      {"args", object_schema(method.args)},
                                      {"parts", std::move(parts)},
                                      {"roles", method.roles},
                                      {"session", method.by_session},
                                      {"since", method.since},
                                      {"typedData", method.compiled->encoded()}});
}

}  // namespace emr::contracts
