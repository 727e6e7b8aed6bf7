#include "journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/transaction.h"

namespace emr::tx {

using json::Json;

namespace {

Error io_error(const std::string& path, const char* what) {
  return fail(errno == ENOSPC ? Code::kTempFail : Code::kIo, path + ": " + what).with_reason("io");
}

Error damaged(const std::string& path, std::uint64_t number) {
  return fail(Code::kData, path + ": the journal is damaged")
      .with_line(number)
      .with_reason("journal")
      .with_hint("keep the file and start a new journal; unchanged records are recognised");
}

Result<std::string> read_all(int fd, const std::string& path) {
  std::string text;
  std::vector<char> chunk(std::size_t{256} << 10);
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(path, "reading failed");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Journal::Journal(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

Journal::Journal(Journal&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      entries_(std::move(other.entries_)),
      index_(std::move(other.index_)) {}

Journal& Journal::operator=(Journal&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(entries_, other.entries_);
  std::swap(index_, other.index_);
  return *this;
}

Journal::~Journal() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Journal> Journal::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return fail(Code::kCantCreate, path + ": the journal cannot be opened").with_reason("journal");
  }
  Journal journal(fd, path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kTempFail, path + ": another process is using this journal")
        .with_reason("locked");
  }
  EMR_TRY(journal.load());
  return journal;
}

// The bytes behind the last newline are a line that a crash cut in half: it was not durable, so it
// was not sent.
Status Journal::load() {
  EMR_ASSIGN(const std::string text, read_all(fd_, path_));
  const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  if (whole < text.size() && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0) {
    return io_error(path_, "truncating failed");
  }
  std::uint64_t number = 0;
  for (std::string_view rest = std::string_view(text).substr(0, whole); !rest.empty();) {
    const std::size_t stop = rest.find('\n');
    EMR_TRY(load_line(rest.substr(0, stop), ++number));
    rest.remove_prefix(stop + 1);
  }
  return {};
}

Status Journal::load_line(std::string_view line, std::uint64_t number) {
  const Result<Json> tree = json::parse_object(line);
  if (!tree) return damaged(path_, number);
  if (json::expect_type(*tree, "emr.receipt").ok()) {
    const auto txid = json::get_hex32(*tree, "txid");
    const auto amendment = json::find_hex32(*tree, "supersededBy");
    Entry* const entry = txid ? known(*txid) : nullptr;
    if (entry == nullptr || !amendment) return damaged(path_, number);
    entry->receipt = line;
    entry->superseded_by = *amendment;
    entry->text.clear();
    return {};
  }
  const auto parsed = ledger::parse_transaction_line(line, contracts::method_table());
  const auto origin = json::get_u64(*tree, "line");
  if (!parsed || !origin) return damaged(path_, number);
  insert({parsed->transaction.txid, *origin, std::string(line), "", std::nullopt});
  return {};
}

void Journal::insert(Entry entry) {
  if (!index_.emplace(entry.txid, entries_.size()).second) return;
  entries_.push_back(std::move(entry));
}

Journal::Entry* Journal::known(const Hash32& txid) {
  const auto found = index_.find(txid);
  return found == index_.end() ? nullptr : &entries_[found->second];
}

// An amendment is written behind what it replaces, so the walk only goes forward.
const Journal::Entry* Journal::find(const Hash32& txid) const {
  auto found = index_.find(txid);
  while (found != index_.end()) {
    const Entry& entry = entries_[found->second];
    if (!entry.superseded_by) return &entry;
    const auto next = index_.find(*entry.superseded_by);
    if (next == index_.end() || next->second <= found->second) return &entry;
    found = next;
  }
  return nullptr;
}

std::size_t Journal::open_count() const {
  std::size_t open = 0;
  for (const Entry& entry : entries_) open += entry.receipt.empty() ? 1 : 0;
  return open;
}

Status Journal::add(std::vector<Entry> batch) {
  std::string text;
  for (const Entry& entry : batch) text += entry.text + "\n";
  EMR_TRY(append(text));
  EMR_TRY(sync());
  for (Entry& entry : batch) insert(std::move(entry));
  return {};
}

Status Journal::settle(const Hash32& txid, const std::string& receipt) {
  Entry* const entry = known(txid);
  if (entry == nullptr) return {};
  EMR_TRY(append(receipt + "\n"));
  entry->receipt = receipt;
  entry->text.clear();
  return {};
}

Status Journal::supersede(const Hash32& txid, const Hash32& amendment) {
  EMR_TRY(settle(txid, json::canonical_checked(Json{{"type", "emr.receipt"},
                                                    {"v", 1},
                                                    {"txid", to_hex(txid)},
                                                    {"supersededBy", to_hex(amendment)}})));
  if (Entry* const entry = known(txid)) entry->superseded_by = amendment;
  return {};
}

Status Journal::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd_, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return io_error(path_, "writing failed");
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Status Journal::sync() {
  if (::fdatasync(fd_) != 0) return io_error(path_, "syncing failed");
  return {};
}

}  // namespace emr::tx
