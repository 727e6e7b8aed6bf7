// Turns a byte stream into the tree that Kubo builds for the same bytes: fixed-size chunks as
// leaves, balanced parents of bounded width. Memory is O(width x depth) whatever the file's size.
//
// Leaves are independent of each other and are nearly all of the work. `make_leaf` is therefore a
// free function that any thread may call; `TreeBuilder` joins finished leaves in file order and is
// used by one thread. `Importer` is the two together for callers that need no second thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "content/cid.h"
#include "content/streams.h"
#include "content/unixfs.h"

namespace emr::content {

/// What decides the CID of a file. The profiles are those of IPIP-0499 and Kubo.
struct Layout {
  std::uint8_t cid_version = 1;  ///< of the nodes; raw leaves always have version 1
  bool raw_leaves = true;
  std::size_t chunk_size = 1048576;
  std::size_t max_links = 1024;
  DirectorySize directory_size = DirectorySize::kSerialisedBlock;

  bool operator==(const Layout&) const = default;
};

inline constexpr Layout kUnixFs2025{};
inline constexpr Layout kUnixFs2015{0, false, 262144, 174, DirectorySize::kNamesAndCids};
/// `kubo add --cid-version=1`.
inline constexpr Layout kCidV1Raw{1, true, 262144, 174, DirectorySize::kNamesAndCids};

/// "unixfs-v1-2025", "unixfs-v0-2015" (also "legacy-cid-v0"), "cidv1-raw"; kUsage otherwise.
Result<Layout> layout_of_profile(std::string_view name);
/// "size-262144"; kUsage otherwise.
Result<std::size_t> parse_chunker(std::string_view text);
/// kUsage for what Kubo refuses too: chunk or width out of bounds.
Status check_layout(const Layout& layout);

/// A finished leaf: its name and its two sizes.
struct Leaf {
  Cid cid;
  std::uint64_t file_size = 0;
  std::uint64_t total_size = 0;
};

/// Names the leaf for one chunk without copying it.
Leaf make_leaf(const Layout& layout, ByteView chunk);
/// The block of that leaf (the chunk itself for raw leaves).
Bytes leaf_block(const Layout& layout, ByteView chunk);

struct ImportedFile {
  Cid root;
  std::uint64_t file_size = 0;
  std::uint64_t total_size = 0;   ///< Tsize: what a directory entry for this file says
  std::uint64_t block_count = 0;  ///< leaves and inner nodes, repeated ones counted each time
};

/// Joins leaves, in file order, into the balanced tree. Inner nodes go to `sink` when there is one;
/// leaves are the caller's to store, before they are added.
class TreeBuilder {
 public:
  /// The layout must have passed check_layout. `sink` may be null and must outlive this object.
  TreeBuilder(const Layout& layout, BlockSink* sink);

  Status add(const Leaf& leaf);
  /// Ends the file; at least one leaf must have been added (an empty file has one empty leaf).
  Result<ImportedFile> finish();

 private:
  Status push(std::size_t level, const Leaf& child);
  Result<Leaf> fold(std::size_t level);

  Layout layout_;
  BlockSink* sink_;
  std::vector<std::vector<Leaf>> levels_;
  std::uint64_t block_count_ = 0;
};

/// The whole import on the caller's thread: write any number of pieces, then finish.
class Importer {
 public:
  Importer(const Layout& layout, BlockSink* sink);

  Status write(ByteView bytes);
  Result<ImportedFile> finish();

 private:
  Status add_chunk(ByteView chunk);

  Layout layout_;
  BlockSink* sink_;
  TreeBuilder tree_;
  Bytes pending_;
  bool any_ = false;
};

}  // namespace emr::content
