// The streamed answer to one submission: one line per input line, in input order, written as soon
// as it and all before it are known. Shared between the workers (refusals), the core (outcomes) and
// the timer (expiry); all calls are thread-safe, the first answer to a slot wins.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "http/server.h"

namespace emr::node {

// The lines of DECISIONS section K, canonical JSON and "\n".
std::string committed_line(const Hash32& txid, std::uint64_t height, std::uint64_t index,
                           std::string_view receipt_json, std::string_view proof_json = {});
std::string pending_line(const Hash32& txid);
std::string busy_line(const std::optional<Hash32>& txid);
std::string refused_line(const std::optional<Hash32>& txid, const Error& error);
std::string unknown_line(const Hash32& txid);

class TxStream {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts the response. `wait` zero: the outcome "accepted" is the answer, see resolve_accepted;
  /// it may take up to kAcceptancePatience.
  TxStream(std::shared_ptr<http::ResponseWriter> writer, std::size_t lines,
           std::chrono::seconds wait);
  TxStream(const TxStream&) = delete;
  TxStream& operator=(const TxStream&) = delete;

  /// False: the slot is answered already, so its request must not be kept. Otherwise the answer to
  /// come names the transaction, whose outcome is open from now on.
  bool name(std::size_t slot, const Hash32& txid);
  void resolve(std::size_t slot, std::string line);
  /// The same, but written at the next flush() or resolve(): a block's answers leave together.
  void hold(std::size_t slot, std::string line);
  void flush();
  /// The request is in the mempool: final for a client that does not wait.
  void resolve_accepted(std::size_t slot);
  /// The time is over: what is named is "pending"; the rest "busy", and will not be kept.
  void expire();

  bool done() const;
  bool waits() const noexcept { return waits_; }
  Clock::time_point deadline() const noexcept { return deadline_; }

 private:
  void flush_locked();

  mutable std::mutex mutex_;
  std::shared_ptr<http::ResponseWriter> writer_;
  std::vector<std::optional<std::string>> lines_;
  std::vector<std::optional<Hash32>> txids_;
  std::size_t next_ = 0;
  bool waits_;
  Clock::time_point deadline_;
};

}  // namespace emr::node
