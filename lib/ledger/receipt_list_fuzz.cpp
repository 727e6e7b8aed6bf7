// The receipts of a block are what a node says. Text from nowhere is refused with a reason or
// understood, and what is understood has one spelling; against a genesis it proves nothing by
// accident. A true list of a certified block is read back as it was written; changed in any way it
// is refused, or shows receipts of that block and no others.
#include <algorithm>
#include <map>
#include <string_view>

#include "base/check.h"
#include "ledger/merkle.h"
#include "ledger/receipt_list.h"
#include "ledger/testing.h"

namespace {

using namespace emr;
using namespace emr::ledger;

const Genesis& genesis() {
  static const Genesis one = testing::make_genesis();
  return one;
}

void check_text(std::string_view text) {
  const auto list = parse_receipt_list(text);
  if (!list) return;
  const std::string line = encode_receipt_list(*list);
  const auto again = parse_receipt_list(line);
  EMR_CHECK(again.ok() && encode_receipt_list(*again) == line);
  EpochChain known(genesis());
  EMR_CHECK(!verify_receipt_list(*list, known).ok());
}

Receipt receipt_of(std::size_t i) {
  return {testing::hash_of(std::to_string(i)), ReceiptStatus::kOk, "", "{}"};
}

/// A certified block of so many receipts; few sizes, because a certificate costs three signatures.
const ReceiptList& true_list(std::size_t size) {
  static std::map<std::size_t, ReceiptList> lists;
  const auto [at, is_new] = lists.try_emplace(size);
  if (!is_new) return at->second;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < size; ++i) texts.push_back(encode_receipt(receipt_of(i)));
  BlockHeader header;
  header.genesis = genesis().hash;
  header.height = size + 1;
  header.receipt_root = receipts_root(texts);
  at->second = make_receipt_list(header, texts, testing::certify(header, genesis(), {0, 1, 2}));
  return at->second;
}

Hash32 inner_node(const Hash32& left, const Hash32& right) {
  return merkle_root(std::vector<Hash32>{left, right});
}

/// One change, as two bytes say.
void change(std::vector<Hash32>& leaves, std::uint8_t what, std::uint8_t where) {
  if (leaves.empty()) return;
  const std::size_t at = where % leaves.size();
  switch (what % 5) {
    case 0:
      leaves.erase(leaves.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      leaves.insert(leaves.begin() + static_cast<std::ptrdiff_t>(at), leaves[at]);
      break;
    case 2:
      std::swap(leaves[at], leaves[what % leaves.size()]);
      break;
    case 3:  // two become one: the root may stay the same
      if (at + 1 == leaves.size()) break;
      leaves[at] = inner_node(leaves[at], leaves[at + 1]);
      leaves.erase(leaves.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      break;
    default:
      leaves[at][what % 32] ^= where;
  }
}

void check_list(const std::uint8_t* data, std::size_t size) {
  const std::size_t count = data[0] % 17;
  const ReceiptList& whole = true_list(count);
  const auto read = parse_receipt_list(encode_receipt_list(whole));
  EMR_CHECK(read.ok() && encode_receipt_list(*read) == encode_receipt_list(whole));
  EpochChain known(genesis());
  EMR_CHECK(verify_receipt_list(*read, known).ok());
  for (std::size_t i = 0; i < count; ++i) EMR_CHECK(holds_receipt(*read, i, receipt_of(i)));

  ReceiptList changed = whole;
  for (std::size_t i = 1; i + 1 < size && i < 64; i += 2) {
    change(changed.leaves, data[i], data[i + 1]);
  }
  if (!verify_receipt_list(changed, known)) return;
  EMR_CHECK(changed.leaves.size() <= count);  // never more than there are
  EMR_CHECK(changed.leaves.size() < count || changed.leaves == whole.leaves);
  for (std::size_t i = 0; i < changed.leaves.size(); ++i) {
    EMR_CHECK(!holds_receipt(changed, i, receipt_of(count)));  // none of another block
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_text({reinterpret_cast<const char*>(data), size});
  if (size > 0) check_list(data, size);
  return 0;
}
