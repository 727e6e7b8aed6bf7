// `emr.proof` v1: one exported line that shows, to whoever holds the genesis file, that a
// transaction stands in a certified block and what it led to. It carries no roots: the verifier
// computes them from the leaves and compares with the certified header (FORMAT.md section 9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/certified_block.h"
#include "ledger/genesis.h"

namespace emr::ledger {

struct Proof : CertifiedBlock {
  std::string entry;             ///< canonical block entry
  std::string receipt;           ///< canonical receipt
  std::uint64_t index = 0;
  std::uint64_t size = 0;        ///< entries in the block
  std::vector<Hash32> tx_path;
  std::vector<Hash32> receipt_path;
};

/// What a good proof shows.
struct Proven {
  Hash32 txid{};
  std::uint64_t height = 0;
  std::uint64_t index = 0;
  UnixSeconds time = 0;
  Receipt receipt;
  Transaction transaction;
};

/// `entries` and `receipts` are those of the block; `index` must exist.
Proof make_proof(const BlockHeader& header, const std::vector<std::string>& entries,
                 const std::vector<std::string>& receipts, std::uint64_t index, Bytes certificate,
                 std::vector<EpochLink> epochs = {});
std::string encode_proof(const Proof& proof);
Result<Proof> parse_proof(std::string_view line);

/// kNegative with a reason that names what does not hold ("tx_path", "receipt_path",
/// "certificate", "genesis", "signature"; "epoch_chain": the epochs do not lead from the genesis to
/// the block). `known` serves all lines of a run (epochs.h).
Result<Proven> verify_proof(const Proof& proof, EpochChain& known, const MethodTable& methods);
/// One line alone.
Result<Proven> verify_proof(const Proof& proof, const Genesis& genesis, const MethodTable& methods);

}  // namespace emr::ledger
