// doctor: ports, clock, peers.
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "doctor.h"
#include "http/curl_client.h"
#include "json/access.h"
#include "json/json.h"
#include "node/limits.h"

namespace emr::node_tool {

namespace {

/// Waiting for one peer; all of them together stay within what a person waits for.
constexpr int kConnectMs = 2'000;
constexpr std::chrono::seconds kHttpPatience{2};
/// Half of what the protocol bears: time to look before it fails.
constexpr std::int64_t kClockWarnSeconds = node::kBlockTimeSkewSeconds / 2;

struct Addresses {
  addrinfo* list = nullptr;
  ~Addresses() {
    if (list != nullptr) ::freeaddrinfo(list);
  }
};

struct Socket {
  explicit Socket(int number) : fd(number) {}
  ~Socket() {
    if (fd >= 0) ::close(fd);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd;
};

/// "" when something accepts connections there, else why not.
std::string connect_fault(const HostPort& at) {
  Addresses found;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  const int code =
      ::getaddrinfo(at.host.c_str(), std::to_string(at.port).c_str(), &wanted, &found.list);
  if (code != 0) return ::gai_strerror(code);
  std::string why = "no address";
  for (const addrinfo* one = found.list; one != nullptr; one = one->ai_next) {
    const Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.fd < 0) continue;
    int fault = ::connect(socket.fd, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (fault == EINPROGRESS) {
      pollfd waiting{socket.fd, POLLOUT, 0};
      socklen_t size = sizeof fault;
      if (::poll(&waiting, 1, kConnectMs) <= 0) {
        fault = ETIMEDOUT;
      } else {
        ::getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &fault, &size);
      }
    }
    if (fault == 0) return "";
    why = std::strerror(fault);
  }
  return why;
}

/// The node's own lock: is somebody running on this directory?
bool is_running(const NodeDir& dir) {
  const Socket lock(::open((dir.data() + "/LOCK").c_str(), O_RDWR | O_CLOEXEC));
  if (lock.fd < 0) return false;
  return ::flock(lock.fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// Could a node listen there?
void check_port(Patient& patient, const std::string& what, const std::string& address) {
  const auto at = split_host_port(address);
  if (!at) return;
  Addresses found;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
  if (::getaddrinfo(at->host.c_str(), std::to_string(at->port).c_str(), &wanted, &found.list) !=
      0) {
    return patient.fault("ports", what + " " + address + " is not an IP address and port",
                         "correct node.json; 0.0.0.0 listens on every interface");
  }
  const Socket socket(::socket(found.list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(socket.fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket.fd, found.list->ai_addr, found.list->ai_addrlen) == 0) {
    return patient.ok("ports", what + " " + address + " is free");
  }
  patient.fault("ports", what + " " + address + ": " + std::strerror(errno),
                "another program has the port, or the address is not this machine's");
}

struct Answer {
  nlohmann::json status;
  std::int64_t skew_seconds = 0;
};

Result<Answer> ask(const std::string& url) {
  http::Client client;
  http::ClientRequest request;
  request.url = url + "/v1/status";
  request.timeout = kHttpPatience;
  const UnixSeconds before = std::time(nullptr);
  EMR_ASSIGN(const http::ClientResponse response, client.send(request));
  const UnixSeconds after = std::time(nullptr);
  Answer answer;
  EMR_ASSIGN(answer.status, json::parse_object(response.body));
  EMR_TRY(json::expect_type(answer.status, "emr.status"));
  EMR_ASSIGN(const UnixSeconds theirs, json::get_utc(answer.status, "time"));
  if (theirs < before) answer.skew_seconds = theirs - before;
  if (theirs > after) answer.skew_seconds = theirs - after;
  return answer;
}

void compare_peer(Patient& patient, const std::string& id, const Answer& answer) {
  const auto genesis = json::get_string(answer.status, "genesis", {.max = 64});
  if (!genesis || *genesis != to_hex(patient.genesis->hash)) {
    return patient.fault("peers", id + " runs another chain",
                         "compare genesis.json with that member, byte for byte");
  }
  const auto version = json::get_string(answer.status, "version", {.max = 32});
  if (version && *version != EMR_VERSION) {
    patient.warn("versions", id + " runs " + *version + ", this is " EMR_VERSION,
                 "bring all nodes to one version");
  }
  const std::int64_t skew = std::abs(answer.skew_seconds);
  if (skew > kClockWarnSeconds) {
    patient.warn("clock", "differs from that of " + id + " by " + std::to_string(skew) + " s",
                 "run an NTP client on both machines; blocks beyond " +
                     std::to_string(node::kBlockTimeSkewSeconds) + " s are refused");
  }
}

/// What the running node says of itself: its links are authenticated, ours here would not be.
void check_own_node(Patient& patient) {
  auto at = split_host_port(patient.config->http_listen);
  if (!at) return;
  if (at->host == "0.0.0.0") at->host = "127.0.0.1";
  const auto answer = ask("http://" + at->host + ":" + std::to_string(at->port));
  if (!answer) {
    return patient.fault("node", "it runs and does not answer: " + answer.error().message,
                         "look at its log; emr-pbft-node status");
  }
  const auto ready = json::get_bool(answer->status, "ready");
  const auto reason = json::get_string(answer->status, "reason", {.allow_empty = true});
  if (ready && *ready) return patient.ok("node", "running and making progress");
  patient.fault("node",
                "running, not making progress: " + (reason ? *reason : std::string("unknown")),
                "emr-pbft-node status shows the peers");
}

}  // namespace

void check_clock(Patient& patient) {
  if (patient.genesis && std::time(nullptr) < patient.genesis->time) {
    return patient.fault("clock", "it shows a time before the founding of the chain",
                         "set the clock; run an NTP client");
  }
  timex state{};
  const int kernel = ::adjtimex(&state);
  if (kernel < 0) return patient.ok("clock", "plausible; the kernel does not tell more here");
  if (kernel == TIME_ERROR) {
    return patient.warn("clock", "the kernel says that it is not synchronised",
                        "run an NTP client (systemd-timesyncd, chrony)");
  }
  patient.ok("clock", "synchronised");
}

void check_ports(Patient& patient) {
  if (!patient.config) return;
  patient.running = is_running(patient.dir);
  if (patient.running) return check_own_node(patient);
  patient.ok("node", "not running");
  check_port(patient, "peer port", patient.config->peer_listen);
  check_port(patient, "HTTP port", patient.config->http_listen);
}

void check_peers(Patient& patient) {
  if (!patient.genesis) return;
  const auto& members = patient.genesis->institutions;
  std::size_t reached = 1;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i == patient.self) continue;
    const auto at = split_host_port(members[i].node.peer);
    const std::string why = at ? connect_fault(*at) : at.error().message;
    if (!why.empty()) {
      patient.warn("peers", members[i].id + " at " + members[i].node.peer + ": " + why,
                   "is it running, and is the port open on the way?");
      continue;
    }
    ++reached;
    patient.ok("peers", members[i].id + " accepts connections");
    if (const auto answer = ask(members[i].node.http))
      compare_peer(patient, members[i].id, *answer);
  }
  const std::size_t needed = ledger::quorum_size(static_cast<std::uint32_t>(members.size()));
  if (reached >= needed) return;
  patient.fault("peers",
                std::to_string(reached) + " of " + std::to_string(needed) +
                    " needed members in reach, this one included",
                "without them nothing can be committed");
}

}  // namespace emr::node_tool
