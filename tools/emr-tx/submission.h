// A running submission: lines go in by one thread, batches go out over several connections, and
// receipts come out in input order as soon as everything before them is known.
//
//   add() / add_receipt() / add_failure()   one call per input line, by the reading thread
//   dispatch()                              what was added so far may be sent now
//   finish()                                waits for everything; the verdict
//
// A transaction is in the journal, durably, before it is sent. When an outcome cannot be learned in
// time the submission stops sending (stopped()), because the next ones would fare the same.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "client/pool.h"
#include "client/submit.h"
#include "crypto/signing.h"
#include "journal.h"
#include "ledger/transaction.h"
#include "receipt.h"

namespace emr::tx {

enum class OnConflict : std::uint8_t { kFail, kSkip, kAmend };

struct SubmissionOptions {
  std::size_t batch = 200;
  std::size_t connections = 4;
  std::chrono::seconds timeout{60};
  OnConflict on_conflict = OnConflict::kFail;
  std::string reason_code = "correction";
  const crypto::SigningKey* key = nullptr;  ///< for kAmend: signs the amendment
};

class Submission {
 public:
  using Print = std::function<Status(const std::string& receipt)>;

  /// `pools`: one per connection. All references outlive the submission.
  Submission(SubmissionOptions options, std::vector<client::Pool> pools,
             client::ReceiptCheck& check, Journal* journal, ledger::ChainId chain, Print print);
  ~Submission();

  /// `silent`: settles without printing (left over from an earlier run).
  Status add(std::uint64_t number, ledger::TransactionLine line, bool silent = false);
  /// A line that is answered already: its receipt is printed in its place.
  Status add_receipt(std::string receipt);
  Status add_failure(std::uint64_t number, const Error& error);
  Status dispatch();
  bool stopped() const;
  Status finish();
  const Tally& tally() const noexcept { return tally_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot {
    std::uint64_t number = 0;
    ledger::TransactionLine line;
    std::string wire;  ///< what nodes get: nothing but ours
    std::string receipt;
    Clock::time_point started;
    unsigned amendments = 0;
    bool silent = false;
    bool answered = false;
  };
  using Batch = std::vector<Slot*>;

  void work(client::Pool& pool);
  void submit(client::Pool& pool, Batch batch);
  /// Returns the slot when it wants to be amended and sent again.
  bool settle(Slot& slot, client::TxOutcome outcome);
  Status amend(Slot& slot, std::uint64_t base_version);
  Status write_journal(const Batch& batch);
  Status flush_locked();
  void fail_locked(Error error);
  Slot& new_slot_locked(std::uint64_t number);

  SubmissionOptions options_;
  client::ReceiptCheck* check_;
  Journal* journal_;
  ledger::ChainId chain_;
  Print print_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Slot> slots_;  ///< from the first that is not printed yet
  Batch collected_;
  std::deque<Batch> queue_;
  std::size_t busy_ = 0;
  bool closed_ = false;
  bool stopped_ = false;
  std::optional<Error> failure_;
  Tally tally_;
  std::vector<client::Pool> pools_;
  std::vector<std::thread> workers_;
};

}  // namespace emr::tx
