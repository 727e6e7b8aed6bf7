// CARv1 archives: a DAG-CBOR header that names the roots, then blocks behind their lengths. The
// reader checks every block against its CID (an archive is as untrusted as a network) and accepts
// only the canonical header. Version 1, sha2-256, raw and dag-pb blocks.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/streams.h"

namespace emr::content {

/// varint length ‖ DAG-CBOR {roots, version: 1}.
Bytes car_header(const std::vector<Cid>& roots);
/// varint length ‖ CID ‖ block, appended to `target`.
void append_car_block(Bytes& target, const Cid& cid, ByteView block);
/// The same without the block's bytes, for writers that do not want a copy.
Bytes car_block_prefix(const Cid& cid, std::size_t block_size);

struct CarBlock {
  Cid cid;
  Bytes data;
};

/// Reads one archive from a stream in constant memory.
class CarReader {
 public:
  /// Reads the header. `source` must outlive the reader.
  static Result<CarReader> open(ByteSource& source);

  const std::vector<Cid>& roots() const noexcept { return roots_; }
  /// The next checked block, or nothing at a clean end. A cut archive is kData ("truncated").
  Result<std::optional<CarBlock>> next();

 private:
  explicit CarReader(ByteSource& source) : source_(&source) {}

  ByteSource* source_;
  std::vector<Cid> roots_;
};

}  // namespace emr::content
