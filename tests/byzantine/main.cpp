// emr-liar-node KIND DIR [CENSORED-ADDRESS]: runs the member of DIR (made by emr-pbft-node join) as
// a liar of that kind. For benchmarks and tests: prints one line when it is ready, ends on TERM.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "cli/files.h"
#include "cli/system_random.h"
#include "emr-pbft-node/node_dir.h"
#include "liar.h"
#include "node/node.h"

namespace {

using namespace emr;

Result<node::NodeKeys> read_keys(const node_tool::NodeDir& dir) {
  EMR_ASSIGN(crypto::Secret32 vote, cli::read_key_file(dir.key("vote")));
  EMR_ASSIGN(crypto::SigningKey signing, crypto::SigningKey::from_secret(std::move(vote)));
  EMR_ASSIGN(crypto::Secret32 transport, cli::read_key_file(dir.key("transport")));
  return node::NodeKeys{std::move(signing), std::move(transport), std::nullopt};
}

Result<node::NodeOptions> read_options(const node_tool::NodeDir& dir) {
  EMR_ASSIGN(const node_tool::NodeConfig config, node_tool::read_config(dir));
  EMR_ASSIGN(const node_tool::HostPort peer, node_tool::split_host_port(config.peer_listen));
  EMR_ASSIGN(const node_tool::HostPort http, node_tool::split_host_port(config.http_listen));
  node::NodeOptions options;
  options.data_directory = dir.data();
  options.peer_address = peer.host;
  options.peer_port = peer.port;
  options.http_address = http.host;
  options.http_port = http.port;
  options.founding = node_tool::is_first_start(dir);
  options.on_founded = [dir] { return node_tool::spend_first_start(dir); };
  return options;
}

std::uint32_t index_of(const ledger::Genesis& genesis, const crypto::SigningKey& vote) {
  for (std::uint32_t i = 0; i < genesis.institutions.size(); ++i) {
    if (genesis.institutions[i].node.vote_key == vote.public_key()) return i;
  }
  return 0;
}

Status run(byzantine::LiarOptions lies, const node_tool::NodeDir& dir) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  EMR_ASSIGN(const ledger::Genesis genesis, node_tool::read_genesis(dir.genesis()));
  EMR_ASSIGN(node::NodeOptions options, read_options(dir));
  EMR_ASSIGN(node::NodeKeys keys, read_keys(dir));
  EMR_ASSIGN(node::NodeKeys tongue, read_keys(dir));
  lies.genesis = genesis.hash;
  lies.self = index_of(genesis, keys.vote);
  lies.timeout_ms = genesis.pbft.timeout_ms;
  byzantine::Liar liar(std::move(lies), std::move(tongue.vote));
  options.tap.out = [&liar](net::PeerIndex to, net::Lane lane, const node::Frame& frame) {
    return liar.say(to, lane, frame);
  };
  options.tap.in = [&liar](net::PeerIndex from, Bytes& frame) { return liar.hear(from, frame); };
  cli::SystemRandom random;
  node::Logger log(node::Level::kWarning);
  EMR_ASSIGN(const auto running, node::Node::start(genesis, options, std::move(keys), random, log));
  std::printf("{\"type\":\"emr.ready\"}\n");
  std::fflush(stdout);
  int number = 0;
  ::sigwait(&stop, &number);
  running->stop();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const auto kind = argc > 2 ? byzantine::kind_from_name(argv[1]) : std::nullopt;
  if (!kind) {
    std::fprintf(stderr, "usage: emr-liar-node KIND DIR [CENSORED-ADDRESS]\n");
    return 64;
  }
  byzantine::LiarOptions lies;
  lies.kind = *kind;
  if (argc > 3) lies.censored = argv[3];
  const Status done = run(std::move(lies), node_tool::NodeDir(argv[2]));
  if (done) return 0;
  std::fprintf(stderr, "emr-liar-node: %s\n", done.error().message.c_str());
  return static_cast<int>(done.error().code);
}
