// `emr.receipts` v1: the leaves of a certified block's receipt tree on one line, which show, to
// whoever holds the genesis file, what each transaction of the block led to. A client that has many
// receipts of one block checks them all with one certificate (FORMAT.md section 15). The leaves are
// hashes: a receipt names its transaction by 256 bits, so nobody can guess those of others. A list
// that holds may be shorter than the block: an inner node can stand for the leaves below it. So
// what it does not hold proves nothing, nor does the place of what it holds. Values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/certified_block.h"
#include "ledger/receipt.h"

namespace emr::ledger {

struct ReceiptList : CertifiedBlock {
  std::vector<Hash32> leaves;  ///< in the order of the block's entries
};

ReceiptList make_receipt_list(const BlockHeader& header, const std::vector<std::string>& receipts,
                              Bytes certificate, std::vector<EpochLink> epochs = {});
std::string encode_receipt_list(const ReceiptList& list);
Result<ReceiptList> parse_receipt_list(std::string_view line);

/// kNegative with a reason: those of verify_block, "receipts" (not those of the certified block).
Status verify_receipt_list(const ReceiptList& list, EpochChain& known);

/// Is this one of the receipts of the block that the list shows, at this place of the list? For a
/// list that is whole, as honest nodes send it, that is the place of its entry in the block.
bool holds_receipt(const ReceiptList& list, std::uint64_t index, const Receipt& receipt);

}  // namespace emr::ledger
