// The methods of the institution alliance contract as data (methods.cpp has the rest of the table).
#include "contracts/limits.h"
#include "contracts/method_specs.h"

namespace emr::contracts {

using namespace specs;
using ledger::MethodSpec;

namespace {

ArgSpec contract_arg() {
  return choice("contract", {{"alliance", "alliance 机构联盟合约"},
                             {"appointment", "appointment 预约挂号合约"},
                             {"index", "index 索引合约"},
                             {"permission", "permission 权限合约"},
                             {"records", "records 病历管理合约"},
                             {"registration", "registration 注册合约"}}, kOptional);
}

MethodSpec propose_method() {
  return {.contract = "alliance",
          .method = "propose",
          .primary_type = "AlliancePropose",
          .action = "PROPOSE: {kind}",
          .args = {choice("kind", {{"institution", "NEW INSTITUTION 新机构"},
                                   {"permission", "CHANGE PERMISSION 变更权限"},
                                   {"admin", "REPLACE ADMIN KEY 更换管理员密钥"},
                                   {"validator", "MAKE NODE A VALIDATOR 节点转为共识节点"},
                                   {"observer", "MAKE NODE AN OBSERVER 节点转为观察节点"},
                                   {"expel", "EXPEL INSTITUTION 除名机构"},
                                   {"contract", "UPGRADE CONTRACT 升级合约"},
                                   {"copies", "COPIES OF OBJECTS 对象副本数"}}),
                   institution_id("institution"), text("uscc", ArgKind::kCode, 18, kOptional),
                   arg("admin", ArgKind::kAddress, kOptional), permission_arg(kOptional),
                   arg("archiveKey", ArgKind::kHash, kOptional),
                   arg("voteKey", ArgKind::kPublicKey, kOptional),
                   arg("transportKey", ArgKind::kHash, kOptional),
                   arg("boxKey", ArgKind::kHash, kOptional),
                   text("peer", ArgKind::kEndpoint, 128, kOptional),
                   text("http", ArgKind::kEndpoint, 128, kOptional),
                   text("reason", ArgKind::kCode, 32, kOptional), contract_arg(),
                   integer("version", kContractVersionMax, kOptional),
                   or_else(integer("height", kHeightMax), "next block 下一区块"),
                   integer("copies", kCopiesMax, kOptional)},
          .texts = {{"institution", "{institution}"},
                    {"permission", "{permission}"},
                    {"admin", "{admin}"},
                    {"contract", "{contract}"},
                    {"version", "{version}"},
                    {"fromHeight", "{height}"},
                    {"copies", "{copies}"}},
          .roles = {"admin", "anyone"}};
}

std::vector<MethodSpec> vote_methods() {
  return {
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
  };
}

/// What an institution decides alone about itself.
std::vector<MethodSpec> own_methods() {
  return {
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
      {.contract = "alliance",
       .method = "weight",
       .primary_type = "AllianceWeight",
       .action = "SET STORAGE WEIGHT 设置存储权重",
       .args = {institution_id("institution"), integer("weight", kStorageWeightMax)},
       .texts = {{"institution", "{institution}"}, {"weight", "{weight}"}},
       .roles = {"admin"},
       .since = 2},
  };
}

}  // namespace

std::vector<MethodSpec> alliance_methods() {
  std::vector<MethodSpec> all{propose_method()};
  for (auto part : {vote_methods(), own_methods()}) {
    for (MethodSpec& method : part) all.push_back(std::move(method));
  }
  return all;
}

}  // namespace emr::contracts
