#include "cli/standard_streams.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace emr::cli {
namespace {

// Facts about the process, written once before main's work begins.
std::array<bool, 3> closed_at_start{};

}  // namespace

void guard_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    closed_at_start[static_cast<std::size_t>(fd)] = true;
    // The lowest free descriptor is the hole itself, because we go upwards.
    EMR_CHECK(open("/dev/null", O_RDWR) == fd);
  }
}

bool stream_was_closed(int fd) noexcept {
  return fd >= 0 && fd < 3 && closed_at_start[static_cast<std::size_t>(fd)];
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  // Lowering a limit and giving up dumps cannot fail for a living process.
  EMR_CHECK(setrlimit(RLIMIT_CORE, &none) == 0);
#if !defined(__SANITIZE_ADDRESS__)  // the leak checker attaches to its own process
  EMR_CHECK(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
#endif
}

}  // namespace emr::cli
