#include "ledger_audit.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/utf8.h"
#include "block_checks.h"
#include "content/cid.h"
#include "content/manifest.h"
#include "contracts/contracts.h"
#include "contracts/storage.h"
#include "json/json.h"
#include "ledger/application.h"
#include "ledger/epochs.h"
#include "quorum/certificate.h"

namespace emr::query {
namespace {

using store::Table;

class LedgerAuditor {
 public:
  LedgerAuditor(const store::Snapshot& snapshot, const ledger::Genesis& trusted)
      : snapshot_(snapshot),
        trusted_(trusted),
        chain_(trusted.chain()),
        epochs_(trusted),
        founded_(found()) {
    state_.apply(founded_.first);
    application_.emplace(trusted_, contracts_, state_, founded_.second);
    before_ = founded_.second;
    report_.tip = to_hex(before_.hash);
  }

  AuditReport run(const AuditProgress& progress) {
    if (!check_genesis()) return std::move(report_);
    const std::uint64_t last = last_height();
    for (std::uint64_t height = 1; height <= last; ++height) {
      check_block(height, height == last);
      if (progress) progress(height, last);
    }
    check_tip(last);
    if (replaying_) check_state();
    check_content();
    return std::move(report_);
  }

 private:
  std::pair<std::vector<ledger::StateWrite>, ledger::ChainTip> found() const {
    return ledger::Application::found(trusted_, contracts_);
  }

  void add(std::string kind, std::string reason, std::string subject = "") {
    add_finding(report_, {std::move(kind), height_, std::move(subject), std::move(reason)});
  }

  bool check_genesis() {
    const std::optional<std::string> stored = snapshot_.genesis();
    if (stored && *stored == ledger::encode_genesis(trusted_)) return true;
    add("genesis", stored ? "another_chain" : "missing");
    return false;
  }

  /// The highest block the copy has, whatever its meta record claims.
  std::uint64_t last_height() const {
    std::uint64_t last = 0;
    snapshot_.visit(Table::kBlocks, {}, [&last](ByteView key, ByteView) {
      last = std::max(last, store::height_of_key(key).value_or(0));
      return true;
    });
    return last;
  }

  void check_tip(std::uint64_t last) {
    height_ = last;
    report_.height = last;
    report_.blocks = last;
    const auto tip = snapshot_.tip();
    const bool same = tip.ok() && tip->has_value() && (*tip)->height == last &&
                      to_hex((*tip)->hash) == report_.tip;
    if (!same) add("index", "tip");
  }

  // --- one block ---------------------------------------------------------------------------

  void check_block(std::uint64_t height, bool is_last) {
    height_ = height;
    const std::optional<Bytes> stored = snapshot_.block(height);
    if (!stored) {
      add("core", "block_missing");
      replaying_ = false;
      return;
    }
    const Result<ledger::Block> decoded = ledger::decode_block(*stored);
    if (!decoded) {
      add("core", "block_malformed");
      replaying_ = false;
      return;
    }
    const ledger::Block& block = *decoded;
    const Hash32 hash = ledger::block_hash(block.header);
    const auto note = [this](std::string kind, std::string reason, std::string subject) {
      add(std::move(kind), std::move(reason), std::move(subject));
    };
    const auto transactions = check_entries(block, contracts_.methods(), chain_, note);
    next_validators_.reset();
    before_.height = height - 1;  // also behind a block that cannot be read
    const bool header_holds =
        check_links(block.header, trusted_.hash, before_, note) && execute(block, transactions);
    check_certificate(block.header, hash, header_holds, is_last);
    follow_epoch(block.header);
    check_receipts(block);
    check_sidecars(transactions);
    check_index(block);
    before_ = {height, hash, block.header.writes_hash, block.header.time};
    report_.tip = to_hex(hash);
    report_.transactions += block.entries.size();
  }

  /// Executes the block again. True when everything that follows from execution is as the header
  /// says; afterwards the state stands behind this block.
  bool execute(const ledger::Block& block, const std::vector<ledger::VerifiedPtr>& transactions) {
    if (!replaying_ || transactions.size() != block.entries.size()) {
      replaying_ = false;
      return false;
    }
    const auto executed = application_->validate(block, transactions);
    if (!executed) {
      const std::string& reason = executed.error().reason;
      // No fault of the ledger: this program does not know the rules of this height.
      const char* kind = reason == "software_too_old" ? "software" : "header";
      add(kind, reason.empty() ? "execution" : reason);
      replaying_ = false;
      return false;
    }
    receipts_ = (*executed)->receipts;
    state_.apply((*executed)->writes);
    next_validators_ = (*executed)->next_validators;
    application_->commit((*executed)->hash);
    return true;
  }

  /// A block that names other validators is the last of its epoch: those that it names, as the
  /// execution or, where that broke off, the stored end of the epoch says, certify what follows.
  void follow_epoch(const ledger::BlockHeader& header) {
    if (header.next_validators == epochs_.last().hash()) return;
    const std::optional<Bytes> certificate = snapshot_.certificate(*height_);
    const auto stored = snapshot_.epoch_links(header.epoch + 1);
    const bool kept = stored.ok() && stored->back().header == header;
    if (!kept) add("index", "epoch");
    ledger::EpochLink link{header, certificate.value_or(Bytes{}), {}};
    if (next_validators_) {
      for (quorum::NodeIndex i = 0; i < next_validators_->size(); ++i) {
        link.next.push_back(next_validators_->key(i));
      }
    } else if (kept) {
      link.next = stored->back().next;
    }
    const Status named = epochs_.extend(link);
    if (!named) add("certificate", named.error().reason);
  }

  /// `header_holds` tells whose fault a mismatch is: a header that follows from its content and
  /// its predecessor is right, so the certificate is not.
  void check_certificate(const ledger::BlockHeader& header, const Hash32& hash, bool header_holds,
                         bool is_last) {
    const std::optional<Bytes> certificate = snapshot_.certificate(*height_);
    if (!certificate) return add("certificate", "missing");
    if (epochs_.check(header, *certificate).ok()) return;
    const Result<quorum::QuorumCert> decoded = quorum::decode_certificate(*certificate);
    const bool names_this = decoded.ok() && decoded->vote.digest == hash;
    const bool vouched = names_this || (header_holds && (is_last || next_points_to(hash)));
    add(vouched || !decoded.ok() ? "certificate" : "header", "certificate");
  }

  bool next_points_to(const Hash32& hash) const {
    const std::optional<Bytes> next = snapshot_.block(*height_ + 1);
    if (!next) return false;
    const Result<ledger::Block> block = ledger::decode_block(*next);
    return block.ok() && block->header.previous == hash;
  }

  void check_receipts(const ledger::Block& block) {
    const Result<std::vector<std::string>> stored = snapshot_.receipts(*height_);
    const bool right = stored.ok() && ledger::receipts_root(*stored) == block.header.receipt_root &&
                       (!replaying_ || *stored == receipts_);
    if (!right) add("receipt", "receipt_root");
  }

  void check_sidecars(const std::vector<ledger::VerifiedPtr>& transactions) {
    for (const ledger::VerifiedPtr& tx : transactions) {
      note_handles(*tx);
      if (tx->core().payload.empty()) continue;
      const std::string txid = to_hex(tx->txid());
      const std::optional<std::string> stored = snapshot_.sidecar(tx->txid());
      if (!stored) {
        if (is_pruned(txid)) {
          ++report_.pruned_sidecars;
        } else {
          add("sidecar", "missing", txid);
        }
        continue;
      }
      const Result<ledger::Sidecar> sidecar = ledger::parse_sidecar(*stored);
      if (!sidecar || !ledger::check_sidecar(tx->core(), *sidecar))
        add("sidecar", "commitment", txid);
      ++report_.sidecars;
    }
  }

  /// The node says that it erased this sidecar by its own rule (lib/node/prune.h). Nothing proves
  /// it, but nothing needs it either: the core holds the commitments.
  bool is_pruned(const std::string& txid) const {
    return snapshot_.contains(Table::kMeta, as_bytes("pruned-sidecar/" + txid));
  }

  void note_handles(const ledger::VerifiedTransaction& tx) {
    const auto handles = tx.core().args->find("handles");
    if (tx.core().contract != "records" || handles == tx.core().args->end()) return;
    for (const nlohmann::json& handle : *handles) {
      const Result<Hash32> hash = hash_from_hex(handle.get_ref<const std::string&>());
      if (hash) handles_.push_back(*hash);
    }
  }

  void check_index(const ledger::Block& block) {
    for (std::uint32_t i = 0; i < block.entries.size(); ++i) {
      const Result<ledger::Transaction> tx =
          ledger::parse_entry(block.entries[i], contracts_.methods());
      if (!tx) continue;
      const auto position = snapshot_.position(tx->txid);
      const bool right = position.ok() && position->has_value() &&
                         (*position)->height == *height_ && (*position)->index == i;
      if (!right) add("index", "position", to_hex(tx->txid));
    }
  }

  // --- state and content -------------------------------------------------------------------

  void check_state() {
    height_.reset();
    auto expected = state_.entries().begin();
    const auto last = state_.entries().end();
    snapshot_.visit(Table::kState, {}, [&](ByteView key_bytes, ByteView value) {
      const std::string_view key = as_text(key_bytes);
      for (; expected != last && expected->first < key; ++expected) {
        add("state", "missing", expected->first);
      }
      if (expected == last || expected->first != key) {
        add("state", "unknown_key", std::string(key));
      } else {
        if (as_text(value) != expected->second) add("state", "value", expected->first);
        ++expected;
      }
      ++report_.state_entries;
      return true;
    });
    for (; expected != last; ++expected) add("state", "missing", expected->first);
  }

  void check_content() {
    height_.reset();
    snapshot_.visit(Table::kContent, {}, [this](ByteView key, ByteView block) {
      const Result<content::Cid> cid = content::cid_from_bytes(key);
      if (!cid) {
        add("content", "cid");
      } else if (!content::check_block(*cid, block)) {
        add("content", "block_mismatch", content::format_cid(*cid));
      }
      ++report_.content_blocks;
      return true;
    });
    for (const Hash32& handle : handles_) check_handle(handle);
  }

  /// A copy does not say whose it is: what some members need not keep may be missing in any.
  bool is_kept_by_all(const Hash32& handle) const {
    const contracts::StorageRing ring = contracts::storage_ring(state_);
    return contracts::holders_of(ring, handle).size() == ring.nodes.size();
  }

  void check_handle(const Hash32& handle) {
    ++report_.handles;
    const auto target = snapshot_.handle(handle);
    if (!target.ok()) return add("content", "handle", to_hex(handle));
    if (!target->has_value()) {
      if (is_kept_by_all(handle)) return add("content", "handle_missing", to_hex(handle));
      ++report_.handles_elsewhere;
      return;
    }
    const Result<content::Cid> cid = content::cid_from_bytes((*target)->cid);
    if (!cid || content::content_handle((*target)->r, *cid) != handle) {
      return add("content", "handle", to_hex(handle));
    }
    if (!snapshot_.contains(Table::kContent, (*target)->cid)) {
      add("content", "block_missing", content::format_cid(*cid));
    }
  }

  const store::Snapshot& snapshot_;
  const ledger::Genesis& trusted_;
  const contracts::Contracts contracts_{};
  ledger::ChainId chain_;
  ledger::EpochChain epochs_;
  std::pair<std::vector<ledger::StateWrite>, ledger::ChainTip> founded_;
  ledger::MapState state_;
  std::optional<ledger::Application> application_;
  ledger::ChainTip before_;  ///< what the next block builds on
  bool replaying_ = true;  ///< false after a fault that execution cannot pass
  std::optional<quorum::ValidatorSet> next_validators_;
  std::vector<std::string> receipts_;
  std::vector<Hash32> handles_;
  std::optional<std::uint64_t> height_;
  AuditReport report_;
};

/// A key out of a damaged store may be no text.
std::string printable(const std::string& subject) {
  return is_valid_utf8(subject) ? subject : to_hex(as_bytes(subject));
}

}  // namespace

void add_finding(AuditReport& report, Finding finding) {
  ++report.findings_total;
  if (report.findings.size() < kMaxFindings) report.findings.push_back(std::move(finding));
}

AuditReport audit_ledger(const store::Snapshot& snapshot, const ledger::Genesis& trusted,
                         const AuditProgress& progress) {
  return LedgerAuditor(snapshot, trusted).run(progress);
}

std::string verdict_line(const AuditReport& report, const ledger::Genesis& trusted) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::json row = {{"class", finding.kind}, {"reason", finding.reason}};
    if (finding.height) row["height"] = *finding.height;
    if (!finding.subject.empty()) row["subject"] = printable(finding.subject);
    findings.push_back(std::move(row));
  }
  const nlohmann::json verdict = {{"type", "emr.verdict"},
                                  {"v", 1},
                                  {"ok", report.ok()},
                                  {"chainId", trusted.chain_id},
                                  {"genesis", to_hex(trusted.hash)},
                                  {"from", report.first},
                                  {"to", report.height},
                                  {"blocks", report.blocks},
                                  {"tip", report.tip},
                                  {"transactions", report.transactions},
                                  {"sidecars", report.sidecars},
                                  {"prunedSidecars", report.pruned_sidecars},
                                  {"stateEntries", report.state_entries},
                                  {"contentBlocks", report.content_blocks},
                                  {"handles", report.handles},
                                  {"handlesElsewhere", report.handles_elsewhere},
                                  {"findingsTotal", report.findings_total},
                                  {"findings", std::move(findings)}};
  return json::canonical_checked(verdict);
}

}  // namespace emr::query
