// The four seams through which bytes and blocks enter and leave this pure layer. Whoever owns a
// file or a socket implements them; an implementation is used by one thread at a time.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"

namespace emr::content {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to `buffer.size()` bytes; 0 means the end. Short reads are allowed.
  virtual Result<std::size_t> read(std::span<std::uint8_t> buffer) = 0;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(ByteView bytes) = 0;
};

/// Takes finished blocks, children before parents; the root comes last.
class BlockSink {
 public:
  virtual ~BlockSink() = default;
  /// `block` is only valid during the call.
  virtual Status put(const Cid& cid, ByteView block) = 0;
};

/// Hands out blocks. Nobody trusts it: readers hash every block they get.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  virtual Result<Bytes> get(const Cid& cid) = 0;
};

/// Reads until `buffer` is full or the source ends; returns what was read.
Result<std::size_t> read_full(ByteSource& source, std::span<std::uint8_t> buffer);

}  // namespace emr::content
