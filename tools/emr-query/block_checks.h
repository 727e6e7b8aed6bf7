// What holds of one block by itself and beside its predecessor, whoever hands it over: a copied
// directory (ledger_audit.h) or an export (export_audit.h). Faults are named, never thrown.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/block.h"
#include "ledger/transaction.h"

namespace emr::query {

/// A fault: its class, its stable word, and the transaction that it is about ("" for none).
using Note = std::function<void(std::string kind, std::string reason, std::string subject)>;

/// Every entry parses and carries the signature it claims; the entries are those of the header.
/// Returns those that hold.
std::vector<ledger::VerifiedPtr> check_entries(const ledger::Block& block,
                                               const ledger::MethodTable& methods,
                                               const ledger::ChainId& chain, const Note& note);

/// Does this header stand on the chain of this genesis right behind that block?
bool check_links(const ledger::BlockHeader& header, const Hash32& genesis,
                 const ledger::ChainTip& before, const Note& note);

}  // namespace emr::query
