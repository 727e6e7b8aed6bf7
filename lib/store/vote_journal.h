// The file `votes.log` beside the database (private to lib/store; FORMAT.md has its layout). A vote
// must be durable before it is sent, and LMDB makes a transaction durable with two flushes of the
// disk, one after the other; appending to a file takes one. So batches of nothing but vote records
// go here, and into the database together with the next ones that belong there.
//
// What the journal holds and the database does not is kept by its owner in memory; when the owner
// has made that durable in the database it calls restart(). A journal is never read but at start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/write_batch.h"

namespace emr::store {

class VoteJournal {
 public:
  struct Found {
    std::vector<WriteBatch> batches;  ///< those after `merged`, in order
    /// Something is missing: promises may have been made that nobody remembers.
    bool is_damaged = false;
    std::uint64_t last = 0;  ///< number of the last batch that was ever appended
  };
  /// What the journal of a directory tells. `merged`: batches up to this number are in the
  /// database; none: the database has never had a journal.
  static Result<Found> read(const std::string& directory, std::optional<std::uint64_t> merged);
  /// For writing, from its beginning; makes the file when there is none. Batches are numbered from
  /// `last` + 1 on, and all up to `last` must be durable elsewhere before the first append().
  static Result<std::unique_ptr<VoteJournal>> open(const std::string& directory,
                                                   std::uint64_t last);
  ~VoteJournal();
  VoteJournal(const VoteJournal&) = delete;
  VoteJournal& operator=(const VoteJournal&) = delete;

  bool has_room(const WriteBatch& batch) const;
  /// Durable when it returns. There must be room.
  Status append(const WriteBatch& batch);
  /// Begins anew after damage: zeros, and an empty batch that shows the journal to be whole.
  Status renew();
  /// Number of the last batch.
  std::uint64_t last() const noexcept { return last_; }
  /// Everything so far is durable elsewhere: the next batch is written over the first.
  void restart() noexcept { end_ = 0; }

 private:
  VoteJournal(int file, std::uint64_t last) : file_(file), last_(last) {}

  int file_;
  std::uint64_t last_;
  std::uint64_t end_ = 0;  ///< where the next batch goes
  Bytes content_;          ///< of the last append, for the memory: a batch is about a block
  Bytes sectors_;
};

/// Does a batch belong into the journal: vote records, and nothing else?
bool is_of_votes(const WriteBatch& batch);
/// Does it change a vote record?
bool has_votes(const WriteBatch& batch);

}  // namespace emr::store
