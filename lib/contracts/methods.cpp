// The methods of the contracts as data. Texts are frozen with the typed-data domain version:
// changing one makes every wallet's signature of that method invalid.
#include "contracts/methods.h"

#include "contracts/limits.h"
#include "contracts/methods_care.h"
#include "ledger/limits.h"

namespace emr::contracts {

using ledger::ArgKind;
using ledger::ArgSpec;
using ledger::Choice;
using ledger::MethodSpec;
using ledger::Part;
using ledger::PartSpec;
using ledger::TextSpec;

namespace {

constexpr bool kOptional = false;

ArgSpec arg(std::string name, ArgKind kind, bool required = true) {
  return {.name = std::move(name), .kind = kind, .required = required};
}

ArgSpec text(std::string name, ArgKind kind, std::uint64_t max, bool required = true) {
  return {.name = std::move(name), .kind = kind, .required = required, .max = max};
}

ArgSpec integer(std::string name, std::uint64_t max, bool required = true) {
  return {.name = std::move(name), .kind = ArgKind::kInteger, .required = required, .max = max};
}

ArgSpec choice(std::string name, std::vector<Choice> choices, bool required = true) {
  return {.name = std::move(name),
          .kind = ArgKind::kChoice,
          .required = required,
          .choices = std::move(choices)};
}

ArgSpec list_of(ArgSpec item, std::uint32_t items) {
  item.list = true;
  item.items_min = 1;
  item.items = items;
  return item;
}

ArgSpec maybe_empty(ArgSpec list) {
  list.items_min = 0;
  return list;
}

ArgSpec object(std::string name, std::vector<ArgSpec> fields, bool required = true) {
  return {.name = std::move(name),
          .kind = ArgKind::kObject,
          .required = required,
          .fields = std::move(fields)};
}

/// An optional member whose absence a wallet shows as `word`.
ArgSpec or_else(ArgSpec spec, std::string word) {
  spec.required = kOptional;
  spec.absent = std::move(word);
  return spec;
}

ArgSpec institution_id(std::string name, bool required = true) {
  return text(std::move(name), ArgKind::kIdentifier, 32, required);
}

ArgSpec role_arg() {
  return choice("role", {{"doctor", "doctor 医生"},
                         {"patient", "patient 患者"},
                         {"auditor", "auditor 审计员"},
                         {"service", "service 服务账户"},
                         {"admin", "admin 管理员"}});
}

ArgSpec purposes(std::string name) {
  return choice(std::move(name), {{"TREAT", "TREAT 治疗"},
                                  {"HPAYMT", "PAYMENT 支付"},
                                  {"HOPERAT", "OPERATIONS 运营"},
                                  {"HRESCH", "RESEARCH 科研"},
                                  {"PATRQT", "PATIENT REQUEST 患者本人"},
                                  {"BTG", "EMERGENCY 紧急"}});
}

ArgSpec permission_arg(bool required) {
  return choice("permission", {{"read", "read 只读"}, {"write", "read+write 读写"}}, required);
}

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

// --- alliance ------------------------------------------------------------------------------------

std::vector<MethodSpec> alliance_methods() {
  return {
      {.contract = "alliance",
       .method = "propose",
       .primary_type = "AlliancePropose",
       .action = "PROPOSE: {kind}",
       .args = {choice("kind", {{"institution", "NEW INSTITUTION 新机构"},
                                {"permission", "CHANGE PERMISSION 变更权限"},
                                {"admin", "REPLACE ADMIN KEY 更换管理员密钥"},
                                {"validator", "MAKE NODE A VALIDATOR 节点转为共识节点"},
                                {"observer", "MAKE NODE AN OBSERVER 节点转为观察节点"},
                                {"expel", "EXPEL INSTITUTION 除名机构"}}),
                institution_id("institution"), text("uscc", ArgKind::kCode, 18, kOptional),
                arg("admin", ArgKind::kAddress, kOptional), permission_arg(kOptional),
                arg("archiveKey", ArgKind::kHash, kOptional),
                arg("voteKey", ArgKind::kPublicKey, kOptional),
                arg("transportKey", ArgKind::kHash, kOptional),
                arg("boxKey", ArgKind::kHash, kOptional),
                text("peer", ArgKind::kEndpoint, 128, kOptional),
                text("http", ArgKind::kEndpoint, 128, kOptional),
                text("reason", ArgKind::kCode, 32, kOptional)},
       .texts = {{"institution", "{institution}"},
                 {"permission", "{permission}"},
                 {"admin", "{admin}"}},
       .roles = {"admin", "anyone"}},
      {.contract = "alliance",
       .method = "approve",
       .primary_type = "AllianceApprove",
       .action = "APPROVE PROPOSAL 批准提案",
       .args = {arg("proposal", ArgKind::kHash), institution_id("institution")},
       .texts = {{"proposal", "{proposal}"}, {"institution", "{institution}"}},
       .roles = {"admin"},
       .reconfigures = true},
      {.contract = "alliance",
       .method = "reject",
       .primary_type = "AllianceReject",
       .action = "REJECT PROPOSAL 驳回提案",
       .args = {arg("proposal", ArgKind::kHash), institution_id("institution"),
                text("reason", ArgKind::kCode, 32)},
       .texts = {{"proposal", "{proposal}"},
                 {"institution", "{institution}"},
                 {"reason", "{reason}"}},
       .roles = {"admin"}},
      {.contract = "alliance",
       .method = "leave",
       .primary_type = "AllianceLeave",
       .action = "LEAVE THE ALLIANCE 退出联盟",
       .args = {institution_id("institution"), text("reason", ArgKind::kCode, 32, kOptional)},
       .texts = {{"institution", "{institution}"}, {"reason", "{reason}"}},
       .roles = {"admin"},
       .reconfigures = true},
      {.contract = "alliance",
       .method = "rotate",
       .primary_type = "AllianceRotate",
       .action = "RENEW NODE KEYS OR ADDRESSES 更换节点密钥或地址",
       .args = {institution_id("institution"), arg("voteKey", ArgKind::kPublicKey, kOptional),
                arg("transportKey", ArgKind::kHash, kOptional),
                arg("boxKey", ArgKind::kHash, kOptional),
                text("peer", ArgKind::kEndpoint, 128, kOptional),
                text("http", ArgKind::kEndpoint, 128, kOptional)},
       .texts = {{"institution", "{institution}"},
                 {"voteKey", "{voteKey}"},
                 {"transportKey", "{transportKey}"},
                 {"peer", "{peer}"}},
       .roles = {"admin"},
       .reconfigures = true},
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

ArgSpec scope_arg() {
  constexpr std::uint32_t items = ledger::kListItemsMax;
  return object("scope", {or_else(list_of(arg("records", ArgKind::kHash), items), "all 全部"),
                          or_else(list_of(text("docTypes", ArgKind::kCode, 16), items), "all 全部"),
                          or_else(list_of(institution_id("institutions"), items), "all 全部")});
}

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
                    permission_methods(), emergency_methods(), appointment_methods(),
                    deregistration_methods()}) {
    for (MethodSpec& method : part) all.push_back(std::move(method));
  }
  return all;
}

}  // namespace

const ledger::MethodTable& method_table() {
  static const ledger::MethodTable table(all_methods());
  return table;
}

}  // namespace emr::contracts
