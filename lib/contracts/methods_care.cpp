#include "contracts/methods_care.h"

#include "contracts/limits.h"
#include "contracts/methods.h"

namespace emr::contracts {

using ledger::ArgKind;
using ledger::ArgSpec;
using ledger::Choice;
using ledger::MethodSpec;

namespace {

ArgSpec hash(std::string name, bool required = true) {
  return {.name = std::move(name), .kind = ArgKind::kHash, .required = required};
}

ArgSpec choice(std::string name, std::vector<Choice> choices) {
  return {.name = std::move(name), .kind = ArgKind::kChoice, .choices = std::move(choices)};
}

std::vector<Choice> reasons() {
  return {{"unconscious", "UNCONSCIOUS 患者昏迷"},
          {"life-threat", "LIFE IN DANGER 生命危险"},
          {"cannot-consent", "CANNOT CONSENT 无法表示同意"},
          {"disaster", "DISASTER 群体伤亡事件"}};
}

}  // namespace

std::vector<std::string> emergency_reasons() {
  std::vector<std::string> codes;
  for (const Choice& reason : reasons()) codes.push_back(reason.value);
  return codes;
}

std::vector<MethodSpec> emergency_methods() {
  return {
      {.contract = "permission",
       .method = "emergency",
       .primary_type = "PermissionEmergency",
       .action = "EMERGENCY ACCESS 紧急访问",
       .args = {hash("patient", false), hash("record", false),
                choice("reasonCode", reasons()),
                {.name = "minutes", .kind = ArgKind::kInteger, .max = kEmergencyMinutesMax}},
       .texts = {{"reason", "{reasonCode}"},
                 {"patient", "{patient}"},
                 {"record", "{record}"},
                 {"minutes", "{minutes}"},
                 {"notice", "patient is told; reviewed in 72 h 告知患者并复核"}},
       .roles = {"doctor"},
       .by_session = true,
       .since = 2},
      {.contract = "permission",
       .method = "review",
       .primary_type = "PermissionReview",
       .action = "REVIEW EMERGENCY ACCESS 复核紧急访问",
       .args = {hash("emergency"), choice("outcome", {{"justified", "JUSTIFIED 正当"},
                                                      {"unjustified", "NOT JUSTIFIED 不正当"}})},
       .texts = {{"emergency", "{emergency}"}, {"outcome", "{outcome}"}},
       .roles = {"admin", "auditor"},
       .since = 2},
  };
}

std::vector<MethodSpec> appointment_methods() {
  return {
      {.contract = "appointment",
       .method = "book",
       .primary_type = "AppointmentBook",
       .action = "BOOK APPOINTMENT 挂号",
       .args = {{.name = "institution", .kind = ArgKind::kIdentifier, .max = 32},
                hash("patient"), hash("slot"), {.name = "month", .kind = ArgKind::kMonth}},
       .texts = {{"institution", "{institution}"},
                 {"patient", "{patient}"},
                 {"slot", "{slot}"},
                 {"month", "{month}"}},
       .roles = {"patient", "doctor", "service", "admin"},
       .since = 2},
      {.contract = "appointment",
       .method = "cancel",
       .primary_type = "AppointmentCancel",
       .action = "CANCEL APPOINTMENT 退号",
       .args = {hash("booking")},
       .texts = {{"booking", "{booking}"}},
       .roles = {"patient", "doctor", "service", "admin"},
       .since = 2},
  };
}

std::vector<MethodSpec> deregistration_methods() {
  ArgSpec patient = hash("patient", false);
  patient.absent = "nobody's file, this account 仅本账户";
  return {{.contract = "registration",
           .method = "deregister",
           .primary_type = "RegistrationDeregister",
           .action = "DEREGISTER, FOR GOOD 注销",
           .args = {std::move(patient)},
           .texts = {{"patient", "{patient}"},
                     {"stays", "records are kept sealed 病历依法封存"}},
           .roles = {"any"},
           .since = 2}};
}

}  // namespace emr::contracts
