#include "content/reader.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "content/dagpb.h"
#include "content/limits.h"
#include "content/unixfs.h"

namespace emr::content {
namespace {

Error bad_tree(std::string message) {
  return fail(Code::kData, std::move(message)).with_reason("tree");
}

/// One checked block as a piece of a file: its own bytes, then its children.
struct FilePart {
  Bytes data;
  std::uint64_t file_size = 0;
  std::vector<Cid> children;
  std::vector<std::uint64_t> child_sizes;
};

// What a parent says about its children's sizes must be consistent before any child is fetched;
// empty children are refused, because a tree of them could be endlessly large and still be an
// empty file.
Status check_part(const FilePart& part) {
  if (part.children.size() != part.child_sizes.size()) {
    return bad_tree("node has not one size per link");
  }
  std::uint64_t sum = part.data.size();
  for (const std::uint64_t size : part.child_sizes) {
    if (size == 0 || size > kMaxObjectSize) return bad_tree("link has an impossible size");
    sum += size;
    if (sum > kMaxObjectSize) return bad_tree("file is larger than 4 TiB");
  }
  if (sum != part.file_size) return bad_tree("sizes of a node do not add up");
  return {};
}

Result<FilePart> parse_part(const Cid& cid, Bytes block) {
  FilePart part;
  if (cid.codec == Codec::kRaw) {
    part.file_size = block.size();
    part.data = std::move(block);
    return part;
  }
  EMR_ASSIGN(PbNode node, decode_node(block));
  if (!node.data) return bad_tree("node is not a UnixFS object");
  EMR_ASSIGN(UnixFsData unixfs, decode_unixfs(*node.data));
  if (unixfs.type == UnixFsType::kDirectory) return bad_tree("CID names a directory, not a file");
  part.data = std::move(unixfs.data);
  part.file_size = unixfs.file_size;
  part.child_sizes = std::move(unixfs.block_sizes);
  for (const PbLink& link : node.links) part.children.push_back(link.cid);
  EMR_TRY(check_part(part));
  return part;
}

/// Writes the part of `bytes`, which begin at `at` in the file, that lies inside the range.
Status write_overlap(ByteView bytes, std::uint64_t at, std::uint64_t from, std::uint64_t to,
                     ByteSink& sink) {
  const std::uint64_t first = std::max(at, from);
  const std::uint64_t stop = std::min(at + bytes.size(), to);
  if (first >= stop) return {};
  return sink.write(
      bytes.subspan(static_cast<std::size_t>(first - at), static_cast<std::size_t>(stop - first)));
}

/// Depth-first walk over the blocks that overlap [from, to).
class Walk {
 public:
  Walk(BlockSource& source, std::uint64_t from, std::uint64_t to, ByteSink& sink)
      : source_(source), from_(from), to_(to), sink_(sink) {}

  Status visit(const FilePart& part, std::uint64_t at, std::size_t depth) {
    if (depth > kMaxTreeDepth) return bad_tree("tree is too deep");
    EMR_TRY(write_overlap(part.data, at, from_, to_, sink_));
    at += part.data.size();
    for (std::size_t i = 0; i < part.children.size() && at < to_; ++i) {
      const std::uint64_t size = part.child_sizes[i];
      if (at + size > from_) EMR_TRY(descend(part.children[i], size, at, depth + 1));
      at += size;
    }
    return {};
  }

 private:
  Status descend(const Cid& cid, std::uint64_t size, std::uint64_t at, std::size_t depth) {
    EMR_ASSIGN(Bytes block, get_checked(source_, cid));
    EMR_ASSIGN(const FilePart child, parse_part(cid, std::move(block)));
    if (child.file_size != size) return bad_tree("block is not as large as its parent says");
    return visit(child, at, depth);
  }

  BlockSource& source_;
  std::uint64_t from_;
  std::uint64_t to_;
  ByteSink& sink_;
};

class NullSink final : public ByteSink {
 public:
  Status write(ByteView) override { return {}; }
};

}  // namespace

Result<Bytes> get_checked(BlockSource& source, const Cid& cid) {
  EMR_ASSIGN(Bytes block, source.get(cid));
  if (block.size() > kMaxBlockSize) return bad_tree("block is larger than 2 MiB");
  EMR_TRY(check_block(cid, block));
  return block;
}

FileReader::FileReader(const Cid& root, Bytes block, std::uint64_t size, BlockSource& source)
    : root_(root), root_block_(std::move(block)), size_(size), source_(&source) {}

Result<FileReader> FileReader::open(const Cid& root, BlockSource& source, std::uint64_t max_size) {
  EMR_ASSIGN(Bytes block, get_checked(source, root));
  EMR_ASSIGN(const FilePart part, parse_part(root, block));
  if (part.file_size > max_size) {
    return fail(Code::kData, "file is larger than expected").with_reason("too_large");
  }
  return FileReader(root, std::move(block), part.file_size, source);
}

Status FileReader::read(std::uint64_t offset, std::uint64_t length, ByteSink& sink) {
  if (offset > size_ || length > size_ - offset) {
    return fail(Code::kData, "range lies outside the file").with_reason("range");
  }
  EMR_ASSIGN(const FilePart part, parse_part(root_, root_block_));
  return Walk(*source_, offset, offset + length, sink).visit(part, 0, 0);
}

Status verify_file(const Cid& root, BlockSource& source, std::uint64_t max_size) {
  EMR_ASSIGN(FileReader reader, FileReader::open(root, source, max_size));
  NullSink nowhere;
  return reader.read(0, reader.size(), nowhere);
}

}  // namespace emr::content
