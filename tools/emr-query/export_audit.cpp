#include "export_audit.h"

#include <algorithm>
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
  std::uint64_t height = 0;
  std::optional<ledger::Block> block;  ///< on the first line of a block
  Bytes certificate;
  std::vector<ledger::EpochLink> epochs;
  std::vector<std::string> receipts;            ///< canonical texts
  std::map<std::string, std::string> sidecars;  ///< canonical texts by transaction id
  bool more = false;
};

struct ExportAuditor::Open {
  ledger::BlockHeader header;
  Bytes certificate;
  std::map<std::string, ledger::VerifiedPtr> lacking;  ///< whose payload has not come
  std::size_t entries = 0;
  std::vector<std::string> receipts;
};

ExportAuditor::ExportAuditor(const ledger::Genesis& trusted)
    : trusted_(trusted), chain_(trusted.chain()), epochs_(trusted) {}

ExportAuditor::~ExportAuditor() = default;

Result<ExportAuditor::Line> ExportAuditor::read(const Json& tree) {
  EMR_TRY(json::expect_type(tree, "emr.export"));
  EMR_TRY(json::refuse_unknown_members(tree, {"type", "v", "height", "block", "certificate",
                                              "epochs", "receipts", "sidecars", "more"}));
  Line line;
  EMR_ASSIGN(line.height, json::get_u64(tree, "height"));
  EMR_ASSIGN(const auto more, json::find_bool(tree, "more"));
  line.more = more.value_or(false);
  if (tree.contains("block")) {
    EMR_ASSIGN(const Bytes block, json::get_base64(tree, "block", ledger::kBlockBytesMax));
    EMR_ASSIGN(line.block, ledger::decode_block(block));
    if (line.block->header.height != line.height) {
      return fail(Code::kData, "not the height of the block").with_pointer("/height");
    }
    EMR_ASSIGN(line.certificate,
               json::get_base64(tree, "certificate", quorum::kMaxCertificateBytes));
  }
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

/// Right behind the block before it. The first one may be any: its certificate places it.
void ExportAuditor::check_place(const ledger::BlockHeader& header, const Hash32& hash) {
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
  last_ = ledger::ChainTip{header.height, hash, {}, header.time};
}

/// The first line of a block.
void ExportAuditor::begin(Line& line) {
  const ledger::BlockHeader header = line.block->header;
  const Hash32 hash = ledger::block_hash(header);
  check_place(header, hash);
  open_ = std::make_unique<Open>();
  open_->header = header;
  open_->certificate = std::move(line.certificate);
  open_->entries = line.block->entries.size();
  const auto transactions = check_entries(
      *line.block, contracts_.methods(), chain_,
      [&](std::string kind, std::string reason, std::string subject) {
        note(header.height, std::move(kind), std::move(reason), std::move(subject));
      });
  for (const ledger::VerifiedPtr& tx : transactions) {
    if (!tx->core().payload.empty()) open_->lacking.emplace(to_hex(tx->txid()), tx);
  }
  if (report_.blocks == 0) report_.first = header.height;
  ++report_.blocks;
  report_.height = header.height;
  report_.tip = to_hex(hash);
  report_.transactions += open_->entries;
}

/// What any line of a block brings.
void ExportAuditor::take(const Line& line) {
  const Status led = epochs_.follow(line.epochs);
  if (!led) note(line.height, "certificate", led.error().reason);
  const std::size_t room = ledger::kBlockEntriesMax - open_->receipts.size();
  const std::size_t count = std::min(room, line.receipts.size());
  open_->receipts.insert(open_->receipts.end(), line.receipts.begin(),
                         line.receipts.begin() + static_cast<std::ptrdiff_t>(count));
  for (const auto& [txid, text] : line.sidecars) {
    const auto found = open_->lacking.extract(txid);
    if (found.empty()) {
      note(line.height, "sidecar", "no_such_transaction");
      continue;
    }
    const Result<ledger::Sidecar> sidecar = ledger::parse_sidecar(text);
    const bool holds = sidecar && ledger::check_sidecar(found.mapped()->core(), *sidecar);
    if (!holds) note(line.height, "sidecar", "commitment", txid);
    ++report_.sidecars;
  }
}

/// All lines of the block that there are have been read.
void ExportAuditor::close() {
  const ledger::BlockHeader& header = open_->header;
  const Status certified = epochs_.check(header, open_->certificate);
  if (!certified) note(header.height, "certificate", certified.error().reason);
  if (ledger::receipts_root(open_->receipts) != header.receipt_root) {
    note(header.height, "receipt", "receipt_root");
  }
  report_.pruned_sidecars += open_->lacking.size();
  open_.reset();
}

Status ExportAuditor::add(const Json& tree) {
  EMR_ASSIGN(Line line, read(tree));
  const bool goes_on = open_ && !line.block && open_->header.height == line.height;
  if (!goes_on) {
    if (open_) {
      note(open_->header.height, "header", "lines_missing");
      close();
    }
    if (!line.block) {
      return fail(Code::kData, "the line goes on with a block that did not begin")
          .with_pointer("/block");
    }
    begin(line);
  }
  take(line);
  if (!line.more) close();
  return {};
}

void ExportAuditor::note_unreadable() { add_finding(report_, {"line", {}, "", "unreadable"}); }

const AuditReport& ExportAuditor::finish() {
  if (open_) {
    note(open_->header.height, "header", "lines_missing");
    close();
  }
  return report_;
}

}  // namespace emr::query
