#include "contracts/method_specs.h"
#include "contracts/methods_care.h"

namespace emr::contracts {

using namespace specs;
using ledger::MethodSpec;

namespace {

// A doctor asks for one purpose, and for none that nobody can give him: an emergency is declared,
// and what the patient himself wants he grants unasked.
ArgSpec requested_purpose() {
  return choice("purpose", {{"TREAT", "TREAT 治疗"},
                            {"HPAYMT", "PAYMENT 支付"},
                            {"HOPERAT", "OPERATIONS 运营"},
                            {"HRESCH", "RESEARCH 科研"}});
}

}  // namespace

std::vector<MethodSpec> request_methods() {
  return {
      {.contract = "permission",
       .method = "request",
       .primary_type = "PermissionRequest",
       .action = "REQUEST READING 申请读取病历",
       .args = {arg("patient", ArgKind::kHash, kOptional), arg("record", ArgKind::kHash, kOptional),
                scope_arg(),
                requested_purpose(),
                arg("until", ArgKind::kTime)},
       .texts = {{"patient", "{patient}"},
                 {"record", "{record}"},
                 {"records", "{scope.records}"},
                 {"documents", "{scope.docTypes}"},
                 {"institutions", "{scope.institutions}"},
                 {"purpose", "{purpose}"},
                 {"validUntil", "{until}"}},
       .roles = {"doctor"},
       .by_session = true,
       .since = 2},
      {.contract = "permission",
       .method = "answer",
       .primary_type = "PermissionAnswer",
       .action = "{decision} REQUEST 读取申请",
       // What was asked for is said again, so that the wallet shows what is answered.
       .args = {arg("request", ArgKind::kHash), arg("patient", ArgKind::kHash),
                arg("doctor", ArgKind::kAddress), scope_arg(), requested_purpose(),
                choice("decision", {{"approve", "APPROVE 同意"}, {"deny", "REFUSE 拒绝"}}),
                or_else(arg("until", ArgKind::kTime), "as requested 按申请")},
       .texts = {{"doctor", "{doctor}"},
                 {"patient", "{patient}"},
                 {"records", "{scope.records}"},
                 {"documents", "{scope.docTypes}"},
                 {"institutions", "{scope.institutions}"},
                 {"purpose", "{purpose}"},
                 {"validUntil", "{until}"},
                 {"request", "{request}"}},
       .roles = {"patient", "admin"},
       .since = 2},
  };
}

}  // namespace emr::contracts
