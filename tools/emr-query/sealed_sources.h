// What an envelope is about, by the place where it stands: anybody can seal one to a hospital's
// archive key and write any label on it. In a transaction that was committed and done it must be
// what the transaction committed to, and its label must name the record of that transaction. Lines
// that say nothing of the kind (an envelope alone) leave the label as it is. Signatures and
// certificates are emr-query verify's to check.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/transaction.h"
#include "store/store.h"
#include "threshold/envelope.h"

namespace emr::query {

/// What the label of an envelope must say here.
struct Claim {
  std::optional<std::string> institution;  ///< not known everywhere
  Hash32 record{};
  Hash32 content{};
  bool admits(const threshold::Label& label) const {
    return record == label.record && content == label.content &&
           (!institution || *institution == label.institution);
  }
};

/// One object that may hold envelopes.
struct SealedPlace {
  std::string name;  ///< "" or the transaction it belongs to, for messages
  std::optional<Claim> claim;
  std::string fault;     ///< why no envelope in it is opened, or ""
  bool is_void = false;  ///< of a transaction that failed: no version of a record
};
using OnPlace = std::function<Status(const nlohmann::json& tree, const SealedPlace& place)>;

/// Cuts lines into places: of an export a place for each payload, of any other line the whole.
class SealedLines {
 public:
  Status visit(const nlohmann::json& line, const OnPlace& on_place);

 private:
  Status visit_export(const nlohmann::json& line, const OnPlace& on_place);
  struct Entry {
    std::string txid;
    ledger::Core core;
  };
  std::uint64_t height_ = 0;        ///< of the block whose lines are being read
  std::vector<Entry> entries_;      ///< of that block
  std::size_t receipts_before_ = 0;  ///< those of its earlier lines
};

/// The payloads of a copied directory, block by block.
Status visit_copy(const store::Snapshot& copy, const OnPlace& on_place);

}  // namespace emr::query
