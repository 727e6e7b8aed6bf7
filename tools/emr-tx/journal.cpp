#include "journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "json/access.h"
#include "json/json.h"
#include "ledger/transaction.h"

namespace emr::tx {
namespace {

Error io_error(const char* what) { return fail(Code::kIo, std::string("journal: ") + what); }

Result<std::string> read_all(int fd) {
  std::string text;
  std::string buffer(1 << 20, '\0');
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0) return io_error("cannot be read");
    if (got == 0) return text;
    text.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

Result<std::string> txid_of(const std::string& line) {
  EMR_ASSIGN(const ledger::TransactionLine tx,
             ledger::parse_transaction_line(line, contracts::method_table()));
  return to_hex(tx.transaction.txid);
}

}  // namespace

Journal::Journal(Journal&& other) noexcept : fd_(other.fd_), open_(std::move(other.open_)) {
  other.fd_ = -1;
}

Journal::~Journal() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Journal> Journal::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail(Code::kCantCreate, path + ": the journal cannot be opened");
  Journal journal(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::kTempFail, path + ": another process uses this journal")
        .with_hint("wait for it to end; two imports must not share a journal");
  }
  EMR_TRY(journal.load());
  return journal;
}

Status Journal::load() {
  EMR_ASSIGN(const std::string text, read_all(fd_));
  const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  // A line cut by a crash was never acted on: it is forgotten.
  if (whole < text.size() && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0) {
    return io_error("cannot be repaired");
  }
  std::string_view rest = std::string_view(text).substr(0, whole);
  std::uint64_t number = 0;
  while (!rest.empty()) {
    const std::size_t stop = rest.find('\n');
    ++number;
    Result<json::Json> entry = json::parse_object(rest.substr(0, stop));
    rest.remove_prefix(stop + 1);
    if (!entry) return fail(Code::kData, "journal: a line is damaged").with_line(number);
    if (const auto receipt = entry->find("receipt"); receipt != entry->end()) {
      open_.erase(receipt->value("txid", ""));
      continue;
    }
    EMR_ASSIGN(const std::uint64_t line, json::get_u64(*entry, "line"));
    EMR_ASSIGN(const json::Json* tx, json::get_object(*entry, "tx"));
    Pending pending{line, json::canonical_checked(*tx)};
    EMR_ASSIGN(const std::string txid, txid_of(pending.text));
    open_.insert_or_assign(txid, std::move(pending));
  }
  return {};
}

std::vector<Pending> Journal::open_lines() const {
  std::vector<Pending> lines;
  for (const auto& [txid, pending] : open_) lines.push_back(pending);
  std::sort(lines.begin(), lines.end(),
            [](const Pending& a, const Pending& b) { return a.line < b.line; });
  return lines;
}

Status Journal::record_submitted(const std::vector<Pending>& lines) {
  std::string text;
  for (const Pending& pending : lines) {
    text += "{\"line\":" + std::to_string(pending.line) + ",\"tx\":" + pending.text + "}\n";
  }
  EMR_TRY(append(text));
  if (::fdatasync(fd_) != 0) return io_error("cannot be synced");
  return {};
}

Status Journal::record_receipt(const std::string& txid, const std::string& receipt_json) {
  open_.erase(txid);
  return append("{\"receipt\":" + receipt_json + "}\n");
}

Status Journal::append(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(fd_, text.data() + written, text.size() - written);
    if (count < 0) return io_error("cannot be written");
    written += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace emr::tx
