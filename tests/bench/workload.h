// The load of the consensus benchmarks: sign-ins of the four founding administrators. Every one is
// a whole signed transaction (about 600 bytes, no payload) that changes the state, needs nothing
// prepared, and conflicts with no other. Made and signed while the clock runs, as clients do.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "http/curl_client.h"
#include "ledger/genesis.h"
#include "ledger/transaction.h"

namespace emr::bench {

inline constexpr std::size_t kNodes = 4;

struct Network {
  ledger::Genesis genesis;
  ledger::ChainId chain;
  std::vector<std::string> urls;
  std::vector<int> pids;  ///< of the nodes, to read their CPU time
};

/// The key of an administrator: known to this program only, the same in every run.
crypto::SigningKey admin_key(std::size_t number);

/// Makes transactions of one administrator. Not thread-safe: one per client.
class Author {
 public:
  Author(const Network& network, std::size_t number, std::uint64_t salt);
  ledger::Transaction unsigned_transaction();
  ledger::Transaction transaction();
  std::string line();  ///< ends with "\n"
  /// A record with a public half and an original: it travels with a sidecar.
  std::string record_line();

 private:
  ledger::Core core(std::string contract, std::string method, nlohmann::json args);
  const Network* network_;
  crypto::SigningKey key_;
  crypto::SeededRandom random_;
};

/// What happened when: commits per interval since the start.
class Timeline {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr double kInterval = 0.02;  // seconds

  explicit Timeline(double seconds);
  double now() const;
  void committed();
  std::size_t total() const;
  /// Commits per second between two moments.
  double rate(double from, double to) const;

 private:
  Clock::time_point start_ = Clock::now();
  std::vector<std::atomic<std::uint32_t>> counts_;
};

/// Posts lines to one node and waits until all are answered; returns how many were committed.
std::size_t post(http::Client& client, const std::string& url, const std::string& lines,
                 Timeline* timeline);

/// The items of a list with commas.
std::vector<std::string> split(const std::string& list);

/// User and system time of processes, in seconds.
double cpu_seconds(const std::vector<int>& pids);

struct Load {
  std::size_t clients = 8;
  std::size_t batch = 250;  ///< lines of one POST
  double seconds = 20;
};
struct Sent {
  std::size_t lines = 0;
  std::size_t committed = 0;
  double seconds = 0;
};
/// Clients that post batch after batch for a while, each to a node of its own.
Sent run_load(const Network& network, const Load& load, Timeline& timeline);

}  // namespace emr::bench
