// bench-consensus: figures of a running consortium of four nodes on this machine, each with the
// bound that follows from unit costs measured in the same run (the method of the project's notes on
// PBFT: what signatures, parsing, hashing, disk and round trips alone would cost).
//
//   bench-consensus admins                                      addresses for the genesis
//   bench-consensus steady GENESIS DIR SECONDS PIDS URLS        rate and latency
//   bench-consensus latency GENESIS DIR URLS                    of one transaction on an idle net
//   bench-consensus failover GENESIS PRIMARY-PID URLS           kills that process under load
//   bench-consensus proof GENESIS URL                           cost of verifying one receipt
//
// PIDS and URLS are lists with commas. Figures go to stdout as JSON Lines (figure.h).
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/check.h"
#include "base/hex.h"
#include "base/number.h"
#include "contracts/methods.h"
#include "figure.h"
#include "ledger/proof.h"
#include "workload.h"

namespace {

using namespace emr;
using bench::figure;
using bench::split;
using Seconds = std::chrono::duration<double>;

Result<bench::Network> read_network(const char* path, const std::string& urls) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.ends_with('\n')) text.pop_back();
  bench::Network network;
  EMR_ASSIGN(network.genesis, ledger::parse_genesis(text));
  network.chain = network.genesis.chain();
  network.urls = split(urls);
  return network;
}

// --- unit costs, in seconds of one core ----------------------------------------------------------

struct Units {
  double parse = 0;   ///< of the line a client sends
  double verify = 0;  ///< EIP-712 hashing and recovery of the signer
  double sign = 0;    ///< EIP-712 hashing and signing
  double sync = 0;    ///< 4 KiB appended and synced, by four writers at once
  double hop = 0;     ///< half a round trip over loopback TCP
};

/// CPU time of one call: what other processes do meanwhile does not count.
template <class Work>
double cost(Work work, int calls = 4'000) {
  for (int i = 0; i < calls / 10; ++i) work();
  timespec before{};
  timespec after{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
  for (int i = 0; i < calls; ++i) work();
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
  return (static_cast<double>(after.tv_sec - before.tv_sec) +
          static_cast<double>(after.tv_nsec - before.tv_nsec) * 1e-9) / calls;
}

double median(std::vector<double> values, double share = 0.5) {
  EMR_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

std::vector<double> sync_times(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  EMR_CHECK(file >= 0);
  const Bytes page(4096, 1);
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EMR_CHECK(write(file, page.data(), page.size()) == ssize_t(page.size()));
    EMR_CHECK(fdatasync(file) == 0);
    times.push_back(Seconds(std::chrono::steady_clock::now() - start).count());
  }
  close(file);
  return times;
}

double sync_cost(const std::string& directory) {
  std::vector<std::vector<double>> times(bench::kNodes);
  std::vector<std::thread> writers;
  for (std::size_t i = 0; i < bench::kNodes; ++i) {
    const std::string path = directory + "/sync" + std::to_string(i);
    writers.emplace_back([&times, i, path] { times[i] = sync_times(path); });
  }
  for (std::thread& writer : writers) writer.join();
  std::vector<double> all;
  for (const auto& one : times) all.insert(all.end(), one.begin(), one.end());
  return median(all);
}

/// Two ends of a TCP connection over loopback.
std::array<int, 2> tcp_pair() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EMR_CHECK(bind(listener, generic, size) == 0 && listen(listener, 1) == 0);
  EMR_CHECK(getsockname(listener, generic, &size) == 0);
  const int near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EMR_CHECK(connect(near, generic, size) == 0);
  const int far = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  const int on = 1;
  for (const int end : {near, far}) setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  close(listener);
  return {near, far};
}

double hop_cost() {
  const auto pair = tcp_pair();
  std::thread echo([fd = pair[1]] {
    char buffer[256];
    for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) {
      if (write(fd, buffer, static_cast<std::size_t>(got)) != got) return;
    }
  });
  std::vector<double> times;
  char buffer[200] = {};
  for (int i = 0; i < 2'000; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EMR_CHECK(write(pair[0], buffer, sizeof buffer) == ssize_t(sizeof buffer));
    EMR_CHECK(read(pair[0], buffer, sizeof buffer) > 0);
    times.push_back(Seconds(std::chrono::steady_clock::now() - start).count());
  }
  shutdown(pair[0], SHUT_RDWR);
  echo.join();
  close(pair[0]);
  close(pair[1]);
  return median(times) / 2;
}

/// Of one of a hundred transactions of one signer, as nodes verify them under load. The bounds are
/// those of one by one.
double together_cost(bench::Author& author, const ledger::ChainId& chain) {
  std::vector<ledger::Transaction> hundred;
  while (hundred.size() < 100) hundred.push_back(author.transaction());
  return cost([&] {
           for (const auto& one : ledger::verify_transactions(hundred, chain)) EMR_CHECK(one.ok());
         }, 100) / 100;
}

Units measure_units(const bench::Network& network, const std::string& directory) {
  bench::Author author(network, 0, 1'000);
  const std::string line = author.line();
  const auto text = std::string_view(line).substr(0, line.size() - 1);
  const auto& methods = contracts::method_table();
  const ledger::Transaction good = author.transaction();
  ledger::Transaction fresh = author.unsigned_transaction();
  const crypto::SigningKey key = bench::admin_key(0);
  Units units;
  units.parse = cost([&] { EMR_CHECK(ledger::parse_transaction_line(text, methods).ok()); });
  units.verify = cost([&] { EMR_CHECK(ledger::verify_transaction(good, network.chain).ok()); });
  units.sign = cost([&] { EMR_CHECK(ledger::sign_transaction(fresh, network.chain, key).ok()); });
  units.sync = sync_cost(directory);
  units.hop = hop_cost();
  figure("consensus.unit.line", static_cast<double>(line.size()), "B");
  figure("consensus.unit.parse", units.parse * 1e6, "us");
  figure("consensus.unit.verify", units.verify * 1e6, "us");
  figure("consensus.unit.verify_together", together_cost(author, network.chain) * 1e6, "us",
         units.verify * 1e6);
  figure("consensus.unit.sign", units.sign * 1e6, "us");
  figure("consensus.unit.sync", units.sync * 1e3, "ms");
  figure("consensus.unit.hop", units.hop * 1e6, "us");
  return units;
}

// --- rate and latency ----------------------------------------------------------------------------

/// What no implementation can avoid for one durable request on an idle net: three syncs one after
/// the other (pre-prepare, prepared, committed), five hops, the client's signature checked by four
/// nodes, and seven votes checked and three signed by each, on these cores.
double latency_floor(const Units& units, double cores) {
  const double nodes = bench::kNodes;
  return 3 * units.sync + 5 * units.hop + nodes * (units.verify + units.parse) / cores +
         nodes * (7 * units.verify + 3 * units.sign) / cores;
}

void measure_latency(const bench::Network& network, const Units& units, double cores) {
  bench::Author author(network, 0, 2'000);
  http::Client client;
  std::vector<double> times;
  for (int i = 0; i < 320; ++i) {
    const std::string line = author.line();
    const auto start = std::chrono::steady_clock::now();
    if (bench::post(client, network.urls[0], line, nullptr) != 1) continue;
    if (i >= 20) times.push_back(Seconds(std::chrono::steady_clock::now() - start).count());
  }
  if (times.empty()) return;
  const double floor = latency_floor(units, cores);
  bench::figure_with_most("consensus.latency_p50", median(times) * 1e3, "ms", floor * 1e3, 2);
  figure("consensus.latency_p99", median(times, 0.99) * 1e3, "ms", floor * 1e3);
}

double usable_cores() { return std::min<double>(2, std::thread::hardware_concurrency()); }

int latency(const bench::Network& network, const std::string& directory) {
  measure_latency(network, measure_units(network, directory), usable_cores());
  return 0;
}

int steady(const bench::Network& network, const std::string& directory, double seconds) {
  const double cores = usable_cores();
  const Units units = measure_units(network, directory);
  measure_latency(network, units, cores);

  bench::Timeline warming(60);
  (void)bench::run_load(network, {.seconds = std::min(3.0, seconds / 4)}, warming);
  bench::Timeline timeline(seconds + 90);
  const double nodes_before = bench::cpu_seconds(network.pids);
  const double clients_before = bench::cpu_seconds({getpid()});
  const bench::Sent sent = bench::run_load(network, {.seconds = seconds}, timeline);
  const double committed = std::max<double>(1, static_cast<double>(sent.committed));
  const double node_cpu =
      (bench::cpu_seconds(network.pids) - nodes_before) / committed / bench::kNodes;
  const double client_cpu = (bench::cpu_seconds({getpid()}) - clients_before) / committed;

  const double bound =
      cores / (bench::kNodes * (units.verify + units.parse) + units.sign);
  bench::figure_with_goal("consensus.signed", committed / sent.seconds, "tx/s", bound, 0.8);
  figure("consensus.lost", static_cast<double>(sent.lines - sent.committed), "tx");
  // What the rate would be on cores that nothing else uses.
  figure("consensus.signed_by_cpu", cores / (bench::kNodes * node_cpu + client_cpu), "tx/s", bound);
  figure("consensus.node_cpu", node_cpu * 1e6, "us/tx", (units.verify + units.parse) * 1e6);
  figure("consensus.client_cpu", client_cpu * 1e6, "us/tx", units.sign * 1e6);
  return 0;
}

// --- failover ------------------------------------------------------------------------------------

/// When after `from` the rate over half a second is that of before again; -1 for never.
double recovered_after(const bench::Timeline& timeline, double from, double until, double rate) {
  constexpr double kWindow = 0.5;
  for (double at = from; at + kWindow < until; at += bench::Timeline::kInterval) {
    if (timeline.rate(at, at + kWindow) >= 0.9 * rate) return at - from;
  }
  return -1;
}

double longest_silence(const bench::Timeline& timeline, double from, double until) {
  constexpr double kStep = bench::Timeline::kInterval;
  double longest = 0;
  double begin = from;
  for (double at = from; at < until; at += kStep) {
    if (timeline.rate(at, at + kStep * 1.01) > 0) begin = at + kStep;
    longest = std::max(longest, at + kStep - begin);
  }
  return longest;
}

int failover(const bench::Network& network, int primary) {
  constexpr double kBefore = 6;
  constexpr double kAfter = 10;
  bench::Timeline timeline(kBefore + kAfter + 90);
  double killed = 0;
  std::thread killer([&] {
    std::this_thread::sleep_for(Seconds(kBefore));
    killed = timeline.now();
    kill(primary, SIGKILL);
  });
  // Small posts: a client that waits for many lines would hide when the first of them came.
  const bench::Load load{.clients = 24, .batch = 40, .seconds = kBefore + kAfter};
  const bench::Sent sent = bench::run_load(network, load, timeline);
  killer.join();
  const double before = timeline.rate(killed - 4, killed);
  const double patience = static_cast<double>(network.genesis.pbft.timeout_ms);
  figure("consensus.failover_rate_before", before, "tx/s");
  figure("consensus.failover_silence", longest_silence(timeline, killed, killed + kAfter) * 1e3,
         "ms", patience);
  bench::figure_with_most(
      "consensus.failover", recovered_after(timeline, killed, killed + kAfter, before) * 1e3, "ms",
      patience + 100, 1);
  figure("consensus.failover_lost", static_cast<double>(sent.lines - sent.committed), "tx");
  return 0;
}

// --- receipts ------------------------------------------------------------------------------------

int proof(const bench::Network& network) {
  bench::Author author(network, 1, 3'000);
  http::Client client;
  std::string lines;
  std::string txid;
  for (int i = 0; i < 400; ++i) {  // a large block
    ledger::TransactionLine line;
    line.transaction = author.transaction();
    txid = to_hex(line.transaction.txid);
    lines += ledger::transaction_line(line) + "\n";
  }
  if (bench::post(client, network.urls[0], lines, nullptr) != 400) return 75;
  http::ClientRequest request;
  request.url = network.urls[0] + "/v1/tx/" + txid + "?proof=1";
  const auto answer = client.send(request);
  if (!answer || answer->status != 200) return 75;
  const auto tree = nlohmann::json::parse(answer->body, nullptr, false);
  if (!tree.is_object() || !tree.contains("proof")) return 76;
  const std::string text = tree["proof"].dump();
  const double seconds = cost([&] {
    const auto parsed = ledger::parse_proof(text);
    EMR_CHECK(parsed.ok());
    EMR_CHECK(ledger::verify_proof(*parsed, network.genesis, contracts::method_table()).ok());
  });
  figure("consensus.proof_size", static_cast<double>(text.size()), "B");
  bench::figure_with_most("consensus.proof_verify", seconds * 1e3, "ms", 1, 1);
  return 0;
}

int usage() {
  std::fprintf(stderr, "usage: see the head of consensus_bench.cpp\n");
  return 64;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "admins") {
    for (std::size_t i = 0; i < bench::kNodes; ++i) {
      std::printf("%s\n", bench::admin_key(i).address().text().c_str());
    }
    return 0;
  }
  const bool five = command == "failover" || command == "latency";
  const int expected = command == "steady" ? 7 : five ? 5 : 4;
  if (argc != expected) return usage();
  auto network = read_network(argv[2], argv[argc - 1]);
  if (!network) {
    std::fprintf(stderr, "bench-consensus: %s\n", network.error().message.c_str());
    return static_cast<int>(network.error().code);
  }
  if (command == "steady") {
    for (const std::string& pid : split(argv[5])) network->pids.push_back(std::atoi(pid.c_str()));
    return steady(*network, argv[3], std::strtod(argv[4], nullptr));
  }
  if (command == "latency") return latency(*network, argv[3]);
  if (command == "failover") return failover(*network, std::atoi(argv[3]));
  return command == "proof" ? proof(*network) : usage();
}
