#include "content/importer.h"

#include <algorithm>
#include <string>

#include "base/number.h"
#include "content/limits.h"
#include "content/protobuf.h"
#include "crypto/hash.h"

namespace emr::content {
namespace {

/// What stands around the payload in a dag-pb leaf.
struct LeafFrame {
  Bytes head;
  Bytes tail;
};

LeafFrame frame_leaf(std::size_t payload) {
  LeafFrame frame;
  append_varint_field(frame.tail, 3, payload);
  Bytes inner;
  append_varint_field(inner, 1, static_cast<std::uint64_t>(UnixFsType::kFile));
  if (payload > 0) {
    inner.push_back(field_tag(2, WireType::kBytes));
    append_varint(inner, payload);
  }
  frame.head = encode_data_header(inner.size() + payload + frame.tail.size());
  append(frame.head, inner);
  return frame;
}

}  // namespace

Result<Layout> layout_of_profile(std::string_view name) {
  if (name == "unixfs-v1-2025") return kUnixFs2025;
  if (name == "unixfs-v0-2015" || name == "legacy-cid-v0") return kUnixFs2015;
  if (name == "cidv1-raw") return kCidV1Raw;
  return fail(Code::kUsage, "unknown profile")
      .with_hint("profiles: unixfs-v1-2025, unixfs-v0-2015, cidv1-raw");
}

Result<std::size_t> parse_chunker(std::string_view text) {
  constexpr std::string_view kPrefix = "size-";
  Result<std::uint64_t> size = fail(Code::kUsage, "");
  if (text.starts_with(kPrefix)) size = parse_u64(text.substr(kPrefix.size()), kMaxChunkSize);
  if (size && *size > 0) return static_cast<std::size_t>(*size);
  return fail(Code::kUsage, "chunker must be size-N with N between 1 and 2096896");
}

Status check_layout(const Layout& layout) {
  if (layout.cid_version > 1) return fail(Code::kUsage, "CID version must be 0 or 1");
  if (layout.chunk_size == 0 || layout.chunk_size > kMaxChunkSize) {
    return fail(Code::kUsage, "chunk size must lie between 1 and 2096896");
  }
  if (layout.max_links < kMinLinksPerNode || layout.max_links > kMaxLinksPerNode) {
    return fail(Code::kUsage, "links per node must lie between 2 and 8192");
  }
  return {};
}

Leaf make_leaf(const Layout& layout, ByteView chunk) {
  if (layout.raw_leaves) {
    // Version 0 cannot name raw bytes: Kubo links such leaves by version 1 from version 0 nodes.
    return {cid_of_block(chunk, Codec::kRaw, 1), chunk.size(), chunk.size()};
  }
  const LeafFrame frame = frame_leaf(chunk.size());
  const Hash32 digest =
      crypto::Sha256().update(frame.head).update(chunk).update(frame.tail).finish();
  return {Cid{layout.cid_version, Codec::kDagPb, digest}, chunk.size(),
          frame.head.size() + chunk.size() + frame.tail.size()};
}

Bytes leaf_block(const Layout& layout, ByteView chunk) {
  if (layout.raw_leaves) return to_bytes(chunk);
  const LeafFrame frame = frame_leaf(chunk.size());
  Bytes block;
  block.reserve(frame.head.size() + chunk.size() + frame.tail.size());
  append(block, frame.head);
  append(block, chunk);
  append(block, frame.tail);
  return block;
}

TreeBuilder::TreeBuilder(const Layout& layout, BlockSink* sink) : layout_(layout), sink_(sink) {
  EMR_CHECK(check_layout(layout).ok());
}

Status TreeBuilder::add(const Leaf& leaf) {
  ++block_count_;
  return push(0, leaf);
}

// A level is folded only when one more child arrives, so that the top level can end as the root
// itself. Folding level i pushes into level i + 1, which may have to be folded first: the depth of
// this recursion is the depth of the tree.
Status TreeBuilder::push(std::size_t level, const Leaf& child) {
  if (level == levels_.size()) levels_.emplace_back();
  if (levels_[level].size() == layout_.max_links) {
    EMR_ASSIGN(const Leaf parent, fold(level));
    EMR_TRY(push(level + 1, parent));
  }
  levels_[level].push_back(child);
  return {};
}

Result<Leaf> TreeBuilder::fold(std::size_t level) {
  UnixFsData file;
  PbNode node;
  std::uint64_t below = 0;
  for (const Leaf& child : levels_[level]) {
    file.file_size += child.file_size;
    file.block_sizes.push_back(child.file_size);
    node.links.push_back({child.cid, "", child.total_size});
    below += child.total_size;
  }
  levels_[level].clear();
  if (file.file_size > kMaxObjectSize) {
    return fail(Code::kData, "file is larger than 4 TiB").with_reason("too_large");
  }
  node.data = encode_unixfs(file);
  const Bytes block = encode_node(node);
  if (block.size() > kMaxBlockSize) {
    return fail(Code::kData, "tree node is larger than a block").with_reason("too_large");
  }
  const Cid cid = cid_of_block(block, Codec::kDagPb, layout_.cid_version);
  ++block_count_;
  if (sink_ != nullptr) EMR_TRY(sink_->put(cid, block));
  return Leaf{cid, file.file_size, block.size() + below};
}

// Folds upward; a level with a single child is wrapped too unless it is the top, because in a
// balanced tree all leaves lie equally deep.
Result<ImportedFile> TreeBuilder::finish() {
  EMR_CHECK(!levels_.empty());
  for (std::size_t level = 0;; ++level) {
    if (level + 1 == levels_.size() && levels_[level].size() == 1) {
      const Leaf root = levels_[level].front();
      return ImportedFile{root.cid, root.file_size, root.total_size, block_count_};
    }
    EMR_ASSIGN(const Leaf parent, fold(level));
    EMR_TRY(push(level + 1, parent));
  }
}

Importer::Importer(const Layout& layout, BlockSink* sink)
    : layout_(layout), sink_(sink), tree_(layout, sink) {}

Status Importer::add_chunk(ByteView chunk) {
  any_ = true;
  const Leaf leaf = make_leaf(layout_, chunk);
  if (sink_ != nullptr) {
    if (layout_.raw_leaves) {
      EMR_TRY(sink_->put(leaf.cid, chunk));
    } else {
      EMR_TRY(sink_->put(leaf.cid, leaf_block(layout_, chunk)));
    }
  }
  return tree_.add(leaf);
}

// Whole chunks are hashed where they lie; only what is left over is copied.
Status Importer::write(ByteView bytes) {
  if (!pending_.empty()) {
    const std::size_t wanted = std::min(layout_.chunk_size - pending_.size(), bytes.size());
    append(pending_, bytes.first(wanted));
    bytes = bytes.subspan(wanted);
    if (pending_.size() < layout_.chunk_size) return {};
    EMR_TRY(add_chunk(pending_));
    pending_.clear();
  }
  for (; bytes.size() >= layout_.chunk_size; bytes = bytes.subspan(layout_.chunk_size)) {
    EMR_TRY(add_chunk(bytes.first(layout_.chunk_size)));
  }
  append(pending_, bytes);
  return {};
}

Result<ImportedFile> Importer::finish() {
  if (!pending_.empty() || !any_) EMR_TRY(add_chunk(pending_));
  pending_.clear();
  return tree_.finish();
}

}  // namespace emr::content
