// The words in which the method table is written: one function per kind of argument. Internal to
// lib/contracts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ledger/limits.h"
#include "ledger/method.h"

namespace emr::contracts::specs {

using ledger::ArgKind;
using ledger::ArgSpec;
using ledger::Choice;

inline constexpr bool kOptional = false;

inline ArgSpec arg(std::string name, ArgKind kind, bool required = true) {
  return {.name = std::move(name), .kind = kind, .required = required};
}

inline ArgSpec text(std::string name, ArgKind kind, std::uint64_t max, bool required = true) {
  return {.name = std::move(name), .kind = kind, .required = required, .max = max};
}

inline ArgSpec integer(std::string name, std::uint64_t max, bool required = true) {
  return {.name = std::move(name), .kind = ArgKind::kInteger, .required = required, .max = max};
}

inline ArgSpec choice(std::string name, std::vector<Choice> choices, bool required = true) {
  return {.name = std::move(name),
          .kind = ArgKind::kChoice,
          .required = required,
          .choices = std::move(choices)};
}

inline ArgSpec list_of(ArgSpec item, std::uint32_t items) {
  item.list = true;
  item.items_min = 1;
  item.items = items;
  return item;
}

inline ArgSpec maybe_empty(ArgSpec list) {
  list.items_min = 0;
  return list;
}

inline ArgSpec object(std::string name, std::vector<ArgSpec> fields, bool required = true) {
  return {.name = std::move(name),
          .kind = ArgKind::kObject,
          .required = required,
          .fields = std::move(fields)};
}

/// An optional member whose absence a wallet shows as `word`.
inline ArgSpec or_else(ArgSpec spec, std::string word) {
  spec.required = kOptional;
  spec.absent = std::move(word);
  return spec;
}

inline ArgSpec institution_id(std::string name, bool required = true) {
  return text(std::move(name), ArgKind::kIdentifier, 32, required);
}

inline ArgSpec role_arg() {
  return choice("role", {{"doctor", "doctor 医生"},
                         {"patient", "patient 患者"},
                         {"auditor", "auditor 审计员"},
                         {"service", "service 服务账户"},
                         {"admin", "admin 管理员"}});
}

inline ArgSpec purposes(std::string name) {
  return choice(std::move(name), {{"TREAT", "TREAT 治疗"},
                                  {"HPAYMT", "PAYMENT 支付"},
                                  {"HOPERAT", "OPERATIONS 运营"},
                                  {"HRESCH", "RESEARCH 科研"},
                                  {"PATRQT", "PATIENT REQUEST 患者本人"},
                                  {"BTG", "EMERGENCY 紧急"}});
}

/// What a rule narrows; a list that is absent means all.
inline ArgSpec scope_arg() {
  constexpr std::uint32_t items = ledger::kListItemsMax;
  return object("scope", {or_else(list_of(arg("records", ArgKind::kHash), items), "all 全部"),
                          or_else(list_of(text("docTypes", ArgKind::kCode, 16), items), "all 全部"),
                          or_else(list_of(institution_id("institutions"), items), "all 全部")});
}

inline ArgSpec permission_arg(bool required) {
  return choice("permission", {{"read", "read 只读"}, {"write", "read+write 读写"}}, required);
}

}  // namespace emr::contracts::specs

namespace emr::contracts {

/// Parts of the table that have a file of their own.
std::vector<ledger::MethodSpec> alliance_methods();

}  // namespace emr::contracts
