// A batch begins at a page, so that no write touches what is durable already, and consists of
// sealed sectors that each name it. A power cut leaves every sector as it was or as it was to be,
// so a batch that was cut off has sectors whose seals hold; one whose seal does not hold rots.
#include "store/vote_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/big_endian.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "store/lmdb_env.h"

namespace emr::store {

namespace {

constexpr std::string_view kMagic = "emr-vote";
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kSealBytes = 8;
constexpr std::size_t kContentBytes = kSectorBytes - sizeof(std::uint64_t) - kSealBytes;
constexpr std::size_t kHeadBytes = kMagic.size() + sizeof(std::uint32_t);

std::size_t sectors_of(std::size_t records) noexcept {
  return (kHeadBytes + records + kContentBytes - 1) / kContentBytes;
}

std::size_t size_of_records(const WriteBatch& batch) {
  return batch.bytes() + batch.size() * 2 * sizeof(std::uint32_t);
}

std::uint64_t next_page(std::uint64_t at) noexcept {
  return (at + kPageBytes - 1) / kPageBytes * kPageBytes;
}

template <class T>
void append_number(Bytes& bytes, T value) {
  std::array<std::uint8_t, sizeof value> encoded;
  store_big_endian(encoded.data(), value);
  append(bytes, encoded);
}

void append_blob(Bytes& bytes, ByteView blob) {
  append_number(bytes, static_cast<std::uint32_t>(blob.size()));
  append(bytes, blob);
}

/// The content of a batch, without padding. `content` is used again and again: a batch holds a
/// whole block, and fresh memory for it would cost more than the writing.
void encode_content(const WriteBatch& batch, Bytes& content) {
  content.clear();
  append(content, kMagic);
  append_number(content, static_cast<std::uint32_t>(size_of_records(batch)));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Change change = batch.change(i);
    append_blob(content, change.key);
    append_blob(content, *change.value);
  }
}

/// The same as it stands in the file.
void seal_sectors(ByteView content, std::uint64_t number, Bytes& sectors) {
  constexpr std::array<std::uint8_t, kContentBytes> kZeros{};
  sectors.clear();
  while (!content.empty()) {
    const ByteView piece = content.first(std::min(content.size(), kContentBytes));
    content = content.subspan(piece.size());
    append(sectors, piece);
    append(sectors, ByteView(kZeros).subspan(piece.size()));
    append_number(sectors, number);
    const Hash32 seal = crypto::sha256(ByteView(sectors).last(kSectorBytes - kSealBytes));
    append(sectors, ByteView(seal).first(kSealBytes));
  }
}

std::optional<WriteBatch> decode_records(ByteView bytes) {
  WireReader wire(bytes);
  WriteBatch batch;
  while (wire.remaining() > 0 && !wire.failed()) {
    const ByteView key = wire.blob(kKeyBytesMax);
    const ByteView value = wire.blob(kJournalBytesMax);
    if (key.empty()) wire.reject();
    batch.put(Table::kVotes, key, value);
  }
  if (!wire.finish()) return std::nullopt;
  return batch;
}

struct Sector {
  bool holds = false;        ///< its seal does, or nothing was ever written here
  std::uint64_t number = 0;  ///< of its batch; 0: nothing was ever written here
  ByteView content;
};

Sector sector_at(ByteView bytes, std::uint64_t at) {
  if (at + kSectorBytes > bytes.size()) return {};
  const ByteView whole = bytes.subspan(at, kSectorBytes);
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  if (std::all_of(whole.begin(), whole.end(), is_zero)) return {true, 0, {}};
  WireReader wire(whole);
  Sector sector;
  sector.content = wire.raw(kContentBytes);
  sector.number = wire.u64();
  const Hash32 seal = crypto::sha256(whole.first(kSectorBytes - kSealBytes));
  sector.holds = std::equal(seal.begin(), seal.begin() + kSealBytes, wire.raw(kSealBytes).begin());
  return sector;
}

enum class State { kWhole, kCutOff, kRotten };

/// Reads the records of the batch that begins with `first`; moves `at` behind it.
State read_records(ByteView bytes, const Sector& first, std::uint64_t& at, Bytes& records) {
  WireReader head(first.content);
  if (as_text(head.raw(kMagic.size())) != kMagic) return State::kRotten;
  const std::size_t size = head.u32();
  records.clear();
  State state = State::kWhole;
  for (std::size_t i = 0; i < sectors_of(size); ++i, at += kSectorBytes) {
    const Sector sector = sector_at(bytes, at);
    if (!sector.holds) return State::kRotten;
    if (sector.number != first.number) state = State::kCutOff;
    append(records, sector.content);
  }
  at = next_page(at);
  if (state != State::kWhole) return state;
  records.resize(kHeadBytes + size);
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(kHeadBytes));
  return state;
}

std::string path_in(const std::string& directory) { return directory + "/votes.log"; }

Status write_at(int file, ByteView bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return lmdb_error(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
  return {};
}

/// All the room there will ever be, as zeros: an append to a file that grows waits for the journal
/// of the file system, and with it for whatever other programs write.
Status fill(int file) {
  struct stat now {};
  if (::fstat(file, &now) != 0) return lmdb_error(errno, "create the vote journal");
  const Bytes zeros(std::size_t{256} << 10);
  for (auto at = static_cast<std::uint64_t>(now.st_size); at < kJournalBytesMax;) {
    const std::uint64_t size = std::min<std::uint64_t>(zeros.size(), kJournalBytesMax - at);
    EMR_TRY(write_at(file, ByteView(zeros).first(size), at));
    at += size;
  }
  if (::fsync(file) != 0) return lmdb_error(errno, "create the vote journal");
  return {};
}

Result<Bytes> read_all(int file) {
  Bytes bytes(kJournalBytesMax);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(file, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return lmdb_error(errno, "read the vote journal");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

/// Batches follow each other without a gap from the one behind `merged`, or an older one, to the
/// end; there stands nothing, or a sector of an earlier round, with a lower number. A batch that
/// was cut off was never acknowledged: its promises were not spoken.
VoteJournal::Found scan(ByteView bytes, std::uint64_t merged) {
  VoteJournal::Found found;
  found.last = merged;
  std::uint64_t expected = 0;
  Bytes records;
  for (std::uint64_t at = 0; at < bytes.size();) {
    const Sector first = sector_at(bytes, at);
    if (!first.holds) found.is_damaged = true;
    if (!first.holds || first.number == 0) break;
    if (expected != 0 && first.number != expected) break;
    if (expected == 0 && first.number > merged + 1) found.is_damaged = true;
    expected = first.number + 1;
    found.last = std::max(found.last, first.number);
    const State state = read_records(bytes, first, at, records);
    const bool is_new = first.number > merged;
    if (state != State::kWhole) {
      found.is_damaged |= is_new && state == State::kRotten;
      break;
    }
    auto batch = decode_records(records);
    if (is_new && !batch) found.is_damaged = true;
    if (is_new && batch) found.batches.push_back(*std::move(batch));
  }
  if (expected == 0 && merged > 0) found.is_damaged = true;  // there was a batch once
  return found;
}

}  // namespace

Result<VoteJournal::Found> VoteJournal::read(const std::string& directory,
                                             std::optional<std::uint64_t> merged) {
  const int file = ::open(path_in(directory).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno != ENOENT) return lmdb_error(errno, "open the vote journal");
  if (file < 0) return Found{{}, merged.has_value(), merged.value_or(0)};
  const auto bytes = read_all(file);
  ::close(file);
  if (!bytes) return bytes.error();
  return scan(*bytes, merged.value_or(0));
}

Result<std::unique_ptr<VoteJournal>> VoteJournal::open(const std::string& directory,
                                                       std::uint64_t last) {
  const int file = ::open(path_in(directory).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return lmdb_error(errno, "create the vote journal");
  std::unique_ptr<VoteJournal> journal(new VoteJournal(file, last));
  EMR_TRY(fill(file));
  const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_named = folder >= 0 && ::fsync(folder) == 0;
  const int error = errno;
  if (folder >= 0) ::close(folder);
  if (!is_named) return lmdb_error(error, "create the vote journal");
  return journal;
}

VoteJournal::~VoteJournal() { ::close(file_); }

bool VoteJournal::has_room(const WriteBatch& batch) const {
  return end_ + sectors_of(size_of_records(batch)) * kSectorBytes <= kJournalBytesMax;
}

Status VoteJournal::append(const WriteBatch& batch) {
  encode_content(batch, content_);
  seal_sectors(content_, last_ + 1, sectors_);
  EMR_TRY(write_at(file_, sectors_, end_));
  if (::fdatasync(file_) != 0) return lmdb_error(errno, "write");
  ++last_;
  end_ = next_page(end_ + sectors_.size());
  return {};
}

Status VoteJournal::renew() {
  if (::ftruncate(file_, 0) != 0) return lmdb_error(errno, "create the vote journal");
  EMR_TRY(fill(file_));
  end_ = 0;
  return append({});
}

bool is_of_votes(const WriteBatch& batch) {
  if (batch.empty() || batch.clears_stage() || batch.installs_stage()) return false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Change change = batch.change(i);
    if (change.table != Table::kVotes || !change.value) return false;
  }
  return true;
}

bool has_votes(const WriteBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (batch.change(i).table == Table::kVotes) return true;
  }
  return false;
}

}  // namespace emr::store
