#include "cli/temp_files.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstring>
#include <mutex>

#include "cli/limits.h"

namespace emr::cli {
namespace {

struct Slot {
  std::array<char, PATH_MAX> path{};
  std::atomic<bool> used = false;
};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler reads it");

// The one global of this layer: a signal handler has no other way to reach data.
std::array<Slot, kMaxTempFiles> slots;
std::mutex slots_mutex;

void remove_and_die(int signal_number) {
  for (Slot& slot : slots) {
    if (slot.used.load()) unlink(slot.path.data());
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void install_handlers() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current {};
    sigaction(number, nullptr, &current);
    if (current.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = remove_and_die;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
}

}  // namespace

int remember_temp_file(const std::string& path) {
  const std::lock_guard lock(slots_mutex);
  static const bool installed = (install_handlers(), true);
  static_cast<void>(installed);
  if (path.size() >= PATH_MAX) return -1;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].used.load()) continue;
    std::memcpy(slots[i].path.data(), path.c_str(), path.size() + 1);
    slots[i].used.store(true);
    return static_cast<int>(i);
  }
  return -1;
}

void forget_temp_file(int slot) noexcept {
  if (slot >= 0) slots[static_cast<std::size_t>(slot)].used.store(false);
}

}  // namespace emr::cli
