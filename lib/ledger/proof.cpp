#include "ledger/proof.h"

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {

using json::Json;

namespace {

Error does_not_hold(std::string message, std::string reason) {
  return fail(Code::kNegative, std::move(message)).with_reason(std::move(reason));
}

std::vector<Hash32> leaves_of(const std::vector<std::string>& texts) {
  std::vector<Hash32> leaves;
  leaves.reserve(texts.size());
  for (const std::string& text : texts) leaves.push_back(merkle_leaf(as_bytes(text)));
  return leaves;
}

}  // namespace

Proof make_proof(const BlockHeader& header, const std::vector<std::string>& entries,
                 const std::vector<std::string>& receipts, std::uint64_t index, Bytes certificate,
                 std::vector<EpochLink> epochs) {
  EMR_CHECK(index < entries.size() && entries.size() == receipts.size());
  Proof proof;
  proof.entry = entries[index];
  proof.receipt = receipts[index];
  proof.index = index;
  proof.size = entries.size();
  proof.tx_path = merkle_path(leaves_of(entries), index);
  proof.receipt_path = merkle_path(leaves_of(receipts), index);
  proof.header = header;
  proof.certificate = std::move(certificate);
  proof.epochs = std::move(epochs);
  return proof;
}

std::string encode_proof(const Proof& proof) {
  Json tree{{"type", "emr.proof"},
            {"v", 1},
            {"entry", proof.entry},
            {"receipt", proof.receipt},
            {"index", proof.index},
            {"size", proof.size},
            {"txPath", path_json(proof.tx_path)},
            {"receiptPath", path_json(proof.receipt_path)}};
  put_block(tree, proof);
  return json::canonical_checked(tree);
}

Result<Proof> parse_proof(std::string_view line) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kProofBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.proof"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "entry", "receipt", "index", "size", "txPath", "receiptPath", "header",
             "certificate", "epochs"}));
  Proof proof;
  EMR_ASSIGN(proof.entry, json::get_string(tree, "entry", {.max = kEntryBytesMax}));
  EMR_ASSIGN(proof.receipt, json::get_string(tree, "receipt", {.max = kReceiptBytesMax}));
  EMR_ASSIGN(proof.size, json::get_u64(tree, "size", {1, kBlockEntriesMax}));
  EMR_ASSIGN(proof.index, json::get_u64(tree, "index", {0, proof.size - 1}));
  EMR_ASSIGN(proof.tx_path, read_path(tree, "txPath", kMerklePathMax));
  EMR_ASSIGN(proof.receipt_path, read_path(tree, "receiptPath", kMerklePathMax));
  EMR_ASSIGN(static_cast<CertifiedBlock&>(proof), read_block(tree));
  return proof;
}

Result<Proven> verify_proof(const Proof& proof, const Genesis& genesis,
                            const MethodTable& methods) {
  EpochChain chain(genesis);
  return verify_proof(proof, chain, methods);
}

Result<Proven> verify_proof(const Proof& proof, EpochChain& known, const MethodTable& methods) {
  const BlockHeader& header = proof.header;
  EMR_TRY(verify_block(proof, known));
  if (!merkle_verify(merkle_leaf(as_bytes(proof.entry)), proof.index, proof.size, proof.tx_path,
                     header.tx_root)) {
    return does_not_hold("transaction is not in the certified block", "tx_path");
  }
  if (!merkle_verify(merkle_leaf(as_bytes(proof.receipt)), proof.index, proof.size,
                     proof.receipt_path, header.receipt_root)) {
    return does_not_hold("receipt is not in the certified block", "receipt_path");
  }
  Proven proven;
  EMR_ASSIGN(proven.receipt, parse_receipt(proof.receipt));
  EMR_ASSIGN(Transaction tx, parse_entry(proof.entry, methods));
  EMR_ASSIGN(const VerifiedPtr verified,
             verify_transaction(std::move(tx), known.genesis().chain()));
  if (proven.receipt.txid != verified->txid()) {
    return does_not_hold("receipt is that of another transaction", "receipt_txid");
  }
  proven.txid = verified->txid();
  proven.height = header.height;
  proven.index = proof.index;
  proven.time = header.time;
  proven.transaction = verified->transaction();
  return proven;
}

}  // namespace emr::ledger
