// UnixFS: what the data of a dag-pb node means. Files and plain directories; everything else
// (symlinks, HAMT shards, modes, times) is recognised and refused.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/dagpb.h"

namespace emr::content {

enum class UnixFsType : std::uint8_t { kRaw = 0, kDirectory = 1, kFile = 2 };

struct UnixFsData {
  UnixFsType type = UnixFsType::kFile;
  Bytes data;                              ///< bytes that stand in this node itself
  std::uint64_t file_size = 0;             ///< data and everything below it (files only)
  std::vector<std::uint64_t> block_sizes;  ///< file bytes below each link (files only)
};

Bytes encode_unixfs(const UnixFsData& data);
Result<UnixFsData> decode_unixfs(ByteView bytes);

/// One named entry of a directory: a file root or another directory.
struct DirectoryEntry {
  std::string name;
  Cid cid;
  std::uint64_t total_size = 0;  ///< Tsize of the entry
};

/// How a directory's size is estimated against kDirectoryThreshold.
enum class DirectorySize { kNamesAndCids, kSerialisedBlock };

struct BuiltNode {
  Cid cid;
  Bytes block;
  std::uint64_t total_size = 0;
};

/// A plain directory, links sorted by the bytes of their names. Refused (kData): empty, repeated,
/// overlong or path-like names; a directory that Kubo would shard ("directory_too_large").
Result<BuiltNode> build_directory(std::vector<DirectoryEntry> entries, std::uint8_t cid_version,
                                  DirectorySize size_rule);

}  // namespace emr::content
