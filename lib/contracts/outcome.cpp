#include "contracts/outcome.h"

#include <nlohmann/json.hpp>

#include "json/json.h"

namespace emr::contracts {

using ledger::ReceiptStatus;

Outcome done() { return {}; }
Outcome done(const nlohmann::json& data) {
  return {ReceiptStatus::kOk, "", json::canonical_checked(data)};
}
Outcome denied(std::string reason) { return {ReceiptStatus::kDenied, std::move(reason), "{}"}; }
Outcome denied(std::string reason, const nlohmann::json& data) {
  return {ReceiptStatus::kDenied, std::move(reason), json::canonical_checked(data)};
}
Outcome failed(std::string reason) { return {ReceiptStatus::kFailed, std::move(reason), "{}"}; }
Outcome failed(std::string reason, const nlohmann::json& data) {
  return {ReceiptStatus::kFailed, std::move(reason), json::canonical_checked(data)};
}

}  // namespace emr::contracts
