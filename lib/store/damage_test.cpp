// A damaged data directory: whoever opens it is told, with an exit code, and nobody dies of it.
// An outside reviewer's find: all of sixty seeded corruptions ended every tool by a signal.
#include "store/damage.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

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

/// What a process that opens the file and reads all of it ends with; -1 when a signal ended it.
int read_in_child(const std::string& content, bool as_owner) {
  const TempDir dir;
  std::ofstream(dir.path + "/data.mdb", std::ios::binary) << content;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    const auto store = as_owner ? Store::open(dir.path) : Store::open_copy(dir.path);
    if (!store) ::_exit(static_cast<int>(store.error().code));
    volatile std::uint64_t sum = read_everything(*(*store)->snapshot());
    static_cast<void>(sum);
    ::_exit((*store)->map_usage().ok() ? 0 : kDamaged);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
    // What hits free pages or values is no matter of the pages: hashes find it.
    const bool is_known = ended == 0 || ended == kDamaged ||
                          ended == static_cast<int>(Code::kConfig);
    CHECK(is_known);
    if (ended == kDamaged) ++noticed;
  }
  CHECK(noticed > 20);
}

TEST_CASE("damage: a fault that is not of a store stays what it was") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGSEGV, SIG_DFL);
    watch_for_damage();
    { const ReadGuard guard; }
    ::raise(SIGSEGV);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}

}  // namespace
}  // namespace emr::store
