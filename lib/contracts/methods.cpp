// The methods of the contracts as data. Texts are frozen with the typed-data domain version:
// changing one makes every wallet's signature of that method invalid.
#include "contracts/methods.h"

#include <set>

#include "contracts/limits.h"
#include "contracts/method_specs.h"
#include "contracts/methods_care.h"
#include "ledger/limits.h"

namespace emr::contracts {

using namespace specs;
using ledger::MethodSpec;
using ledger::Part;
using ledger::PartSpec;

namespace {

// --- registration --------------------------------------------------------------------------------

MethodSpec decide(std::string method, std::string type, std::string action, ArgSpec what) {
  const std::string shown = "{" + what.name + "}";
  return {.contract = "registration",
          .method = std::move(method),
          .primary_type = std::move(type),
          .action = std::move(action),
          .args = {arg("address", ArgKind::kAddress), what},
          .texts = {{"account", "{address}"}, {what.name, shown}},
          .roles = {"admin"}};
}

std::vector<MethodSpec> account_methods() {
  return {
      {.contract = "registration",
       .method = "apply",
       .primary_type = "RegistrationApply",
       .action = "APPLY FOR AN ACCOUNT 申请账户",
       .args = {role_arg(), institution_id("institution", kOptional),
                arg("identity", ArgKind::kHash)},
       .texts = {{"role", "{role}"}, {"institution", "{institution}"}, {"identity", "{identity}"}},
       .roles = {"anyone"}},
      decide("approve", "RegistrationApprove", "APPROVE ACCOUNT 批准账户", role_arg()),
      decide("reject", "RegistrationReject", "REJECT APPLICATION 驳回申请",
             text("reason", ArgKind::kCode, 32)),
      decide("suspend", "RegistrationSuspend", "SUSPEND ACCOUNT 停用账户",
             text("reason", ArgKind::kCode, 32)),
      decide("resume", "RegistrationResume", "RESUME ACCOUNT 恢复账户", role_arg()),
  };
}

std::vector<MethodSpec> session_methods() {
  return {
      {.contract = "registration",
       .method = "login",
       .primary_type = "RegistrationLogin",
       .action = "LOG IN 登录",
       .args = {arg("sessionKey", ArgKind::kAddress), arg("boxKey", ArgKind::kHash),
                arg("until", ArgKind::kTime)},
       .texts = {{"session", "{sessionKey}"}, {"sessionUntil", "{until}"}},
       .roles = {"any"}},
      {.contract = "registration",
       .method = "logout",
       .primary_type = "RegistrationLogout",
       .action = "LOG OUT 退出登录",
       .args = {arg("sessionKey", ArgKind::kAddress)},
       .texts = {{"session", "{sessionKey}"}},
       .roles = {"any"},
       .by_session = true},
      {.contract = "registration",
       .method = "attest",
       .primary_type = "RegistrationAttest",
       .action = "CONFIRM PATIENT WALLET 确认患者钱包",
       .args = {arg("patient", ArgKind::kHash), arg("address", ArgKind::kAddress)},
       .texts = {{"patient", "{patient}"}, {"wallet", "{address}"}},
       .roles = {"admin", "service"}},
      {.contract = "registration",
       .method = "unattest",
       .primary_type = "RegistrationUnattest",
       .action = "WITHDRAW PATIENT WALLET 撤销患者钱包",
       .args = {arg("patient", ArgKind::kHash), arg("address", ArgKind::kAddress)},
       .texts = {{"patient", "{patient}"}, {"wallet", "{address}"}},
       .roles = {"admin", "service"}},
  };
}

// --- records -------------------------------------------------------------------------------------

std::vector<ArgSpec> record_args() {
  return {arg("record", ArgKind::kHash),
          arg("content", ArgKind::kHash),
          arg("patient", ArgKind::kHash),
          arg("doctor", ArgKind::kHash),
          text("docType", ArgKind::kCode, 16),
          choice("confidentiality", {{"N", "normal 普通"}, {"R", "restricted 受限"},
                                     {"V", "very restricted 严格受限"}}),
          choice("visitType", {{"1", "outpatient 门诊"}, {"2", "emergency 急诊"},
                               {"3", "inpatient 住院"}, {"9", "other 其他"}}),
          arg("month", ArgKind::kMonth),
          maybe_empty(list_of(arg("handles", ArgKind::kHash), ledger::kListItemsMax)),
          arg("policy", ArgKind::kHash)};
}

std::vector<PartSpec> record_parts(bool with_reason) {
  std::vector<PartSpec> parts{{Part::kPublic, true}, {Part::kOriginal, true},
                              {Part::kManifest, false}};
  if (with_reason) parts.push_back({Part::kReason, false});
  return parts;
}

/// What an institution states about one run of de-identification. What only its own data could have
/// led to (the hash of the input, the counts per rule) is in the public part, behind its salt.
MethodSpec run_method() {
  return {.contract = "records",
          .method = "desensitize",
          .primary_type = "RecordsDesensitize",
          .action = "STATE A DE-IDENTIFICATION RUN 登记脱敏运行",
          .args = {arg("output", ArgKind::kHash), arg("policy", ArgKind::kHash),
                   integer("records", kRunRecordsMax), integer("rejected", kRunRecordsMax),
                   integer("suppressed", kRunRecordsMax),
                   choice("grade", {{"1", "1 direct identifiers 含直接标识"},
                                    {"2", "2 risk not acceptable or not known 风险高或未评估"},
                                    {"3", "3 acceptable risk 风险可接受"},
                                    {"4", "4 no identifiers 无标识"}}),
                   text("key", ArgKind::kCode, 64, kOptional)},
          .texts = {{"output", "{output}"},
                    {"policy", "{policy}"},
                    {"records", "{records}"},
                    {"grade", "{grade}"}},
          .parts = {{Part::kPublic, true}},
          .roles = {"service", "admin"}};
}

std::vector<MethodSpec> record_methods() {
  std::vector<ArgSpec> amend_args = record_args();
  amend_args.push_back(integer("baseVersion", kVersionsMax));
  amend_args.push_back(text("reasonCode", ArgKind::kCode, 32));
  return {
      {.contract = "records",
       .method = "create",
       .primary_type = "RecordsCreate",
       .action = "WRITE RECORD 写入病历",
       .args = record_args(),
       .texts = {{"record", "{record}"},
                 {"patient", "{patient}"},
                 {"document", "{docType} {visitType} {month}"}},
       .parts = record_parts(false),
       .roles = {"doctor", "service", "admin"}},
      {.contract = "records",
       .method = "amend",
       .primary_type = "RecordsAmend",
       .action = "AMEND RECORD 修改病历",
       .args = std::move(amend_args),
       .texts = {{"record", "{record}"},
                 {"patient", "{patient}"},
                 {"document", "{docType} {visitType} {month}"},
                 {"base", "version {baseVersion}"},
                 {"reason", "{reasonCode}"}},
       .parts = record_parts(true),
       .roles = {"doctor", "service", "admin"}},
      run_method(),
  };
}

// --- permission ----------------------------------------------------------------------------------

MethodSpec grant_method() {
  return {.contract = "permission",
          .method = "grant",
          .primary_type = "PermissionGrant",
          .action = "{effect} READING 读取病历",
          .args = {arg("patient", ArgKind::kHash),
                   object("to", {choice("kind", {{"doctor", "doctor 医生"},
                                                 {"institution", "institution 机构"},
                                                 {"role", "role 角色"}}),
                                 text("id", ArgKind::kIdentifier, 42)}),
                   scope_arg(),
                   list_of(purposes("purpose"), 8),
                   arg("since", ArgKind::kTime),
                   arg("until", ArgKind::kTime),
                   choice("effect", {{"permit", "ALLOW 允许"}, {"deny", "FORBID 禁止"}})},
          .texts = {{"who", "{to.kind}"},
                    {"reader", "{to.id}"},
                    {"patient", "{patient}"},
                    {"records", "{scope.records}"},
                    {"documents", "{scope.docTypes}"},
                    {"institutions", "{scope.institutions}"},
                    {"purpose", "{purpose}"},
                    {"validFrom", "{since}"},
                    {"validUntil", "{until}"}},
          .roles = {"patient", "admin"}};
}

MethodSpec access_method() {
  return {.contract = "permission",
          .method = "access",
          .primary_type = "PermissionAccess",
          .action = "OPEN RECORD 打开病历",
          .args = {arg("record", ArgKind::kHash),
                   integer("version", kVersionsMax, kOptional),
                   list_of(choice("parts", {{"original", "original 原文"},
                                            {"manifest", "attachments 附件"},
                                            {"reason", "reason 修改原因"}}),
                           4),
                   purposes("purpose"),
                   arg("boxKey", ArgKind::kHash),
                   integer("minutes", kAccessMinutesMax)},
          .texts = {{"record", "{record}"},
                    {"parts", "{parts}"},
                    {"purpose", "{purpose}"},
                    {"minutes", "{minutes}"}},
          .roles = {"any"},
          .by_session = true};
}

std::vector<MethodSpec> permission_methods() {
  return {grant_method(),
          {.contract = "permission",
           .method = "revoke",
           .primary_type = "PermissionRevoke",
           .action = "REVOKE RULE 撤销授权",
           .args = {arg("grant", ArgKind::kHash)},
           .texts = {{"rule", "{grant}"}},
           .roles = {"patient", "admin"}},
          access_method()};
}

std::vector<MethodSpec> all_methods() {
  std::vector<MethodSpec> all;
  for (auto part : {account_methods(), session_methods(), alliance_methods(), record_methods(),
                    permission_methods(), emergency_methods(), request_methods(),
                    appointment_methods(), deregistration_methods()}) {
    for (MethodSpec& method : part) all.push_back(std::move(method));
  }
  return all;
}

}  // namespace

std::vector<std::string> access_purposes() {
  std::vector<std::string> codes;
  for (const ledger::Choice& purpose : purposes("purpose").choices) codes.push_back(purpose.value);
  return codes;
}

std::vector<std::string> action_names() {
  std::set<std::string> names;
  for (const MethodSpec& method : method_table().all()) {
    names.insert(method.contract + "." + method.method);
    names.insert(method.method);
  }
  return {names.begin(), names.end()};
}

const ledger::MethodTable& method_table() {
  static const ledger::MethodTable table(all_methods());
  return table;
}

}  // namespace emr::contracts
