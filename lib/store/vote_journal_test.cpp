// The journal of votes: what is appended is found again by whoever opens the directory, whole or
// not at all; what is not whole any more makes the store say so. A killed process is a copy of its
// directory, made while the store is open.
#include "store/vote_journal.h"

#include <fstream>

#include "store/testing.h"

using namespace emr;
using namespace emr::store;
using emr::store::testing::open_store;
using emr::store::testing::sample_block;
using emr::store::testing::TempDir;

namespace {

constexpr std::uint8_t kSlot = 1;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kSector = 512;

WriteBatch vote(std::string_view text, std::uint8_t slot = kSlot) {
  WriteBatch batch;
  batch.put(Table::kVotes, ByteView(&slot, 1), as_bytes(text));
  return batch;
}

std::string found(const Store& store, std::uint8_t slot = kSlot) {
  const auto raw = store.snapshot()->get_raw(Table::kVotes, ByteView(&slot, 1));
  return raw ? std::string(as_text(*raw)) : std::string();
}

std::string rejoining(const Store& store) {
  const auto raw = store.snapshot()->get_raw(Table::kMeta, as_bytes(kMetaRejoining));
  return raw ? std::string(as_text(*raw)) : std::string();
}

/// The directory as a process leaves it that is killed now.
struct Killed {
  explicit Killed(const TempDir& from) {
    for (const char* name : {"data.mdb", "votes.log"}) {
      std::filesystem::copy_file(from.path + "/" + name, directory.path + "/" + name);
    }
  }
  std::string file() const { return directory.path + "/votes.log"; }
  void overwrite(std::uint64_t at, std::string_view bytes) const {
    std::fstream log(file(), std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(static_cast<std::streamoff>(at));
    log.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  TempDir directory;
};

}  // namespace

TEST_CASE("votes alone survive a kill, the youngest of each slot") {
  TempDir directory;
  const auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("first")).ok());
  REQUIRE(store->apply(vote("other", 2)).ok());
  REQUIRE(store->apply(vote("second")).ok());
  CHECK(found(*store) == "");  // in the journal, and nowhere else
  const Killed killed(directory);
  const auto again = open_store(killed.directory.path);
  CHECK(found(*again) == "second");
  CHECK(found(*again, 2) == "other");
  CHECK(rejoining(*again) == "");
}

TEST_CASE("a batch that holds a vote and more takes the journal's votes with it, and is younger") {
  TempDir directory;
  const auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("old")).ok());
  REQUIRE(store->apply(vote("other", 2)).ok());
  WriteBatch both = vote("new");
  put_committed(both, sample_block(1));
  REQUIRE(store->apply(both).ok());
  CHECK(found(*store) == "new");
  CHECK(found(*store, 2) == "other");
  REQUIRE(store->apply(vote("newest", 2)).ok());  // over the place of the first
  const Killed killed(directory);
  const auto again = open_store(killed.directory.path);
  CHECK(found(*again) == "new");
  CHECK(found(*again, 2) == "newest");
}

TEST_CASE("a commit without a vote leaves the journal as it is") {
  TempDir directory;
  const auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("prepared")).ok());
  WriteBatch commit;
  put_committed(commit, sample_block(1));
  REQUIRE(store->apply(commit, Durability::kRepeatable).ok());
  REQUIRE(store->apply(vote("accepted", 2)).ok());
  const Killed killed(directory);
  const auto again = open_store(killed.directory.path);
  CHECK(found(*again) == "prepared");
  CHECK(found(*again, 2) == "accepted");
  CHECK((*again->snapshot()->tip())->height == 1);
}

TEST_CASE("an orderly stop leaves every vote in the database") {
  TempDir directory;
  REQUIRE(open_store(directory.path)->apply(vote("kept")).ok());
  const auto copy = Store::open_copy(directory.path);
  REQUIRE(copy.ok());
  CHECK(found(**copy) == "kept");
}

TEST_CASE("a full journal goes into the database, and goes on") {
  TempDir directory;
  const auto store = open_store(directory.path);
  const std::string body(300'000, 'b');
  for (char round = 'a'; round <= 'z'; ++round) {
    REQUIRE(store->apply(vote(body + round)).ok());
  }
  CHECK(std::filesystem::file_size(directory.path + "/votes.log") <= kJournalBytesMax);
  const Killed killed(directory);
  CHECK(found(*open_store(killed.directory.path)) == body + "z");
}

TEST_CASE("a batch that a power cut has cut off was never there") {
  TempDir directory;
  const auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("first")).ok());
  REQUIRE(store->apply(vote(std::string(5'000, 's'))).ok());
  const Killed killed(directory);
  SUBCASE("before its first sector") { killed.overwrite(kPage, std::string(kSector, '\0')); }
  SUBCASE("before its third") { killed.overwrite(kPage + 2 * kSector, std::string(kSector, '\0')); }
  for (const char* text : {"third", "fourth"}) {
    const auto again = open_store(killed.directory.path);
    CHECK(found(*again) == (text == std::string("third") ? "first" : "third"));
    CHECK(rejoining(*again) == "");
    REQUIRE(again->apply(vote(text)).ok());
  }
}

TEST_CASE("lost votes: a rotten batch, a missing file, a journal ahead of its database") {
  TempDir directory;
  auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("first")).ok());
  const Killed early(directory);
  REQUIRE(store->apply(vote("second")).ok());
  WriteBatch both = vote("third");
  put_committed(both, sample_block(1));
  REQUIRE(store->apply(both).ok());
  REQUIRE(store->apply(vote(std::string(5'000, 'f'))).ok());
  const Killed killed(directory);

  SUBCASE("a byte of its first sector") { killed.overwrite(70, "x"); }
  SUBCASE("a byte of a later one") { killed.overwrite(3 * kSector + 70, "x"); }
  SUBCASE("no file") { std::filesystem::remove(killed.file()); }
  SUBCASE("an empty file") { std::filesystem::resize_file(killed.file(), 0); }
  SUBCASE("an older database") {
    std::filesystem::copy_file(early.directory.path + "/data.mdb",
                               killed.directory.path + "/data.mdb",
                               std::filesystem::copy_options::overwrite_existing);
  }
  {
    const auto again = open_store(killed.directory.path);
    CHECK(found(*again) == "");
    CHECK(rejoining(*again) == "journal");
    WriteBatch rejoined;
    rejoined.erase(Table::kMeta, as_bytes(kMetaRejoining));
    REQUIRE(again->apply(rejoined).ok());
  }
  const auto later = open_store(killed.directory.path);  // said once: it is whole again
  CHECK(rejoining(*later) == "");
}

TEST_CASE("lost votes are not forgotten by who is killed while it notes them down") {
  TempDir directory;
  const auto store = open_store(directory.path);
  REQUIRE(store->apply(vote("first")).ok());
  REQUIRE(store->apply(vote("second")).ok());
  const Killed killed(directory);
  killed.overwrite(kPage + 70, "x");
  killed.overwrite(2 * kPage, "no batch was ever here");
  const Killed damaged(killed.directory);
  { CHECK(rejoining(*open_store(killed.directory.path)) == "journal"); }
  // Noted in the database, and the journal as it was: as good as nothing has happened.
  std::filesystem::copy_file(killed.directory.path + "/data.mdb",
                             damaged.directory.path + "/data.mdb",
                             std::filesystem::copy_options::overwrite_existing);
  WriteBatch rejoined;
  rejoined.erase(Table::kMeta, as_bytes(kMetaRejoining));
  {
    const auto again = open_store(damaged.directory.path);
    CHECK(rejoining(*again) == "journal");
    REQUIRE(again->apply(rejoined).ok());
    REQUIRE(again->apply(vote("third")).ok());
  }
  CHECK(rejoining(*open_store(damaged.directory.path)) == "");  // nothing of the damage is left
}
