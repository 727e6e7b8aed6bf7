// What a committed transaction led to. The canonical bytes of receipts are the leaves of the
// receipt root, so a proof shows the result and not only the inclusion.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::ledger {

enum class ReceiptStatus : std::uint8_t {
  kOk,      ///< done
  kDenied,  ///< the subject had no right; still an event in the audit
  kFailed,  ///< the right was there, the state did not allow it (conflict, not found, replay)
};
std::string_view receipt_status_name(ReceiptStatus status) noexcept;

struct Receipt {
  Hash32 txid{};
  ReceiptStatus status = ReceiptStatus::kOk;
  std::string reason;             ///< stable machine word, "" when ok
  std::string data_json = "{}";   ///< canonical JSON object
};

/// canon({"data","reason","status","txid"}).
std::string encode_receipt(const Receipt& receipt);
Result<Receipt> parse_receipt(std::string_view json);

}  // namespace emr::ledger
