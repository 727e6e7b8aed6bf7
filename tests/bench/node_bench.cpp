// Load for a running consortium: signed registration.apply transactions, prepared beforehand, are
// sent by several clients at once; every line is waited for until it is committed. Prints figures
// as JSON Lines: throughput, then the latency of lone requests.
//
//   bench-node GENESIS COUNT CLIENTS BATCH LONE URL...
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/hex.h"
#include "base/number.h"
#include "contracts/methods.h"
#include "crypto/hash.h"
#include "figure.h"
#include "http/curl_client.h"
#include "ledger/genesis.h"

namespace {

using namespace emr;
using Clock = std::chrono::steady_clock;

struct Plan {
  ledger::Genesis genesis;
  std::size_t count = 0;
  std::size_t clients = 1;
  std::size_t batch = 1;
  std::size_t lone = 0;
  std::vector<std::string> urls;
};

/// One application by an account of its own, so that none is refused.
std::string make_line(const Plan& plan, crypto::RandomSource& random, std::size_t number,
                      UnixSeconds now) {
  const auto key = crypto::SigningKey::generate(random);
  const auto& members = plan.genesis.institutions;
  ledger::Core core;
  core.contract = "registration";
  core.method = "apply";
  core.from = key.address();
  random.fill(core.nonce);
  core.valid_until = now + 3600;
  core.args = std::make_shared<const nlohmann::json>(
      nlohmann::json{{"role", "doctor"},
                     {"institution", members[number % members.size()].id},
                     {"identity", to_hex(random.hash32())}});
  auto tx = ledger::make_transaction(std::move(core), contracts::method_table());
  EMR_CHECK(tx.ok());
  EMR_CHECK(ledger::sign_transaction(*tx, plan.genesis.chain(), key).ok());
  ledger::TransactionLine line;
  line.transaction = *std::move(tx);
  return ledger::transaction_line(line) + "\n";
}

std::vector<std::string> make_lines(const Plan& plan, std::size_t count, UnixSeconds now,
                                    std::uint64_t salt) {
  crypto::SeededRandom random("node bench " + std::to_string(now) + std::to_string(salt));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back(make_line(plan, random, i, now));
  return lines;
}

/// Posts lines and counts those that came back committed.
std::size_t post(http::Client& client, const std::string& url, const std::string& body) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url + "/v1/tx?wait=60";
  request.body = as_bytes(body);
  request.timeout = std::chrono::seconds(90);
  const auto answer = client.send(request);
  if (!answer || answer->status != 200) return 0;
  std::size_t committed = 0;
  for (std::size_t at = 0;
       (at = answer->body.find("\"state\":\"committed\"", at)) != std::string::npos; ++at) {
    ++committed;
  }
  return committed;
}

void measure_throughput(const Plan& plan, UnixSeconds now) {
  const auto lines = make_lines(plan, plan.count, now, 1);
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i % plan.batch == 0) bodies.emplace_back();
    bodies.back() += lines[i];
  }
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> committed{0};
  const auto start = Clock::now();
  std::vector<std::thread> clients;
  for (std::size_t c = 0; c < plan.clients; ++c) {
    clients.emplace_back([&, c] {
      http::Client client;
      while (true) {
        const std::size_t mine = next++;
        if (mine >= bodies.size()) return;
        committed += post(client, plan.urls[c % plan.urls.size()], bodies[mine]);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  bench::figure("node.committed", static_cast<double>(committed), "tx");
  bench::figure("node.throughput", static_cast<double>(committed) / seconds, "tx/s");
  bench::figure("node.lost", static_cast<double>(plan.count - committed), "tx");
}

void measure_latency(const Plan& plan, UnixSeconds now) {
  const auto lines = make_lines(plan, plan.lone, now, 2);
  http::Client client;
  std::vector<double> milliseconds;
  for (const std::string& line : lines) {
    const auto start = Clock::now();
    if (post(client, plan.urls[0], line) != 1) continue;
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  if (milliseconds.empty()) return;
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double share) {
    return milliseconds[static_cast<std::size_t>(share *
                                                 static_cast<double>(milliseconds.size() - 1))];
  };
  bench::figure("node.latency_p50", at(0.50), "ms");
  bench::figure("node.latency_p99", at(0.99), "ms");
}

Result<Plan> read_plan(int argc, char** argv) {
  if (argc < 7) return fail(Code::kUsage, "GENESIS COUNT CLIENTS BATCH LONE URL...");
  Plan plan;
  std::ifstream file(argv[1]);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.ends_with('\n')) text.pop_back();
  EMR_ASSIGN(plan.genesis, ledger::parse_genesis(text));
  EMR_ASSIGN(plan.count, parse_u64(argv[2], 1'000'000));
  EMR_ASSIGN(plan.clients, parse_u64(argv[3], 256));
  EMR_ASSIGN(plan.batch, parse_u64(argv[4], 10'000));
  EMR_ASSIGN(plan.lone, parse_u64(argv[5], 100'000));
  for (int i = 6; i < argc; ++i) plan.urls.emplace_back(argv[i]);
  if (plan.clients == 0 || plan.batch == 0) return fail(Code::kUsage, "zero clients or batch");
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  const auto plan = read_plan(argc, argv);
  if (!plan) {
    std::fprintf(stderr, "bench-node: %s\n", plan.error().message.c_str());
    return static_cast<int>(plan.error().code);
  }
  const UnixSeconds now = std::time(nullptr);
  if (plan->lone > 0) measure_latency(*plan, now);
  if (plan->count > 0) measure_throughput(*plan, now);
  return 0;
}
