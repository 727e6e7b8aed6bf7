#include "node/tx_stream.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "json/json.h"
#include "node/limits.h"

namespace emr::node {

std::string committed_line(const Hash32& txid, std::uint64_t height, std::uint64_t index,
                           std::string_view receipt_json, std::string_view proof_json) {
  // Spliced, because receipts and proofs are canonical texts already and this runs per transaction.
  std::string line = "{\"height\":" + std::to_string(height);
  line += ",\"index\":" + std::to_string(index);
  if (!proof_json.empty()) line.append(",\"proof\":").append(proof_json);
  line.append(",\"receipt\":").append(receipt_json);
  line.append(",\"state\":\"committed\",\"txid\":\"").append(to_hex(txid)).append("\"}\n");
  return line;
}

std::string pending_line(const Hash32& txid) {
  return "{\"state\":\"pending\",\"txid\":\"" + to_hex(txid) + "\"}\n";
}

std::string unknown_line(const Hash32& txid) {
  return "{\"state\":\"unknown\",\"txid\":\"" + to_hex(txid) + "\"}\n";
}

std::string busy_line(const std::optional<Hash32>& txid) {
  if (!txid) return "{\"state\":\"busy\"}\n";
  return "{\"state\":\"busy\",\"txid\":\"" + to_hex(*txid) + "\"}\n";
}

std::string refused_line(const std::optional<Hash32>& txid, const Error& error) {
  nlohmann::json line = {{"state", "refused"},
                         {"code", static_cast<int>(error.code)},
                         {"reason", error.reason.empty() ? "refused" : error.reason},
                         {"message", error.message}};
  if (!error.pointer.empty()) line["pointer"] = error.pointer;
  if (txid) line["txid"] = to_hex(*txid);
  return json::canonical_checked(line) + "\n";
}

TxStream::TxStream(std::shared_ptr<http::ResponseWriter> writer, std::size_t lines,
                   std::chrono::seconds wait)
    : writer_(std::move(writer)),
      lines_(lines),
      txids_(lines),
      waits_(wait.count() > 0),
      deadline_(Clock::now() + (waits_ ? wait : kAcceptancePatience)) {
  writer_->start(200, "application/x-ndjson");
  if (lines == 0) writer_->finish();
}

bool TxStream::name(std::size_t slot, const Hash32& txid) {
  const std::lock_guard lock(mutex_);
  if (slot < next_ || lines_.at(slot)) return false;
  txids_.at(slot) = txid;
  return true;
}

void TxStream::resolve(std::size_t slot, std::string line) {
  hold(slot, std::move(line));
  flush();
}

void TxStream::hold(std::size_t slot, std::string line) {
  const std::lock_guard lock(mutex_);
  if (lines_.at(slot) || slot < next_) return;
  lines_[slot] = std::move(line);
}

void TxStream::flush() {
  const std::lock_guard lock(mutex_);
  flush_locked();
}

void TxStream::resolve_accepted(std::size_t slot) {
  if (waits_) return;
  std::optional<Hash32> txid;
  {
    const std::lock_guard lock(mutex_);
    txid = txids_.at(slot);
  }
  if (txid) resolve(slot, pending_line(*txid));
}

void TxStream::expire() {
  const std::lock_guard lock(mutex_);
  for (std::size_t slot = next_; slot < lines_.size(); ++slot) {
    if (lines_[slot]) continue;
    lines_[slot] = txids_[slot] ? pending_line(*txids_[slot]) : busy_line(std::nullopt);
  }
  flush_locked();
}

bool TxStream::done() const {
  const std::lock_guard lock(mutex_);
  return next_ == lines_.size();
}

void TxStream::flush_locked() {
  std::string ready;
  while (next_ < lines_.size() && lines_[next_]) {
    ready += *lines_[next_];
    lines_[next_] = std::string();  // keeps the slot answered, frees the text
    ++next_;
  }
  if (!ready.empty()) writer_->write(ready);
  if (next_ == lines_.size() && !lines_.empty()) writer_->finish();
}

}  // namespace emr::node
