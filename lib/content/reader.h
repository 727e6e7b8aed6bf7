// Reads a UnixFS file, or a part of one, from blocks that nobody vouches for: every block is hashed
// against the CID that names it, every size is checked against what its parent promised, and the
// walk is bounded in depth and cannot run in circles. Bytes are released only from checked blocks.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/streams.h"

namespace emr::content {

/// One file under one root. Holds the root block, fetches the others on demand; one thread.
class FileReader {
 public:
  /// Fetches and checks the root. `source` must outlive the reader. Files above `max_size`, and
  /// roots that are not files, are kData.
  static Result<FileReader> open(const Cid& root, BlockSource& source, std::uint64_t max_size);

  std::uint64_t size() const noexcept { return size_; }
  /// Writes the bytes [offset, offset + length) in order; the range must lie inside the file.
  Status read(std::uint64_t offset, std::uint64_t length, ByteSink& sink);

 private:
  FileReader(const Cid& root, Bytes block, std::uint64_t size, BlockSource& source);

  Cid root_;
  Bytes root_block_;
  std::uint64_t size_ = 0;
  BlockSource* source_;
};

/// Fetches one block and checks its hash; kData with reason "block_mismatch" when it lies.
Result<Bytes> get_checked(BlockSource& source, const Cid& cid);

/// Visits every block below `root` once per occurrence, parents first, and checks the whole file.
Status verify_file(const Cid& root, BlockSource& source, std::uint64_t max_size);

}  // namespace emr::content
