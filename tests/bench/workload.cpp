#include "workload.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/check.h"
#include "base/hex.h"
#include "base/time.h"
#include "contracts/methods.h"

namespace emr::bench {

crypto::SigningKey admin_key(std::size_t number) {
  crypto::SeededRandom random("bench administrator " + std::to_string(number));
  return crypto::SigningKey::generate(random);
}

Author::Author(const Network& network, std::size_t number, std::uint64_t salt)
    : network_(&network),
      key_(admin_key(number)),
      random_("bench author " + std::to_string(salt) + "/" + std::to_string(getpid()) + "/" +
              std::to_string(std::time(nullptr))) {}

ledger::Core Author::core(std::string contract, std::string method, nlohmann::json args) {
  ledger::Core core;
  core.contract = std::move(contract);
  core.method = std::move(method);
  core.from = key_.address();
  random_.fill(core.nonce);
  core.valid_until = std::time(nullptr) + 3600;
  core.args = std::make_shared<const nlohmann::json>(std::move(args));
  return core;
}

ledger::Transaction Author::unsigned_transaction() {
  crypto::Address session{};
  random_.fill(session.bytes);
  auto tx = ledger::make_transaction(
      core("registration", "login",
           {{"sessionKey", session.text()},
            {"boxKey", to_hex(random_.hash32())},
            {"until", format_utc(std::time(nullptr) + 8 * 3600)}}),
      contracts::method_table());
  EMR_CHECK(tx.ok());
  return *std::move(tx);
}

ledger::Transaction Author::transaction() {
  ledger::Transaction tx = unsigned_transaction();
  EMR_CHECK(ledger::sign_transaction(tx, network_->chain, key_).ok());
  return tx;
}

std::string Author::line() {
  ledger::TransactionLine line;
  line.transaction = transaction();
  return ledger::transaction_line(line) + "\n";
}

std::string Author::record_line() {
  ledger::TransactionLine line;
  ledger::Core record = core("records", "create",
                             {{"record", to_hex(random_.hash32())},
                              {"content", to_hex(random_.hash32())},
                              {"patient", to_hex(random_.hash32())},
                              {"doctor", to_hex(random_.hash32())},
                              {"docType", "EMR01"},
                              {"confidentiality", "N"},
                              {"visitType", "1"},
                              {"month", "2026-11"},
                              {"handles", nlohmann::json::array()},
                              {"policy", to_hex(random_.hash32())}});
  for (const auto& [part, size] : {std::pair(ledger::Part::kPublic, 300),
                                   std::pair(ledger::Part::kOriginal, 2000)}) {
    const std::string value = "\"" + std::string(static_cast<std::size_t>(size), 'x') + "\"";
    auto [kept, commit] = ledger::commit_part(part, value, random_);
    line.sidecar.parts.push_back(std::move(kept));
    record.payload.push_back(commit);
  }
  auto tx = ledger::make_transaction(std::move(record), contracts::method_table());
  EMR_CHECK(tx.ok());
  line.transaction = *std::move(tx);
  EMR_CHECK(ledger::sign_transaction(line.transaction, network_->chain, key_).ok());
  return ledger::transaction_line(line) + "\n";
}

Timeline::Timeline(double seconds)
    : counts_(static_cast<std::size_t>(seconds / kInterval) + 1) {}

double Timeline::now() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Timeline::committed() {
  const auto slot = static_cast<std::size_t>(now() / kInterval);
  ++counts_[std::min(slot, counts_.size() - 1)];
}

std::size_t Timeline::total() const {
  std::size_t sum = 0;
  for (const auto& count : counts_) sum += count;
  return sum;
}

double Timeline::rate(double from, double to) const {
  const auto first = static_cast<std::size_t>(from / kInterval);
  const auto last = std::min(static_cast<std::size_t>(to / kInterval), counts_.size());
  if (last <= first) return 0;
  std::size_t sum = 0;
  for (std::size_t i = first; i < last; ++i) sum += counts_[i];
  return static_cast<double>(sum) / (static_cast<double>(last - first) * kInterval);
}

std::size_t post(http::Client& client, const std::string& url, const std::string& lines,
                 Timeline* timeline) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url + "/v1/tx?wait=60";
  request.body = as_bytes(lines);
  request.timeout = std::chrono::seconds(90);
  std::size_t committed = 0;
  std::string rest;
  const auto answer = client.send(request, [&](ByteView piece) -> Status {
    rest += as_text(piece);
    std::size_t at = 0;
    for (std::size_t end; (end = rest.find('\n', at)) != std::string::npos; at = end + 1) {
      const auto line = std::string_view(rest).substr(at, end - at);
      if (line.find("\"state\":\"committed\"") == std::string_view::npos) continue;
      ++committed;
      if (timeline != nullptr) timeline->committed();
    }
    rest.erase(0, at);
    return {};
  });
  return answer && answer->status == 200 ? committed : 0;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t stop = std::min(list.find(',', at), list.size());
    items.push_back(list.substr(at, stop - at));
    at = stop + 1;
  }
  return items;
}

double cpu_seconds(const std::vector<int>& pids) {
  double ticks = 0;
  for (const int pid : pids) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
    std::vector<std::string> words{std::istream_iterator<std::string>(fields), {}};
    // Fields 14 and 15 of proc(5); the first two are cut off above.
    if (words.size() > 12) ticks += std::stod(words[11]) + std::stod(words[12]);
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Sent run_load(const Network& network, const Load& load, Timeline& timeline) {
  std::atomic<std::size_t> lines{0};
  std::atomic<std::size_t> committed{0};
  const double start = timeline.now();
  std::vector<std::thread> clients;
  for (std::size_t number = 0; number < load.clients; ++number) {
    clients.emplace_back([&, number] {
      Author author(network, number % kNodes, number);
      http::Client client;
      while (timeline.now() - start < load.seconds) {
        std::string body;
        for (std::size_t i = 0; i < load.batch; ++i) body += author.line();
        lines += load.batch;
        committed += post(client, network.urls[number % network.urls.size()], body, &timeline);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  return {lines, committed, timeline.now() - start};
}

}  // namespace emr::bench
