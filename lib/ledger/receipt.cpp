#include "ledger/receipt.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"

namespace emr::ledger {

using json::Json;

std::string_view receipt_status_name(ReceiptStatus status) noexcept {
  switch (status) {
    case ReceiptStatus::kOk: return "ok";
    case ReceiptStatus::kDenied: return "denied";
    case ReceiptStatus::kFailed: return "failed";
  }
  return "failed";
}

// Written by hand in canonical key order: four members, on the hot path of every block.
std::string encode_receipt(const Receipt& receipt) {
  std::string text = "{\"data\":" + receipt.data_json + ",\"reason\":";
  json::append_quoted(text, receipt.reason);
  text += ",\"status\":\"";
  text += receipt_status_name(receipt.status);
  text += "\",\"txid\":\"" + to_hex(receipt.txid) + "\"}";
  return text;
}

Result<Receipt> parse_receipt(std::string_view text) {
  EMR_ASSIGN(const Json tree, json::parse_object(text, {.max_bytes = kReceiptBytesMax}));
  EMR_TRY(json::refuse_unknown_members(tree, {"data", "reason", "status", "txid"}));
  Receipt receipt;
  EMR_ASSIGN(const Json* data, json::get_object(tree, "data"));
  EMR_ASSIGN(receipt.reason, json::get_string(tree, "reason", {.max = 64, .allow_empty = true}));
  EMR_ASSIGN(const std::string status,
             json::get_choice(tree, "status", {"ok", "denied", "failed"}));
  EMR_ASSIGN(receipt.txid, json::get_hex32(tree, "txid"));
  receipt.status = status == "ok"       ? ReceiptStatus::kOk
                   : status == "denied" ? ReceiptStatus::kDenied
                                        : ReceiptStatus::kFailed;
  receipt.data_json = json::canonical_checked(*data);
  if (encode_receipt(receipt) != text) {
    return fail(Code::kData, "receipt is not in canonical form").with_reason("not_canonical");
  }
  return receipt;
}

}  // namespace emr::ledger
