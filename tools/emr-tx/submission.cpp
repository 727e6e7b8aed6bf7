#include "submission.h"

#include <nlohmann/json.hpp>

#include "cli/system_random.h"
#include "client/limits.h"
#include "contracts/methods.h"
#include "json/json.h"

namespace emr::tx {

using json::Json;

namespace {

/// An amendment can meet the next conflict; more than a few mean that two importers fight.
constexpr unsigned kAmendmentsMax = 3;

std::string wire_text(const ledger::TransactionLine& line) {
  return ledger::transaction_line({line.transaction, line.sidecar, "{}"});
}

bool is_record_method(const ledger::Core& core) { return core.contract == "records"; }

}  // namespace

Submission::Submission(SubmissionOptions options, std::vector<client::Pool> pools,
                       client::ReceiptCheck& check, Journal* journal, ledger::ChainId chain,
                       Print print)
    : options_(std::move(options)),
      check_(&check),
      journal_(journal),
      chain_(std::move(chain)),
      print_(std::move(print)),
      pools_(std::move(pools)) {
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    pools_[i].start_at(i);
    workers_.emplace_back([this, i] { work(pools_[i]); });
  }
}

Submission::~Submission() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    stopped_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

Submission::Slot& Submission::new_slot_locked(std::uint64_t number) {
  Slot& slot = slots_.emplace_back();
  slot.number = number;
  slot.started = Clock::now();
  return slot;
}

Status Submission::add(std::uint64_t number, ledger::TransactionLine line, bool silent) {
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = new_slot_locked(number);
    slot.wire = wire_text(line);
    slot.line = std::move(line);
    slot.silent = silent;
    collected_.push_back(&slot);
    full = collected_.size() >= options_.batch;
  }
  return full ? dispatch() : Status{};
}

Status Submission::add_receipt(std::string receipt) {
  EMR_ASSIGN(const Json tree, json::parse_object(receipt));
  const std::lock_guard lock(mutex_);
  EMR_TRY(count_receipt(tree, tally_));
  Slot& slot = new_slot_locked(0);
  slot.receipt = std::move(receipt);
  slot.answered = true;
  return flush_locked();
}

Status Submission::add_failure(std::uint64_t number, const Error& error) {
  const std::lock_guard lock(mutex_);
  Slot& slot = new_slot_locked(number);
  slot.receipt = failed_receipt(number, error, tally_);
  slot.answered = true;
  return flush_locked();
}

// The queue holds at most one batch per connection: a slow ledger slows the reading down, so memory
// stays bounded however long the input is.
Status Submission::dispatch() {
  Batch batch;
  {
    std::unique_lock lock(mutex_);
    if (collected_.empty()) return {};
    wake_.wait(lock, [&] { return queue_.size() < pools_.size() || stopped_ || failure_; });
    if (failure_) return *failure_;
    batch = std::move(collected_);
    collected_.clear();
    EMR_TRY(write_journal(batch));
    queue_.push_back(std::move(batch));
  }
  wake_.notify_all();
  return {};
}

Status Submission::write_journal(const Batch& batch) {
  if (journal_ == nullptr) return {};
  std::vector<Journal::Entry> entries;
  for (const Slot* slot : batch) {
    if (journal_->find(slot->line.transaction.txid) != nullptr) continue;
    Json other = Json::parse(slot->line.other_json);
    other["line"] = slot->number;
    const ledger::TransactionLine line{slot->line.transaction, slot->line.sidecar,
                                       json::canonical_checked(other)};
    entries.push_back(
        {slot->line.transaction.txid, slot->number, ledger::transaction_line(line), "", {}});
  }
  return entries.empty() ? Status{} : journal_->add(std::move(entries));
}

bool Submission::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_ || failure_.has_value();
}

void Submission::work(client::Pool& pool) {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return !queue_.empty() || closed_; });
      if (queue_.empty()) return;
      batch = std::move(queue_.front());
      queue_.pop_front();
      ++busy_;
    }
    wake_.notify_all();
    submit(pool, std::move(batch));
    {
      const std::lock_guard lock(mutex_);
      --busy_;
    }
    wake_.notify_all();
  }
}

void Submission::submit(client::Pool& pool, Batch batch) {
  const auto deadline = Clock::now() + options_.timeout;
  while (!batch.empty()) {
    std::vector<client::Outgoing> lines;
    for (const Slot* slot : batch) lines.push_back({slot->line.transaction.txid, slot->wire});
    Batch again;
    const auto settle_one = [&](std::size_t index, client::TxOutcome outcome) {
      if (settle(*batch[index], std::move(outcome))) again.push_back(batch[index]);
    };
    if (stopped()) {
      for (std::size_t i = 0; i < batch.size(); ++i) settle_one(i, {});
      return;
    }
    const Status sent = client::submit_until(pool, *check_, lines, deadline, settle_one);
    if (!sent) {
      const std::lock_guard lock(mutex_);
      fail_locked(sent.error());
    }
    batch = std::move(again);
  }
}

bool Submission::settle(Slot& slot, client::TxOutcome outcome) {
  const std::lock_guard lock(mutex_);
  const bool conflict = outcome.state == client::TxState::kCommitted &&
                        outcome.receipt.reason == "conflict" &&
                        is_record_method(slot.line.transaction.core);
  if (conflict && options_.on_conflict == OnConflict::kAmend && options_.key != nullptr &&
      slot.amendments < kAmendmentsMax) {
    const Json data = Json::parse(outcome.receipt.data_json);
    const Status amended = amend(slot, data.value("version", std::uint64_t{0}));
    if (amended) return true;
    fail_locked(amended.error());
  }
  const auto latency =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - slot.started);
  Tally silent;  // what an earlier run left open is not this run's to count
  ReceiptLine receipt =
      outcome_receipt(slot.line, outcome, slot.number, static_cast<std::uint64_t>(latency.count()),
                      options_.on_conflict == OnConflict::kSkip, slot.silent ? silent : tally_);
  tally_.unknown += silent.unknown;
  if (!receipt.settled) stopped_ = true;
  if (receipt.settled && journal_ != nullptr) {
    const Status noted = journal_->settle(slot.line.transaction.txid, receipt.text);
    if (!noted) fail_locked(noted.error());
  }
  slot.receipt = std::move(receipt.text);
  slot.answered = true;
  if (const Status flushed = flush_locked(); !flushed) fail_locked(flushed.error());
  return false;
}

// The same content on top of the version that is there now: same payload and salts, new nonce. The
// journal gets the amendment as a transaction of its own before it is sent, and then that it took
// the place of the one that met the conflict.
Status Submission::amend(Slot& slot, std::uint64_t base_version) {
  ledger::Core core = slot.line.transaction.core;
  if (options_.key->address() != core.from) {
    return fail(Code::kUsage, "the key is not the account's whose record is to be amended");
  }
  Json args = *core.args;
  args["baseVersion"] = base_version;
  if (!args.contains("reasonCode")) args["reasonCode"] = options_.reason_code;
  core.method = "amend";
  core.args = std::make_shared<const Json>(std::move(args));
  cli::SystemRandom random;
  random.fill(core.nonce);
  EMR_ASSIGN(ledger::Transaction tx,
             ledger::make_transaction(std::move(core), contracts::method_table()));
  EMR_TRY(ledger::sign_transaction(tx, chain_, *options_.key));
  const Hash32 replaced = slot.line.transaction.txid;
  slot.line.transaction = std::move(tx);
  slot.wire = wire_text(slot.line);
  ++slot.amendments;
  EMR_TRY(write_journal({&slot}));
  if (journal_ == nullptr) return {};
  return journal_->supersede(replaced, slot.line.transaction.txid);
}

Status Submission::flush_locked() {
  while (!slots_.empty() && slots_.front().answered) {
    const Slot& slot = slots_.front();
    if (!slot.silent) EMR_TRY(print_(slot.receipt));
    slots_.pop_front();
  }
  return {};
}

void Submission::fail_locked(Error error) {
  if (!failure_) failure_ = std::move(error);
  stopped_ = true;
}

Status Submission::finish() {
  EMR_TRY(dispatch());
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return queue_.empty() && busy_ == 0; });
  if (failure_) return *failure_;
  if (journal_ != nullptr) EMR_TRY(journal_->sync());
  return tally_.verdict();
}

}  // namespace emr::tx
