#include "fhir_view.h"

#include <nlohmann/json.hpp>

#include "json/json.h"

namespace emr::query {

namespace {

using json::Json;

constexpr const char* kTerminology = "http://terminology.hl7.org/CodeSystem/";

Json coding(const std::string& system, const std::string& code, const std::string& display = "") {
  Json one{{"system", system}, {"code", code}};
  if (!display.empty()) one["display"] = display;
  return one;
}

Json concept_of(const std::string& system, const std::string& code,
                const std::string& display = "") {
  return {{"coding", {coding(system, code, display)}}};
}

Json hl7_concept(const std::string& system, const std::string& code,
                 const std::string& display = "") {
  return concept_of(kTerminology + system, code, display);
}

Json identifier(const std::string& kind, const std::string& value) {
  return {{"system", "urn:emr-tools:" + kind}, {"value", value}};
}

Json reference(const std::string& type, const std::string& kind, const std::string& value) {
  Json one{{"identifier", identifier(kind, value)}};
  if (!type.empty()) one["type"] = type;
  return one;
}

Json meta_of(std::string_view ledger) {
  return {{"source", "urn:emr-tools:ledger:" + std::string(ledger)}};
}

std::string text(const Json& row, const char* name) { return row.value(name, ""); }

Json purposes_of(const Json& codes) {
  Json list = Json::array();
  for (const Json& code : codes) {
    list.push_back(coding(std::string(kTerminology) + "v3-ActReason", code.get<std::string>()));
  }
  return list;
}

// --- AuditEvent ----------------------------------------------------------------------------------

struct Interaction {
  const char* letter;  ///< AuditEvent.action
  const char* name;    ///< of http://hl7.org/fhir/restful-interaction; "" for what is none
};

/// Of a method of the contracts.
Interaction interaction_of(std::string_view method) {
  if (method == "records.create" || method == "permission.grant") return {"C", "create"};
  if (method == "records.amend" || method == "permission.revoke") return {"U", "update"};
  if (method == "permission.access") return {"R", "read"};
  return {"E", ""};
}

/// A refusal is a minor failure: the system did what it should.
const char* outcome_of(std::string_view outcome) {
  if (outcome == "ok") return "0";
  return outcome == "denied" ? "4" : "8";
}

Json entity(Json what, const char* type_code, const char* type_name,
            const char* role_code = nullptr, const char* role_name = nullptr) {
  Json one{{"what", std::move(what)},
           {"type", coding(std::string(kTerminology) + "audit-entity-type", type_code, type_name)}};
  if (role_code != nullptr) {
    one["role"] = coding(std::string(kTerminology) + "object-role", role_code, role_name);
  }
  return one;
}

Json agents_of(const Json& agent) {
  Json user{{"type", hl7_concept("v3-ParticipationType", "IRCP", "information recipient")},
            {"who", reference("", "account", agent.at("id"))},
            {"requestor", true}};
  if (agent.contains("role")) {
    user["role"] = Json::array({concept_of("urn:emr-tools:role", agent.at("role"))});
  }
  Json agents = Json::array({std::move(user)});
  const std::string institution = text(agent, "institution");
  if (institution.empty()) return agents;
  agents.push_back({{"type", hl7_concept("v3-RoleClass", "PROV", "healthcare provider")},
                    {"who", reference("Organization", "institution", institution)},
                    {"requestor", false}});
  return agents;
}

/// What `rule` names: a rule or emergency that decided, or the request that was made or answered.
Json rule_of(const Json& row) {
  const std::string action = row.at("action");
  const std::string id = text(row, "rule");
  if (action == "permission.request" || action == "permission.answer") {
    return reference("", "request", id);
  }
  return reference("Consent", text(row, "purpose") == "BTG" ? "emergency" : "rule", id);
}

Json entities_of(const Json& row) {
  Json all = Json::array();
  const std::string patient = text(row, "patient");
  if (!patient.empty()) {
    all.push_back(entity(reference("Patient", "patient", patient), "1", "Person", "1", "Patient"));
  }
  const std::string record = text(row, "record");
  if (!record.empty()) {
    all.push_back(entity(reference("DocumentReference", "record", record), "2", "System Object",
                         "3", "Report"));
  }
  if (!text(row, "rule").empty()) all.push_back(entity(rule_of(row), "2", "System Object"));
  all.push_back(entity({{"identifier", identifier("transaction", row.at("txid"))}}, "4", "Other"));
  return all;
}

Json audit_event(const Json& row, std::string_view ledger) {
  const std::string action = row.at("action");
  const Interaction interaction = interaction_of(action);
  Json event{
      {"resourceType", "AuditEvent"},
      {"id", row.at("id")},
      {"meta", meta_of(ledger)},
      {"type", coding(std::string(kTerminology) + "audit-event-type", "rest",
                      "RESTful Operation")},
      {"subtype", Json::array({coding("urn:emr-tools:method", action)})},
      {"action", interaction.letter},
      {"recorded", row.at("at")},
      {"outcome", outcome_of(text(row, "outcome"))},
      {"agent", agents_of(row.at("agent"))},
      {"source", {{"observer", {{"identifier", identifier("ledger", std::string(ledger))}}}}},
      {"entity", entities_of(row)}};
  if (interaction.name[0] != '\0') {
    event["subtype"].push_back(coding("http://hl7.org/fhir/restful-interaction", interaction.name));
  }
  if (!text(row, "reason").empty()) event["outcomeDesc"] = text(row, "reason");
  if (!text(row, "purpose").empty()) {
    event["purposeOfEvent"] =
        Json::array({hl7_concept("v3-ActReason", text(row, "purpose"))});
  }
  // Why an emergency, how it was reviewed, how a request was answered.
  const std::string reason = text(row, "reasonCode");
  if (!reason.empty()) {
    event["purposeOfEvent"].push_back(concept_of("urn:emr-tools:reason", reason));
  }
  return event;
}

// --- Consent -------------------------------------------------------------------------------------

Json actor(const char* role, const char* role_name, Json who) {
  return {{"role", hl7_concept("v3-ParticipationType", role, role_name)},
          {"reference", std::move(who)}};
}

Json reader_of(const Json& to) {
  const std::string kind = to.at("kind");
  if (kind == "doctor") return reference("", "account", to.at("id"));
  if (kind == "institution") return reference("Organization", "institution", to.at("id"));
  return {{"identifier", identifier(kind, to.at("id"))}};
}

Json provision_of(const Json& row) {
  Json actors = Json::array({actor("IRCP", "information recipient", reader_of(row.at("to")))});
  const Json& scope = row.at("scope");
  for (const Json& author : scope.value("institutions", Json::array())) {
    actors.push_back(actor("AUT", "author", reference("Organization", "institution", author)));
  }
  Json provision{{"type", row.at("effect")},
                 {"period", {{"start", row.at("since")}, {"end", row.at("until")}}},
                 {"actor", std::move(actors)}};
  if (row.contains("purpose") && !row.at("purpose").empty()) {
    provision["purpose"] = purposes_of(row.at("purpose"));
  }
  for (const Json& type : scope.value("docTypes", Json::array())) {
    provision["code"].push_back(concept_of("urn:emr-tools:document-type", type));
  }
  for (const Json& record : scope.value("records", Json::array())) {
    provision["data"].push_back({{"meaning", "instance"},
                                 {"reference", reference("DocumentReference", "record", record)}});
  }
  return provision;
}

Json consent(const Json& row, std::string_view ledger) {
  const bool permits = row.at("effect") == "permit";
  Json one{{"resourceType", "Consent"},
           {"id", row.at("id")},
           {"meta", meta_of(ledger)},
           {"identifier", Json::array({identifier("rule", row.at("id"))})},
           {"status", row.at("status") == "active" ? "active" : "inactive"},
           {"scope", hl7_concept("consentscope", "patient-privacy", "Privacy Consent")},
           {"category",
            Json::array({concept_of("http://loinc.org", "59284-0", "Consent Document")})},
           {"patient", reference("Patient", "patient", row.at("patient"))},
           {"dateTime", row.at("since")},
           {"performer", Json::array({reference("", "account", row.at("by"))})},
           {"policyRule", hl7_concept("v3-ActCode", permits ? "OPTIN" : "OPTOUT")},
           {"provision", provision_of(row)}};
  const std::string in_trust_by = text(row, "inTrustBy");
  if (!in_trust_by.empty()) {
    one["organization"] = Json::array({reference("Organization", "institution", in_trust_by)});
  }
  return one;
}

// --- DocumentReference ---------------------------------------------------------------------------

/// Kinds of visits of the record's schema, in the terms of HL7.
Json visit_class(const std::string& visit_type) {
  const char* code = visit_type == "1"   ? "AMB"
                     : visit_type == "2" ? "EMER"
                     : visit_type == "3" ? "IMP"
                                         : "";
  if (code[0] == '\0') return concept_of("urn:emr-tools:visit-type", visit_type);
  return hl7_concept("v3-ActCode", code);
}

Json document_reference(const Json& row, std::string_view ledger) {
  const std::string record = row.at("record");
  const std::string version = std::to_string(row.at("version").get<std::uint64_t>());
  return {{"resourceType", "DocumentReference"},
          {"id", record},
          {"meta", {{"source", meta_of(ledger).at("source")}, {"versionId", version}}},
          {"masterIdentifier", identifier("content", row.at("content"))},
          {"identifier", Json::array({identifier("record", record)})},
          {"status", "current"},
          {"type", concept_of("urn:emr-tools:document-type", row.at("docType"))},
          {"subject", reference("Patient", "patient", row.at("patient"))},
          {"date", row.at("updated")},
          {"author", Json::array({reference("", "doctor", row.at("doctor")),
                                  reference("", "account", row.at("author"))})},
          {"custodian", reference("Organization", "institution", row.at("institution"))},
          {"securityLabel",
           Json::array({hl7_concept("v3-Confidentiality", row.at("confidentiality"))})},
          {"content",
           Json::array({{{"attachment",
                          {{"contentType", "application/json"},
                           {"url", "urn:emr-tools:record:" + record + ":" + version}}}}})},
          {"context",
           {{"event", Json::array({visit_class(row.at("visitType"))})},
            {"period", {{"start", row.at("month")}}}}}};
}

}  // namespace

Result<std::string> fhir_view(std::string_view row, std::string_view ledger) {
  const auto tree = json::parse_object(row);
  const auto strange = [] {
    return fail(Code::kProtocol, "the node's row has no view in FHIR").with_reason("row");
  };
  if (!tree) return strange();
  try {  // a row comes from a node: its members may be missing or of another kind
    const std::string type = text(*tree, "type");
    if (type == "emr.audit") return json::canonical(audit_event(*tree, ledger));
    if (type == "emr.grant") return json::canonical(consent(*tree, ledger));
    if (type == "emr.record.head") return json::canonical(document_reference(*tree, ledger));
  } catch (const Json::exception&) {
    return strange();
  }
  return strange();
}

}  // namespace emr::query
