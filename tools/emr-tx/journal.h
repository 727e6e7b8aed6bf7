// The journal of a submission: JSON Lines in one append-only file, emr.tx lines as they were about
// to be sent and emr.receipt lines as their outcomes were learned. A transaction is on disk before
// it is on the wire, so a process that dies at any moment leaves either nothing or something that
// the next run can ask the nodes about. Losing a receipt costs one question.
//
// One process per file (flock). A line that a crash cut in half is dropped when the file is opened.
// Only ciphertext and tokens stand in it. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace emr::tx {

class Journal {
 public:
  struct Entry {
    Hash32 txid{};
    std::uint64_t line = 0;  ///< number of its input line in the run that wrote it
    std::string text;        ///< the emr.tx line; emptied once settled
    std::string receipt;     ///< "" while the outcome is not known
    std::optional<Hash32> superseded_by;  ///< the amendment that took its place
  };

  /// Creates (mode 0600) or continues a file. kTempFail "locked" when another process has it; kData
  /// when a line in the middle is no journal line.
  static Result<Journal> open(const std::string& path);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// In the order in which they were sent.
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// The entry of a transaction, or of the last amendment that took its place.
  const Entry* find(const Hash32& txid) const;
  std::size_t open_count() const;

  /// Appends what is about to be sent and makes it durable.
  Status add(std::vector<Entry> batch);
  /// Appends an outcome. Durable with the next add() or close().
  Status settle(const Hash32& txid, const std::string& receipt);
  /// Settles a transaction in favour of an amendment that add() has made durable.
  Status supersede(const Hash32& txid, const Hash32& amendment);
  Status sync();

 private:
  Journal(int fd, std::string path);
  Status load();
  Status load_line(std::string_view line, std::uint64_t number);
  void insert(Entry entry);
  Entry* known(const Hash32& txid);
  Status append(std::string_view text);

  int fd_ = -1;
  std::string path_;
  std::vector<Entry> entries_;
  std::map<Hash32, std::size_t> index_;
};

}  // namespace emr::tx
