// A damaged data directory: whoever opens it is told, with an exit code, and nobody dies of it.
// An outside reviewer's find: all of sixty seeded corruptions ended every tool by a signal.
#include "store/damage.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <thread>

#include "store/lmdb_env.h"
#include "store/testing.h"

namespace emr::store {
namespace {

using testing::open_store;
using testing::TempDir;

constexpr std::size_t kPage = 4096;
constexpr int kDamaged = static_cast<int>(Code::kIo);

/// A store of some thousand pages: trees of several levels, values of many pages, freed ones.
std::string sample_file() {
  const TempDir dir;
  {
    const auto store = open_store(dir.path);
    for (std::uint64_t round = 0; round < 40; ++round) {
      WriteBatch batch;
      for (std::uint64_t i = 0; i < 40; ++i) {
        const std::string key = "key/" + std::to_string((round * 7 + i * 13) % 700);
        batch.put(Table::kState, as_bytes(key), Bytes(20 + i * 5, 'v'));
        const std::size_t size = i % 10 == 0 ? i * 300 : i;
        batch.put(Table::kBlocks, height_key(round * 40 + i), Bytes(size, 'b'));
      }
      REQUIRE(store->apply(batch).ok());
    }
  }
  std::ifstream file(dir.path + "/data.mdb", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t read_everything(const Snapshot& view) {
  std::uint64_t sum = 0;
  for (std::size_t table = 0; table < kTableCount; ++table) {
    view.visit(static_cast<Table>(table), {}, [&](ByteView key, ByteView value) {
      for (const std::uint8_t byte : key) sum += byte;
      for (const std::uint8_t byte : value) sum += byte;
      return true;
    });
  }
  return sum;
}

/// What a process that opens the file and works on it ends with; -1 when a signal ended it.
int work_in_child(const std::string& content, bool as_owner, int (*work)(Store&)) {
  const TempDir dir;
  std::ofstream(dir.path + "/data.mdb", std::ios::binary) << content;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(60);
    // libc writes what it found of a stack to the terminal otherwise.
    const int null = ::open("/dev/null", O_WRONLY);
    ::dup2(null, STDERR_FILENO);
    ::setsid();
    const auto store = as_owner ? Store::open(dir.path) : Store::open_copy(dir.path);
    ::_exit(store ? work(**store) : static_cast<int>(store.error().code));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Of one that reads all of it.
int read_in_child(const std::string& content, bool as_owner) {
  return work_in_child(content, as_owner, [](Store& store) {
    volatile std::uint64_t sum = read_everything(*store.snapshot());
    static_cast<void>(sum);
    return store.map_usage().ok() ? 0 : kDamaged;
  });
}

/// Of one that copies it.
int copy_in_child(const std::string& content) {
  return work_in_child(content, false, [](Store& store) {
    const Status copied = store.copy_to(::open("/dev/null", O_WRONLY));
    return copied ? 0 : static_cast<int>(copied.error().code);
  });
}

TEST_CASE("damage: a file that is cut short is named as such, wherever it was cut") {
  const std::string whole = sample_file();
  REQUIRE(whole.size() > 200 * kPage);
  CHECK(read_in_child(whole, false) == 0);
  CHECK(read_in_child(whole, true) == 0);
  std::mt19937 random(1);
  for (int i = 0; i < 30; ++i) {
    const std::size_t size = random() % (whole.size() - 3 * kPage);
    CAPTURE(size);
    if (size == 0) continue;  // an empty file is a new store to its owner
    CHECK(read_in_child(whole.substr(0, size), i % 2 == 0) == kDamaged);
  }
}

/// One seeded corruption of each kind there is.
std::string corrupt(std::string file, unsigned seed) {
  std::mt19937 random(seed);
  const std::size_t page = random() % (file.size() / kPage) * kPage;
  switch (seed % 5) {
    case 0:  // a zeroed page
      std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(page), kPage, '\0');
      break;
    case 1:  // a page of noise
      for (std::size_t i = 0; i < kPage; ++i) file[page + i] = static_cast<char>(random());
      break;
    case 2:  // a changed page header
      for (int i = 0; i < 4; ++i) file[page + random() % 16] = static_cast<char>(random());
      break;
    case 3:  // changed pointers to nodes
      for (int i = 0; i < 4; ++i) file[page + 16 + random() % 64] = static_cast<char>(random());
      break;
    default:  // a page in the place of another
      file.replace(page, kPage, file.substr(random() % (file.size() / kPage) * kPage, kPage));
  }
  return file;
}

TEST_CASE("damage: pages that are zeroed, changed or swapped end nobody by a signal") {
  const std::string whole = sample_file();
  int noticed = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const int ended = read_in_child(corrupt(whole, seed), seed % 2 == 0);
    CAPTURE(ended);
    // What hits free pages or values is no matter of the pages: hashes find it.
    const bool is_known = ended == 0 || ended == kDamaged ||
                          ended == static_cast<int>(Code::kConfig);
    CHECK(is_known);
    if (ended == kDamaged) ++noticed;
  }
  CHECK(noticed > 20);
}

TEST_CASE("damage: a copy of pages that lead in a circle ends nobody by a signal") {
  // LMDB's copy follows branch pages without looking how deep it is, and so off its own stack.
  const std::string whole = sample_file();
  int noticed = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    const int ended = copy_in_child(corrupt(whole, seed));
    CAPTURE(ended);
    const bool is_known = ended == 0 || ended == kDamaged ||
                          ended == static_cast<int>(Code::kConfig);
    CHECK(is_known);
    if (ended == kDamaged) ++noticed;
  }
  CHECK(noticed > 20);
}

/// Of one that copies it into a file; 99 when it did not, but left something there.
int copy_to_file_in_child(const std::string& content) {
  return work_in_child(content, false, [](Store& store) {
    const int file = ::memfd_create("copy", 0);
    const Status copied = store.copy_to(file);
    if (copied) return 0;
    return ::lseek(file, 0, SEEK_END) == 0 ? static_cast<int>(copied.error().code) : 99;
  });
}

/// The pages of a file that say they hold values of many pages.
std::vector<std::size_t> overflow_pages(const std::string& file) {
  std::vector<std::size_t> pages;
  for (std::size_t page = 2 * kPage; page + kPage <= file.size(); page += kPage) {
    std::uint64_t number = 0;
    std::memcpy(&number, file.data() + page, sizeof number);
    const bool is_itself = number == page / kPage;  // else it is in the middle of a value
    if (is_itself && file[page + 10] == 4 && file[page + 11] == 0) pages.push_back(page);
  }
  return pages;
}

// LMDB's copy wrote as many bytes as the page said, from the file's map into whatever memory of the
// process stands behind it: keys of the node went into the backup.
TEST_CASE("damage: a page that says it is longer than it is takes no memory into a copy") {
  const std::string whole = sample_file();
  REQUIRE(copy_to_file_in_child(whole) == 0);
  const auto pages = overflow_pages(whole);
  REQUIRE(pages.size() > 10);
  int noticed = 0;
  for (const std::size_t page : pages) {
    std::string file = whole;
    file[page + 14] = 2;  // 131,072 pages
    const int ended = copy_to_file_in_child(file);
    CHECK((ended == kDamaged || ended == 0));  // 0: a freed page
    noticed += ended == kDamaged ? 1 : 0;
    CHECK(read_in_child(file, false) == 0);  // nobody else minds
  }
  CHECK(noticed > 10);
}

/// How a process that does this ended, and what it wrote to stderr.
struct Ended {
  int code = -1;  ///< -1: by a signal
  std::string said;
};
Ended run_child(const std::function<void()>& work) {
  const TempDir dir;
  const std::string path = dir.path + "/stderr";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGSEGV, SIG_DFL);
    ::signal(SIGBUS, SIG_DFL);
    ::dup2(::open(path.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  std::ifstream file(path);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          {std::istreambuf_iterator<char>(file), {}}};
}

/// Reads a page that may not be read: SIGSEGV with an address, as a bug of ours would.
void read_forbidden_page() {
  void* const page = ::mmap(nullptr, kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  static_cast<void>(*static_cast<volatile char*>(page));
}

TEST_CASE("damage: a fault that is not of a store stays what it was; while one is read it is") {
  const auto fault = [](bool reads) {
    return run_child([reads] {
      watch_for_damage();
      { const ReadGuard over; }
      std::optional<ReadGuard> guard;
      if (reads) guard.emplace();
      read_forbidden_page();
    });
  };
  CHECK(fault(false).code == -1);
  CHECK(fault(true).code == kDamaged);
  CHECK(run_child([] {
          watch_for_damage();
          ::raise(SIGSEGV);  // sent, by nobody's fault
        }).code == -1);
}

// An outside reviewer's find: the table of readers is mapped too, and is not the ledger.
TEST_CASE("damage: a lock file that is cut short is told apart from the ledger") {
  const Ended under = run_child([] {
    const TempDir dir;
    const auto store = open_store(dir.path);
    if (::truncate((dir.path + "/lock.mdb").c_str(), 0) != 0) ::_exit(1);
    static_cast<void>(store->snapshot()->genesis());
  });
  CHECK(under.code == kDamaged);
  CHECK(under.said.find("lock.mdb") != std::string::npos);
  CHECK(under.said.find("damaged") == std::string::npos);
  for (const off_t size : {off_t{0}, off_t{100}}) {
    CAPTURE(size);
    const TempDir dir;
    const auto store = open_store(dir.path);
    REQUIRE(::truncate((dir.path + "/lock.mdb").c_str(), size) == 0);
    const Ended beside = run_child([&] {
      const auto second = Store::open_beside(dir.path);
      ::_exit(!second && second.error().reason == "lock_file" ? 0 : 1);
    });
    CHECK(beside.code == 0);
    REQUIRE(::truncate((dir.path + "/lock.mdb").c_str(), 65536) == 0);
  }
  // Of nobody's lock file LMDB makes a new one.
  const TempDir dir;
  { const auto store = open_store(dir.path); }
  std::ofstream(dir.path + "/lock.mdb", std::ios::trunc) << "x";
  CHECK(Store::open(dir.path).ok());
}

TEST_CASE("damage: a ledger whose first pages are bad is not called a broken lock file") {
  const std::string whole = sample_file();
  std::string zeroed = whole;
  std::fill_n(zeroed.begin() + kPage, kPage, '\0');
  std::string flags = whole;
  std::fill_n(flags.begin() + 10, 2, '\0');
  for (const std::string& bad : {zeroed, whole.substr(0, kPage), flags}) {
    for (const bool as_owner : {true, false}) {
      const TempDir dir;
      std::ofstream(dir.path + "/data.mdb", std::ios::binary) << bad;
      const Ended ended = run_child([&] {
        const auto store = as_owner ? Store::open(dir.path) : Store::open_beside(dir.path);
        ::_exit(!store && store.error().reason == "corrupt" ? 0 : 1);
      });
      CHECK(ended.code == 0);
    }
  }
}

/// Writes for ever: pages that one transaction takes and gives back are free at the end of a file
/// that lacks them, and the next transaction writes them.
[[noreturn]] void keep_writing(const std::string& directory) {
  const auto store = open_store(directory);
  for (std::uint64_t i = 0;; ++i) {
    WriteBatch batch;
    const bool gives_back = i % 2 == 0;
    batch.put(Table::kContent, height_key(i), Bytes(std::size_t{100} << 10, 7));
    if (gives_back) batch.erase(Table::kContent, height_key(i));
    if (i >= 400) batch.erase(Table::kContent, height_key(i - 400));
    if (!store->apply(batch)) ::_exit(1);
  }
}

TEST_CASE("damage: who opens beside a node that writes is never told that pages are missing") {
  const TempDir dir;
  const pid_t writer = ::fork();
  REQUIRE(writer >= 0);
  if (writer == 0) keep_writing(dir.path);
  int opened = 0;
  std::string reason;
  for (int i = 0; i < 2000 && opened < 300; ++i) {
    const auto beside = Store::open_beside(dir.path);
    opened += beside.ok() ? 1 : 0;
    if (!beside && opened > 0) reason = beside.error().message;
    if (!beside) std::this_thread::sleep_for(std::chrono::milliseconds(10));  // not there yet
  }
  ::kill(writer, SIGKILL);
  int status = 0;
  CHECK(::waitpid(writer, &status, 0) == writer);
  CHECK(WIFSIGNALED(status));
  CHECK(opened == 300);
  CHECK(reason == "");
}

TEST_CASE("damage: what LMDB says of a call or a disk is not said of the file") {
  for (const int code : {MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_CURSOR_FULL,
                         MDB_INCOMPATIBLE}) {
    CHECK(is_damage(code));
    CHECK(lmdb_error(code, "read").reason == "corrupt");
  }
  for (const int code : {MDB_PANIC, MDB_VERSION_MISMATCH, MDB_BAD_TXN, MDB_READERS_FULL, EIO}) {
    CHECK_FALSE(is_damage(code));
    CHECK(lmdb_error(code, "read").reason != "corrupt");
  }
  CHECK(lmdb_error(MDB_VERSION_MISMATCH, "read").code == Code::kConfig);
  CHECK(lmdb_error(MDB_READERS_FULL, "read").code == Code::kTempFail);
  CHECK(lmdb_error(EAGAIN, "read").code == Code::kTempFail);  // the node writes all the time
  CHECK(lmdb_error(MDB_PANIC, "read").hint.find("disk") != std::string::npos);
}

}  // namespace
}  // namespace emr::store
