#include "node/export_lines.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "base/number.h"
#include "http/limits.h"
#include "json/json.h"
#include "ledger/limits.h"
#include "ledger/query.h"
#include "quorum/limits.h"

namespace emr::node {

using json::Json;

namespace {

/// Names, quotes and commas around a receipt, a payload with its id, a block.
constexpr std::size_t kFrame = 512;

constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// A line gets one more receipt and payload while it is not full. A block alone has room, and so has
// the chain of epochs.
static_assert(kExportLineFull + ledger::kReceiptBytesMax + ledger::kTransactionLineBytesMax +
                  2 * kFrame <= kExportBytesMax);
static_assert(base64_size(ledger::kBlockBytesMax + quorum::kMaxCertificateBytes) + kFrame <=
              kExportLineFull);
static_assert(kBlockRowsFull + ledger::kBlockRowBytesMax < ledger::kAnswerBytesMax);
static_assert(ledger::kAnswerBytesMax < http::kMaxQueuedOutputBytes);

/// Epochs that have no room beside a large block stand in its second line.
bool is_beside_block(const ExportedBlock& block, const ExportLimits& limits) {
  return base64_size(block.block.size()) + block.epochs.size() <= limits.line_full;
}

}  // namespace

std::string ExportCursor::text() const {
  const std::string whole = std::to_string(height);
  return receipts ? whole + "." + std::to_string(*receipts) : whole;
}

Result<ExportCursor> ExportCursor::parse(std::string_view text, std::uint64_t height_max) {
  const std::size_t dot = text.find('.');
  ExportCursor cursor;
  EMR_ASSIGN(cursor.height, parse_u64(text.substr(0, dot), height_max));
  if (dot == std::string_view::npos) return cursor;
  EMR_ASSIGN(cursor.receipts, parse_u64(text.substr(dot + 1), ledger::kBlockEntriesMax));
  return cursor;
}

Result<std::string> ExportPage::line_behind(const ExportedBlock& block,
                                            std::optional<std::size_t>& done) {
  Json row = {{"type", "emr.export"},
              {"v", 1},
              {"height", block.height},
              {"receipts", Json::array()},
              {"sidecars", Json::object()}};
  const bool beside = is_beside_block(block, limits_);
  std::size_t bytes = kFrame;
  if (!done) {
    row["block"] = to_base64(block.block);
    row["certificate"] = to_base64(block.certificate);
    bytes += base64_size(block.block.size() + block.certificate.size());
  }
  if (!block.epochs.empty() && (beside ? !done : done == std::size_t{0})) {
    row["epochs"] = Json::parse(block.epochs);
    bytes += block.epochs.size();
  }
  std::size_t at = done.value_or(0);
  const bool epochs_follow = !done && !block.epochs.empty() && !beside;
  // A line brings something: one with nothing in it would be asked for again for ever.
  while (!epochs_follow && at < block.receipts.size() &&
         (bytes < limits_.line_full || at == done)) {
    EMR_ASSIGN(const auto sidecar, block.sidecar(at));
    row["receipts"].push_back(Json::parse(block.receipts[at]));
    if (sidecar) row["sidecars"][sidecar->txid] = Json::parse(sidecar->text);
    bytes += block.receipts[at].size() + kFrame + (sidecar ? sidecar->text.size() : 0);
    ++at;
  }
  done = at;
  if (at < block.receipts.size()) row["more"] = true;
  return json::canonical_checked(row);
}

Result<bool> ExportPage::add(const ExportedBlock& block, std::optional<std::size_t> done) {
  do {
    next_ = done ? ExportCursor{block.height, done} : ExportCursor{block.height - 1, {}};
    if (lines_.size() >= lines_max_) return false;
    EMR_ASSIGN(std::string line, line_behind(block, done));
    if (!lines_.empty() && bytes_ + line.size() > limits_.answer_max) return false;
    bytes_ += line.size() + 1;
    lines_.push_back(std::move(line));
  } while (*done < block.receipts.size());
  next_ = {block.height, {}};
  return true;
}

}  // namespace emr::node
