// stop: ends a running node cleanly and waits until its data directory is free.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/number.h"
#include "cli/descriptor.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Descriptor;
using cli::Kind;

Error not_running() {
  return fail(Code::kNegative, "no node is running on this directory").with_reason("not_running");
}

/// The process that holds the lock has written its number into the file.
Result<pid_t> owner_of(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(lock, text.data(), text.size(), 0);
  std::string_view number(text.data(), static_cast<std::size_t>(size < 0 ? 0 : size));
  if (number.ends_with('\n')) number.remove_suffix(1);
  const auto pid = parse_u64(number, INT32_MAX);
  if (!pid || *pid == 0) {
    return fail(Code::kIo, "the lock file does not say which process holds it")
        .with_hint("stop the process by its own number; an older version does not write it");
  }
  return static_cast<pid_t>(*pid);
}

Status stop(Context& context) {
  const NodeDir dir(context.text("dir"));
  const Descriptor lock(::open((dir.data() + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC));
  if (lock.get() < 0) return not_running();
  if (::flock(lock.get(), LOCK_SH | LOCK_NB) == 0) return not_running();
  EMR_ASSIGN(const pid_t pid, owner_of(lock.get()));
  // A descriptor of the process: its number cannot be given to somebody else meanwhile.
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (process.get() < 0 || ::flock(lock.get(), LOCK_SH | LOCK_NB) == 0) return not_running();
  if (::syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0) != 0) {
    return fail(Code::kDenied, "cannot signal the node: " + std::string(std::strerror(errno)));
  }
  pollfd ended{process.get(), POLLIN, 0};
  const int patience_ms = static_cast<int>(context.seconds("timeout")) * 1'000;
  if (::poll(&ended, 1, patience_ms) <= 0) {
    return fail(Code::kTempFail, "the node has not stopped in time").with_reason("timeout");
  }
  return {};
}

}  // namespace

cli::VerbSpec stop_verb() {
  return {.name = "stop",
          .summary = "stop the node that runs on a directory",
          .description =
              "Sends TERM to the process that owns DIR and waits until it has ended: what it "
              "accepted is committed or still with its senders. Exit status 1 when none runs, 75 "
              "when it takes longer than --timeout. Under systemd use systemctl stop.",
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of the node",
                       .required = true},
                      {.name = "timeout",
                       .kind = Kind::kDuration,
                       .help = "how long to wait for its end",
                       .preset = "30s",
                       .min = 1,
                       .max = 3'600}},
          .examples = {{"stop, then compact",
                        "emr-pbft-node stop --dir node && emr-pbft-node compact --dir node"}},
          .handler = stop};
}

}  // namespace emr::node_tool
