#include "export_audit.h"

#include <map>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "block_checks.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/epochs_json.h"
#include "ledger/limits.h"
#include "quorum/limits.h"

namespace emr::query {

using json::Json;

struct ExportAuditor::Line {
  ledger::Block block;
  Hash32 hash{};
  Bytes certificate;
  std::vector<ledger::EpochLink> epochs;
  std::vector<std::string> receipts;           ///< canonical texts
  std::map<std::string, std::string> sidecars;  ///< canonical texts by transaction id
};

ExportAuditor::ExportAuditor(const ledger::Genesis& trusted)
    : trusted_(trusted), chain_(trusted.chain()), epochs_(trusted) {}

Result<ExportAuditor::Line> ExportAuditor::read(const Json& tree) {
  EMR_TRY(json::expect_type(tree, "emr.export"));
  EMR_TRY(json::refuse_unknown_members(
      tree, {"type", "v", "height", "block", "certificate", "epochs", "receipts", "sidecars"}));
  Line line;
  EMR_ASSIGN(const std::uint64_t height, json::get_u64(tree, "height"));
  EMR_ASSIGN(const Bytes block, json::get_base64(tree, "block", ledger::kBlockBytesMax));
  EMR_ASSIGN(line.block, ledger::decode_block(block));
  if (line.block.header.height != height) {
    return fail(Code::kData, "not the height of the block").with_pointer("/height");
  }
  line.hash = ledger::block_hash(line.block.header);
  EMR_ASSIGN(line.certificate,
             json::get_base64(tree, "certificate", quorum::kMaxCertificateBytes));
  if (tree.contains("epochs")) {
    EMR_ASSIGN(line.epochs, ledger::read_epochs(tree));
  }
  EMR_ASSIGN(const Json* receipts, json::get_array(tree, "receipts", ledger::kBlockEntriesMax));
  for (const Json& receipt : *receipts) line.receipts.push_back(json::canonical_checked(receipt));
  EMR_ASSIGN(const Json* sidecars, json::get_object(tree, "sidecars"));
  for (const auto& [txid, sidecar] : sidecars->items()) {
    line.sidecars[txid] = json::canonical_checked(sidecar);
  }
  return line;
}

void ExportAuditor::note(std::uint64_t height, std::string kind, std::string reason,
                         std::string subject) {
  add_finding(report_, {std::move(kind), height, std::move(subject), std::move(reason)});
}

/// Right behind the line before it. The first line may be any block: its certificate places it.
void ExportAuditor::check_place(const Line& line) {
  const ledger::BlockHeader& header = line.block.header;
  const auto here = [&](std::string kind, std::string reason, std::string subject) {
    note(header.height, std::move(kind), std::move(reason), std::move(subject));
  };
  if (!last_ && header.height == 1) last_ = ledger::genesis_tip(trusted_, {});
  if (!last_) {
    if (header.genesis != trusted_.hash) here("header", "another_chain", "");
  } else if (header.height > last_->height + 1) {
    here("header", "blocks_missing", "");
  } else if (header.height <= last_->height) {
    here("header", "order", "");
  } else {
    check_links(header, trusted_.hash, *last_, here);
  }
  last_ = ledger::ChainTip{header.height, line.hash, {}, header.time};
}

void ExportAuditor::check_certificate(const Line& line) {
  const ledger::BlockHeader& header = line.block.header;
  const Status led = epochs_.follow(line.epochs);
  if (!led) note(header.height, "certificate", led.error().reason);
  const Status certified = epochs_.check(header, line.certificate);
  if (!certified) note(header.height, "certificate", certified.error().reason);
}

void ExportAuditor::check_sidecars(const Line& line,
                                   const std::vector<ledger::VerifiedPtr>& transactions) {
  std::map<std::string, std::string> sidecars = line.sidecars;
  for (const ledger::VerifiedPtr& tx : transactions) {
    const std::string txid = to_hex(tx->txid());
    if (tx->core().payload.empty()) continue;
    const auto found = sidecars.extract(txid);
    if (found.empty()) {
      ++report_.pruned_sidecars;
      continue;
    }
    const Result<ledger::Sidecar> sidecar = ledger::parse_sidecar(found.mapped());
    const bool holds = sidecar && ledger::check_sidecar(tx->core(), *sidecar);
    if (!holds) note(line.block.header.height, "sidecar", "commitment", txid);
    ++report_.sidecars;
  }
  if (!sidecars.empty()) note(line.block.header.height, "sidecar", "no_such_transaction");
}

Status ExportAuditor::add(const Json& tree) {
  EMR_ASSIGN(const Line line, read(tree));
  const ledger::BlockHeader& header = line.block.header;
  check_place(line);
  check_certificate(line);
  if (ledger::receipts_root(line.receipts) != header.receipt_root) {
    note(header.height, "receipt", "receipt_root");
  }
  const auto transactions = check_entries(
      line.block, contracts_.methods(), chain_,
      [&](std::string kind, std::string reason, std::string subject) {
        note(header.height, std::move(kind), std::move(reason), std::move(subject));
      });
  check_sidecars(line, transactions);
  if (report_.blocks == 0) report_.first = header.height;
  ++report_.blocks;
  report_.height = header.height;
  report_.tip = to_hex(line.hash);
  report_.transactions += line.block.entries.size();
  return {};
}

}  // namespace emr::query
