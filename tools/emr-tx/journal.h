// The journal of a batch: what was about to be sent, and what came back. A line is durable here
// before the node hears of it, so after kill -9 the open lines are known and can be sent again;
// they are the same transactions, so nothing is doubled.
//
// One process at a time (flock). JSON Lines: {"line":n,"tx":{…}} before, {"receipt":{…}} after; a
// torn last line is cut off.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace emr::tx {

struct Pending {
  std::uint64_t line = 0;
  std::string text;  ///< the signed emr.tx line
};

class Journal {
 public:
  /// Opens or creates `path` (0600). kTempFail when another process holds it, kData when it is not
  /// a journal.
  static Result<Journal> open(const std::string& path);
  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  /// Lines without a receipt, oldest first.
  std::vector<Pending> open_lines() const;
  /// Durable when it returns.
  Status record_submitted(const std::vector<Pending>& lines);
  /// Written, not synced: a lost receipt only means asking again.
  Status record_receipt(const std::string& txid, const std::string& receipt_json);

 private:
  explicit Journal(int fd) : fd_(fd) {}
  Status load();
  Status append(const std::string& text);

  int fd_;
  std::map<std::string, Pending> open_;  ///< by transaction id
};

}  // namespace emr::tx
