// bench-byzantine: the rate that three honest members keep when the fourth lies.
//
//   bench-byzantine KIND GENESIS SECONDS HONEST-RATE LIAR-URL URLS
//
// Loads the honest members (URLS) as bench-consensus does, and takes the rate of the second half of
// the time: after the liar, who is the first primary, was replaced where he had to be. HONEST-RATE
// is the same figure of an honest consortium in the same run, 0 when this is that run. A
// withholding member has clients of his own, whose records he proposes without showing them.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "figure.h"
#include "workload.h"

namespace {

using namespace emr;
using bench::split;

/// Clients who trust the wrong member, until the time is over.
void feed_liar(const bench::Network& network, const std::string& url, double seconds) {
  bench::Timeline clock(seconds + 1);
  bench::Author author(network, 0, 9'000);
  http::Client client;
  while (clock.now() < seconds) {
    std::string lines;
    for (int i = 0; i < 20; ++i) lines += author.record_line();
    http::ClientRequest request;
    request.method = "POST";
    request.url = url + "/v1/tx";
    request.body = as_bytes(lines);
    request.timeout = std::chrono::seconds(5);
    (void)client.send(request);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

int run(const std::string& kind, const bench::Network& network, double seconds, double honest,
        const std::string& liar) {
  bench::Timeline timeline(seconds + 90);
  std::thread victim;
  if (kind == "withhold") {
    victim = std::thread([&] { feed_liar(network, liar, seconds); });
  }
  const bench::Load load{.clients = 24, .batch = 80, .seconds = seconds};
  const bench::Sent sent = bench::run_load(network, load, timeline);
  if (victim.joinable()) victim.join();
  const double rate = timeline.rate(seconds / 2, seconds);
  const std::string name = "consensus.byzantine_" + kind;
  if (honest > 0) {
    bench::figure_with_goal(name, rate, "tx/s", honest, 0.7);
  } else {
    bench::figure(name, rate, "tx/s");
  }
  const std::size_t lost = sent.lines - sent.committed;
  if (lost > 0) bench::figure(name + "_lost", static_cast<double>(lost), "tx");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: see the head of byzantine_bench.cpp\n");
    return 64;
  }
  std::ifstream file(argv[2]);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.ends_with('\n')) text.pop_back();
  auto genesis = ledger::parse_genesis(text);
  if (!genesis) {
    std::fprintf(stderr, "bench-byzantine: %s\n", genesis.error().message.c_str());
    return static_cast<int>(genesis.error().code);
  }
  bench::Network network;
  network.genesis = *std::move(genesis);
  network.chain = network.genesis.chain();
  network.urls = split(argv[6]);
  return run(argv[1], network, std::strtod(argv[3], nullptr), std::strtod(argv[4], nullptr),
             argv[5]);
}
