// Consent rules and the one function that judges them. It is used by permission.access when a
// record is opened, by queries that show metadata, and by `check`, so that all three agree.
//
// Order of judgement: a deregistered patient's records are sealed; the patient himself; rules that
// forbid; in an emergency (purpose BTG) the reader's declaration, and nothing else; the author; the
// implicit policy inside the writing institution; rules that permit; otherwise no.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/time.h"
#include "contracts/accounts.h"
#include "contracts/records.h"
#include "ledger/genesis.h"
#include "ledger/state.h"

namespace emr::contracts {

/// The value of permission/grant/<patient>/<id>. Empty lists mean "all".
struct Rule {
  std::string id;  ///< txid of the grant
  std::string patient;
  std::string to_kind;  ///< doctor, institution, role
  std::string to_id;
  std::vector<std::string> records;
  std::vector<std::string> doc_types;
  std::vector<std::string> institutions;
  std::vector<std::string> purposes;
  UnixSeconds since = 0;
  UnixSeconds until = 0;
  bool permits = false;
  crypto::Address by{};
  std::string in_trust_by;  ///< institution that signed for a patient without a wallet; else ""
  UnixSeconds revoked = 0;  ///< 0 = never
  std::uint64_t height = 0;  ///< where it was made; 0 = by permission version 1
  std::uint32_t index = 0;
};
Rule rule_from_args(const nlohmann::json& args);
std::optional<Rule> find_rule(const ledger::StateReader& state, std::string_view patient,
                              std::string_view id);
void put_rule(ledger::Overlay& state, const Rule& rule);
/// One row of an answer; `time` decides between active, expired and revoked.
std::string rule_json(const Rule& rule, UnixSeconds time);
std::vector<Rule> rules_of(const ledger::StateReader& state, std::string_view patient);
/// What it narrows: the members `records`, `docTypes` and `institutions` that are not empty.
nlohmann::json scope_tree(const Rule& rule);

struct Decision {
  bool permitted = false;
  /// patient, author, author-institution, grant, emergency; "" when not permitted
  std::string basis;
  std::string grant;   ///< the rule or emergency that decided, if one did
  std::string reason;  ///< why not: denied_by_rule, no_rule, no_emergency, not_active, …
  UnixSeconds until = 0;  ///< end of what permits, 0 = none
};
/// May this account read this record for this purpose at this time?
Decision judge(const ledger::StateReader& state, const ledger::Genesis& genesis,
               const Account& subject, const RecordHead& record, std::string_view purpose,
               UnixSeconds time);
/// May it know that the record exists? (Any purpose, and the staff of the writing institution.)
bool may_know(const ledger::StateReader& state, const ledger::Genesis& genesis,
              const Account& subject, const RecordHead& record, UnixSeconds time);

}  // namespace emr::contracts
