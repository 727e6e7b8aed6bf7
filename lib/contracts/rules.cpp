#include "contracts/rules.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/access.h"
#include "contracts/closing.h"
#include "contracts/emergency.h"
#include "contracts/keys.h"
#include "contracts/limits.h"
#include "contracts/stored.h"
#include "json/json.h"

namespace emr::contracts {

using json::Json;

namespace {

std::vector<std::string> list_of(const Json& tree, const char* name) {
  const auto found = tree.find(name);
  return found == tree.end() ? std::vector<std::string>{} : found->get<std::vector<std::string>>();
}

UnixSeconds time_of(const Json& tree, const char* name) {
  const auto found = tree.find(name);
  if (found == tree.end()) return 0;
  auto time = parse_utc(found->get_ref<const std::string&>());
  return *time;
}

bool covers(const std::vector<std::string>& list, std::string_view item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

Json rule_tree(const Rule& rule) {
  Json tree{{"by", rule.by.text()},
            {"effect", rule.permits ? "permit" : "deny"},
            {"id", rule.id},
            {"patient", rule.patient},
            {"purpose", rule.purposes},
            {"scope", scope_tree(rule)},
            {"since", format_utc(rule.since)},
            {"to", {{"id", rule.to_id}, {"kind", rule.to_kind}}},
            {"until", format_utc(rule.until)}};
  if (!rule.in_trust_by.empty()) tree["inTrustBy"] = rule.in_trust_by;
  if (rule.height != 0) {
    tree["height"] = rule.height;
    tree["index"] = rule.index;
  }
  if (rule.revoked != 0) tree["revokedAt"] = format_utc(rule.revoked);
  return tree;
}

Rule rule_of(const Json& tree) {
  Rule rule = rule_from_args(tree);
  rule.id = tree["id"];
  auto by = crypto::parse_canonical_address(tree["by"].get<std::string>());
  rule.by = *by;
  rule.in_trust_by = tree.value("inTrustBy", "");
  rule.revoked = time_of(tree, "revokedAt");
  rule.height = tree.value("height", std::uint64_t{0});
  rule.index = tree.value("index", std::uint32_t{0});
  return rule;
}

bool is_for(const Rule& rule, const Account& subject) {
  if (rule.to_kind == "doctor") return rule.to_id == subject.address.text();
  if (rule.to_kind == "institution") {
    return !subject.institution.empty() && rule.to_id == subject.institution;
  }
  return rule.to_id == subject.role;
}

/// A rule counts where its author's word counts: a wallet where it is attested for the patient; an
/// institution in trust for its own records, as long as no wallet is attested there.
bool is_authorised(const ledger::StateReader& state, const Rule& rule, const RecordHead& record) {
  if (rule.in_trust_by.empty()) {
    return is_bound(state, rule.patient, rule.by, record.institution);
  }
  return rule.in_trust_by == record.institution &&
         !has_binding(state, rule.patient, record.institution);
}

bool in_scope(const Rule& rule, const RecordHead& record) {
  return covers(rule.records, record.tag) && covers(rule.doc_types, record.doc_type) &&
         covers(rule.institutions, record.institution);
}

bool applies(const ledger::StateReader& state, const Rule& rule, const Account& subject,
             const RecordHead& record, std::string_view purpose, UnixSeconds time) {
  return rule.revoked == 0 && rule.since <= time && time < rule.until &&
         covers(rule.purposes, purpose) && is_for(rule, subject) && in_scope(rule, record) &&
         is_authorised(state, rule, record) && !is_ended(state, rule, record.institution);
}

/// The consortium's rule for readers of the institution that wrote the record (the PCF policies).
bool implicitly_permitted(const ledger::Genesis& genesis, const Account& subject,
                          const RecordHead& record, std::string_view purpose) {
  if (!subject.is("doctor") || subject.institution != record.institution) return false;
  if (purpose != "TREAT") return false;
  if (genesis.implicit_policy == "all-normal") return true;
  return genesis.implicit_policy == "basic-normal" && record.confidentiality == "N";
}

Decision permit(std::string basis) { return {true, std::move(basis), "", "", 0}; }

}  // namespace

Json scope_tree(const Rule& rule) {
  Json scope = Json::object();
  if (!rule.records.empty()) scope["records"] = rule.records;
  if (!rule.doc_types.empty()) scope["docTypes"] = rule.doc_types;
  if (!rule.institutions.empty()) scope["institutions"] = rule.institutions;
  return scope;
}

Rule rule_from_args(const Json& args) {
  Rule rule;
  rule.patient = args["patient"];
  rule.to_kind = args["to"]["kind"];
  rule.to_id = args["to"]["id"];
  const Json& scope = args["scope"];
  rule.records = list_of(scope, "records");
  rule.doc_types = list_of(scope, "docTypes");
  rule.institutions = list_of(scope, "institutions");
  rule.purposes = list_of(args, "purpose");
  rule.since = time_of(args, "since");
  rule.until = time_of(args, "until");
  rule.permits = args["effect"] == "permit";
  return rule;
}

std::optional<Rule> find_rule(const ledger::StateReader& state, std::string_view patient,
                              std::string_view id) {
  const auto text = state.get(keys::grant(patient, id));
  if (!text) return std::nullopt;
  return rule_of(load(*text));
}

void put_rule(ledger::Overlay& state, const Rule& rule) {
  state.put(keys::grant(rule.patient, rule.id), json::canonical_checked(rule_tree(rule)));
}

std::string rule_json(const Rule& rule, UnixSeconds time) {
  Json tree = rule_tree(rule);
  tree["source"] = rule.in_trust_by.empty() ? "patient" : "institution";
  tree["status"] = rule.revoked != 0     ? "revoked"
                   : time >= rule.until ? "expired"
                                        : "active";
  return json::canonical_checked(tree);
}

std::vector<Rule> rules_of(const ledger::StateReader& state, std::string_view patient) {
  std::vector<Rule> rules;
  for (const auto& entry : state.scan(keys::grants_of(patient), "", kGrantsPerPatientMax)) {
    rules.push_back(rule_of(load(entry.value)));
  }
  return rules;
}

namespace {

/// One judgement of one reader; the rules are read once, whatever is then asked of them.
struct Case {
  const ledger::StateReader& state;
  const ledger::Genesis& genesis;
  const Account& subject;
  const RecordHead& record;
  UnixSeconds time;
  std::vector<Rule> rules = rules_of(state, record.patient);

  Decision judge(std::string_view purpose) const;
  Decision judge_emergency(const Rule* permitting) const;
};

/// Nobody reads for the purpose of an emergency who has not declared one. The policy "deny" wants a
/// rule besides by which the patient permits it (IHE PCF: break-glass only by policy or rule).
Decision Case::judge_emergency(const Rule* permitting) const {
  const auto emergency = live_emergency(state, subject, record, time);
  if (!emergency) return {false, "", "", "no_emergency", 0};
  if (genesis.implicit_policy == "deny" && permitting == nullptr) {
    return {false, "", "", "no_rule", 0};
  }
  return {true, "emergency", emergency->id, "", emergency->until};
}

Decision Case::judge(std::string_view purpose) const {
  const Rule* permitting = nullptr;
  if (rules.size() == kGrantsPerPatientMax) return {false, "", "", "too_many_rules", 0};
  for (const Rule& rule : rules) {
    if (!applies(state, rule, subject, record, purpose, time)) continue;
    if (!rule.permits) return {false, "", rule.id, "denied_by_rule", 0};
    if (permitting == nullptr || rule.until > permitting->until) permitting = &rule;
  }
  if (purpose == kEmergencyPurpose) return judge_emergency(permitting);
  // A doctor who wrote it himself; the account of an importer wrote everything and reads nothing.
  if (subject.is("doctor") && subject.address == record.author &&
      subject.institution == record.institution) {
    return permit("author");
  }
  if (implicitly_permitted(genesis, subject, record, purpose)) return permit("author-institution");
  if (permitting != nullptr) return {true, "grant", permitting->id, "", permitting->until};
  return {false, "", "", "no_rule", 0};
}

/// Every purpose of use that there is.
constexpr std::array<std::string_view, 6> kPurposes = {"TREAT",  "HPAYMT", "HOPERAT",
                                                       "HRESCH", "PATRQT", kEmergencyPurpose};

/// Asked before whether his file is closed: a closing ends the attestations of all wallets it
/// covers, so who is bound has come back, and no institution that closed in trust locks him out.
bool is_the_patient(const ledger::StateReader& state, const Account& subject,
                    const RecordHead& record) {
  return subject.role == "patient" &&
         is_bound(state, record.patient, subject.address, record.institution);
}

}  // namespace

Decision judge(const ledger::StateReader& state, const ledger::Genesis& genesis,
               const Account& subject, const RecordHead& record, std::string_view purpose,
               UnixSeconds time) {
  if (!subject.active()) return {false, "", "", "not_active", 0};
  if (is_the_patient(state, subject, record)) return permit("patient");
  if (is_closed(state, record.patient, record.institution)) {
    return {false, "", "", "patient_closed", 0};
  }
  return Case{state, genesis, subject, record, time}.judge(purpose);
}

bool may_know(const ledger::StateReader& state, const ledger::Genesis& genesis,
              const Account& subject, const RecordHead& record, UnixSeconds time) {
  if (!subject.active()) return false;
  const bool own_institution =
      subject.is_staff() || (subject.role == "auditor" && !subject.institution.empty());
  if (own_institution && subject.institution == record.institution) return true;
  if (subject.role == "auditor" && subject.institution.empty()) return true;
  if (is_the_patient(state, subject, record)) return true;
  if (is_closed(state, record.patient, record.institution)) return false;
  // A rule that forbids one purpose must not hide what another permits.
  const Case one{state, genesis, subject, record, time};
  return std::any_of(kPurposes.begin(), kPurposes.end(), [&](std::string_view purpose) {
    return one.judge(purpose).permitted;
  });
}

}  // namespace emr::contracts
