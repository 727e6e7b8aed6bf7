#include "block_checks.h"

#include "base/hex.h"

namespace emr::query {

std::vector<ledger::VerifiedPtr> check_entries(const ledger::Block& block,
                                               const ledger::MethodTable& methods,
                                               const ledger::ChainId& chain, const Note& note) {
  std::vector<ledger::Transaction> parsed;
  for (const std::string& entry : block.entries) {
    Result<ledger::Transaction> tx = ledger::parse_entry(entry, methods);
    tx ? parsed.push_back(*std::move(tx)) : note("core", "entry_malformed", "");
  }
  std::vector<std::string> txids;
  for (const ledger::Transaction& tx : parsed) txids.push_back(to_hex(tx.txid));
  std::vector<ledger::VerifiedPtr> transactions;
  auto verified = ledger::verify_transactions(std::move(parsed), chain);
  for (std::size_t i = 0; i < verified.size(); ++i) {
    verified[i] ? transactions.push_back(*std::move(verified[i]))
                : note("core", "signature", txids[i]);
  }
  if (ledger::entries_root(block.entries) != block.header.tx_root) {
    note("core", "transaction_root", "");
  }
  return transactions;
}

bool check_links(const ledger::BlockHeader& header, const Hash32& genesis,
                 const ledger::ChainTip& before, const Note& note) {
  bool good = true;
  const auto demand = [&](bool holds, const char* reason) {
    if (!holds) note("header", reason, "");
    good = good && holds;
  };
  demand(header.genesis == genesis, "another_chain");
  demand(header.height == before.height + 1, "height");
  demand(header.previous == before.hash, "previous");
  demand(header.time >= before.time, "time");
  return good;
}

}  // namespace emr::query
