// emr.sealed records as the arguments and payload of records.create or records.amend.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "crypto/random.h"
#include "ledger/transaction.h"

namespace emr::tx {

/// What only the caller knows of a transaction to be built.
struct Draft {
  crypto::Address from{};
  UnixSeconds valid_until = 0;
  std::uint64_t line = 0;     ///< number of the input line, for the receipts
  std::string reason_code = "correction";
};

/// A core with a fresh nonce and no payload yet.
Result<ledger::Core> make_core(const Draft& draft, const std::string& contract,
                               const std::string& method, nlohmann::json args,
                               crypto::RandomSource& random);
/// Commits `value` under a fresh salt.
Status add_part(ledger::TransactionLine& line, ledger::Core& core, ledger::Part part,
                const nlohmann::json& value, crypto::RandomSource& random);

/// A transaction with these arguments and no payload.
Result<ledger::TransactionLine> build_plain(const Draft& draft, const std::string& contract,
                                            const std::string& method, nlohmann::json args,
                                            crypto::RandomSource& random);

/// `base_version` 0 creates, another one amends it. A record that still names local files is
/// refused (reason "local"): attachments go through emr-ipfs-put first.
Result<ledger::TransactionLine> build_sealed(const Draft& draft, const nlohmann::json& sealed,
                                             std::uint64_t base_version,
                                             crypto::RandomSource& random);

}  // namespace emr::tx
