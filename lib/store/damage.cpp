#include "store/damage.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>

namespace emr::store {

namespace {

constexpr std::size_t kTextMax = 2048;

/// What is written by a signal handler, which has no other way to reach data.
struct Text {
  std::array<char, kTextMax> bytes{};
  std::atomic<std::size_t> size = 0;

  void set(const std::string& said) {
    const std::size_t length = std::min(said.size(), kTextMax);
    std::copy_n(said.begin(), length, bytes.begin());
    size.store(length);
  }
};
Text damage_text;
Text lock_text;
Text failure_text;
std::atomic<std::uintptr_t> lock_first = 0;
std::atomic<std::uintptr_t> lock_last = 0;  ///< behind the end
std::atomic<int> copies = 0;
thread_local volatile sig_atomic_t reads = 0;
struct sigaction former_bus {};
struct sigaction former_segv {};
struct sigaction former_abort {};

struct sigaction& former_of(int number) noexcept {
  if (number == SIGBUS) return former_bus;
  return number == SIGSEGV ? former_segv : former_abort;
}

[[noreturn]] void stop(const Text& text) noexcept {
  const char* at = text.bytes.data();
  for (std::size_t left = text.size.load(); left > 0;) {
    const ssize_t written = ::write(STDERR_FILENO, at, left);
    if (written <= 0) break;
    at += written;
    left -= static_cast<std::size_t>(written);
  }
  ::_exit(static_cast<int>(Code::kIo));
}

/// libc aborts when LMDB's copy has run off its stack or its buffers: it follows branch pages
/// without looking how deep it is, and damaged ones lead in a circle.
void on_abort(int number, siginfo_t*, void*) {
  if (copies.load() > 0) stop_damaged();
  sigaction(number, &former_abort, nullptr);
  ::raise(number);
}

/// Nothing else of ours maps files, so a page behind the end of a file is one of a store. What is
/// none of ours meets whoever was there before: a fault when its instruction runs again.
void on_fault(int number, siginfo_t* info, void*) {
  const bool is_fault = info->si_code > 0;  // else somebody sent it
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (is_fault && at >= lock_first.load() && at < lock_last.load()) stop(lock_text);
  if (is_fault && (number == SIGBUS || reads > 0 || copies.load() > 0)) stop_damaged();
  sigaction(number, &former_of(number), nullptr);
  if (!is_fault) ::raise(number);
}

void install_handler(int number, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction now {};
  sigaction(number, nullptr, &now);
  const bool is_there = (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == handler;
  if (is_there) return;
  former_of(number) = now;
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

Error damaged(const std::string& what) {
  return fail(Code::kIo, "the ledger in this directory is damaged: " + what)
      .with_reason("corrupt")
      .with_hint("restore a backup (emr-pbft-node restore), or move data aside: the peers have "
                 "everything");
}

Error lock_damaged() {
  return fail(Code::kIo, "the lock file beside the ledger (lock.mdb) is cut short or is none")
      .with_reason("lock_file")
      .with_hint("the ledger is not touched: stop every program that has it open, remove lock.mdb, "
                 "and start again");
}

Error store_failed() {
  return fail(Code::kIo, "the store failed before, and nothing more can be read from it")
      .with_reason("io")
      .with_hint("look at the disk (a write of it failed) and start again");
}

void watch_for_damage() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (damage_text.size.load() == 0) {
    say_on_damage([](const Error& error) {
      return "emr: error: " + error.message + "\nemr: hint: " + error.hint + "\n";
    });
  }
  install_handler(SIGBUS, on_fault);
  install_handler(SIGSEGV, on_fault);
  install_handler(SIGABRT, on_abort);
}

void say_on_damage(const std::function<std::string(const Error&)>& form) {
  damage_text.set(form(damaged("a page of it cannot be read")));
  lock_text.set(form(lock_damaged()));
  failure_text.set(form(store_failed()));
}

void stop_damaged() noexcept { stop(damage_text); }
void stop_failed() noexcept { stop(failure_text); }

ReadGuard::ReadGuard() noexcept { reads = reads + 1; }
ReadGuard::~ReadGuard() { reads = reads - 1; }

CopyGuard::CopyGuard() noexcept { ++copies; }
CopyGuard::~CopyGuard() { --copies; }

/// LMDB does not tell where its maps are. Each is one mapping: of the whole file, with room to
/// grow.
MappedRange find_mapping(const std::string& path) {
  struct stat file {};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> maps(std::fopen("/proc/self/maps", "re"),
                                                             std::fclose);
  if (maps == nullptr || ::stat(path.c_str(), &file) != 0) return {};
  std::array<char, 4096 + 128> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), maps.get()) != nullptr) {
    unsigned long first = 0;
    unsigned long last = 0;
    unsigned long inode = 0;
    unsigned major_number = 0;
    unsigned minor_number = 0;
    const int read = std::sscanf(line.data(), "%lx-%lx %*4s %*x %x:%x %lu", &first, &last,
                                 &major_number, &minor_number, &inode);
    if (read == 5 && inode == file.st_ino &&
        makedev(major_number, minor_number) == file.st_dev) {
      return {first, last};
    }
  }
  return {};
}

void watch_lock_file(const std::string& path) {
  const MappedRange range = find_mapping(path);
  const bool is_known = range.first != 0;
  lock_first.store(is_known ? range.first : 0);
  lock_last.store(is_known ? range.last : 0);
}

void forget_lock_file() noexcept {
  lock_first.store(0);
  lock_last.store(0);
}

}  // namespace emr::store
