#include "ledger/receipt_list.h"

#include <nlohmann/json.hpp>

#include "json/access.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {

using json::Json;

ReceiptList make_receipt_list(const BlockHeader& header, const std::vector<std::string>& receipts,
                              Bytes certificate, std::vector<EpochLink> epochs) {
  ReceiptList list;
  list.header = header;
  list.certificate = std::move(certificate);
  list.epochs = std::move(epochs);
  for (const std::string& text : receipts) list.leaves.push_back(merkle_leaf(as_bytes(text)));
  return list;
}

std::string encode_receipt_list(const ReceiptList& list) {
  Json tree{{"type", "emr.receipts"}, {"v", 1}, {"leaves", path_json(list.leaves)}};
  put_block(tree, list);
  return json::canonical_checked(tree);
}

Result<ReceiptList> parse_receipt_list(std::string_view line) {
  EMR_ASSIGN(const Json tree, json::parse_object(line, {.max_bytes = kProofBytesMax}));
  EMR_TRY(json::expect_type(tree, "emr.receipts"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "leaves", "header", "certificate", "epochs"}));
  ReceiptList list;
  EMR_ASSIGN(list.leaves, read_path(tree, "leaves", kBlockEntriesMax));
  EMR_ASSIGN(static_cast<CertifiedBlock&>(list), read_block(tree));
  return list;
}

Status verify_receipt_list(const ReceiptList& list, EpochChain& known) {
  EMR_TRY(verify_block(list, known));
  if (merkle_root(list.leaves) == list.header.receipt_root) return {};
  return fail(Code::kNegative, "receipts are not those of the certified block")
      .with_reason("receipts");
}

bool holds_receipt(const ReceiptList& list, std::uint64_t index, const Receipt& receipt) {
  return index < list.leaves.size() &&
         list.leaves[index] == merkle_leaf(as_bytes(encode_receipt(receipt)));
}

}  // namespace emr::ledger
