#include "sealed_sources.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "contracts/records.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/block.h"
#include "ledger/limits.h"
#include "ledger/receipt.h"

namespace emr::query {

namespace {

using json::Json;

Result<Claim> claim_in(const Json& tree) {
  Claim claim;
  EMR_ASSIGN(claim.record, json::get_hex32(tree, "record"));
  EMR_ASSIGN(claim.content, json::get_hex32(tree, "content"));
  return claim;
}

/// A payload beside its transaction and what became of that.
SealedPlace place_of(const std::string& txid, const ledger::Core& core,
                     const std::string& sidecar, const std::string& receipt) {
  SealedPlace place{"transaction " + txid, {}, "", false};
  const auto parsed = ledger::parse_sidecar(sidecar);
  const auto result = ledger::parse_receipt(receipt);
  const auto claim = claim_in(*core.args);
  if (!parsed || !ledger::check_sidecar(core, *parsed)) {
    place.fault = "its payload is not what it committed to";
  } else if (!result || to_hex(result->txid) != txid) {
    place.fault = "its receipt is not there";
  } else if (result->status != ledger::ReceiptStatus::kOk) {
    place.is_void = true;
  } else if (!claim) {
    place.fault = "it is about no record";
  } else {
    place.claim = *claim;
  }
  return place;
}

Result<SealedPlace> place_of_line(const Json& line) {
  SealedPlace place;
  EMR_ASSIGN(const auto named, json::find_string(line, "type", {.max = 64}));
  const std::string type = named.value_or("");
  if (type == "emr.sealed" && line.contains("tags")) {
    EMR_ASSIGN(const Json* tags, json::get_object(line, "tags"));
    EMR_ASSIGN(place.claim, claim_in(*tags));
  } else if (type == "emr.tx") {
    EMR_ASSIGN(const auto tx, ledger::parse_transaction_line(json::canonical_checked(line),
                                                            contracts::method_table()));
    const auto claim = claim_in(*tx.transaction.core.args);
    if (claim) place.claim = *claim;
    if (!claim) place.fault = "the transaction is about no record";
  } else if (type == "emr.sidecar") {
    EMR_ASSIGN(place.claim, claim_in(line));
    EMR_ASSIGN(place.claim->institution, json::get_string(line, "institution", {.max = 64}));
  }
  return place;
}

}  // namespace

Status SealedLines::visit(const Json& line, const OnPlace& on_place) {
  if (json::expect_type(line, "emr.export")) return visit_export(line, on_place);
  EMR_ASSIGN(const SealedPlace place, place_of_line(line));
  return on_place(line, place);
}

Status SealedLines::visit_export(const Json& line, const OnPlace& on_place) {
  EMR_ASSIGN(const std::uint64_t height, json::get_u64(line, "height"));
  EMR_ASSIGN(const Json* receipts, json::get_array(line, "receipts", ledger::kBlockEntriesMax));
  EMR_ASSIGN(const Json* sidecars, json::get_object(line, "sidecars"));
  const bool begins = line.contains("block");
  if (begins || height != height_) {
    height_ = height;
    entries_.clear();
    receipts_before_ = 0;
  }
  if (begins) {
    EMR_ASSIGN(const Bytes bytes, json::get_base64(line, "block", ledger::kBlockBytesMax));
    EMR_ASSIGN(const ledger::Block block, ledger::decode_block(bytes));
    for (const std::string& text : block.entries) {
      auto tx = ledger::parse_entry(text, contracts::method_table());
      entries_.push_back(tx ? Entry{to_hex(tx->txid), std::move(tx->core)} : Entry{});
    }
  }
  const std::size_t first = receipts_before_;
  receipts_before_ += receipts->size();
  std::size_t known = 0;
  for (std::size_t i = first; i < std::min(receipts_before_, entries_.size()); ++i) {
    const auto found = sidecars->find(entries_[i].txid);
    if (found == sidecars->end()) continue;
    ++known;
    EMR_TRY(on_place(*found, place_of(entries_[i].txid, entries_[i].core,
                                      json::canonical_checked(*found),
                                      json::canonical_checked((*receipts)[i - first]))));
  }
  if (known == sidecars->size()) return {};
  return on_place(*sidecars, {"block " + std::to_string(height), {},
                              "payloads without their transactions are in its line", false});
}

Status visit_copy(const store::Snapshot& copy, const OnPlace& on_place) {
  EMR_ASSIGN(const auto tip, copy.tip());
  const std::uint64_t last = tip ? tip->height : 0;
  for (std::uint64_t height = 1; height <= last; ++height) {
    const auto bytes = copy.block(height);
    if (!bytes) continue;  // below a snapshot, and not fetched yet
    EMR_ASSIGN(const ledger::Block block, ledger::decode_block(*bytes));
    EMR_ASSIGN(const auto receipts, copy.receipts(height));
    for (std::size_t i = 0; i < block.entries.size() && i < receipts.size(); ++i) {
      const auto tx = ledger::parse_entry(block.entries[i], contracts::method_table());
      const auto text = tx ? copy.sidecar(tx->txid) : std::nullopt;
      if (!text) continue;
      SealedPlace place = place_of(to_hex(tx->txid), tx->core, *text, receipts[i]);
      if (place.claim) {
        const auto head = contracts::find_record(copy, to_hex(place.claim->record));
        if (head) place.claim->institution = head->institution;
      }
      const Result<Json> tree = json::parse_object(*text);
      // What cannot be read at all is an envelope that cannot.
      EMR_TRY(on_place(tree ? *tree : Json{{"type", "emr.envelope"}}, place));
    }
  }
  return {};
}

}  // namespace emr::query
