#include "ipfs/pipeline.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "content/limits.h"
#include "crypto/hash.h"
#include "ipfs/limits.h"
#include "ipfs/ordered_pool.h"

namespace emr::ipfs {
namespace {

using content::Leaf;

/// A run of whole chunks (the last may be short) and their leaves.
struct ChunkRun {
  Bytes buffer;
  std::size_t size = 0;
  std::vector<Leaf> leaves;

  ByteView chunk(std::size_t index, std::size_t chunk_size) const {
    const std::size_t at = index * chunk_size;
    return ByteView(buffer).subspan(at, std::min(chunk_size, size - at));
  }
};

std::size_t window_of(unsigned threads) { return std::size_t{threads} * kUnitsPerThread; }

void make_leaves(const content::Layout& layout, ChunkRun& run) {
  const std::size_t count =
      std::max<std::size_t>(1, (run.size + layout.chunk_size - 1) / layout.chunk_size);
  run.leaves.clear();
  for (std::size_t i = 0; i < count; ++i) {
    run.leaves.push_back(content::make_leaf(layout, run.chunk(i, layout.chunk_size)));
  }
}

Status store_leaves(const content::Layout& layout, const ChunkRun& run, content::BlockSink* sink,
                    content::TreeBuilder& tree) {
  for (std::size_t i = 0; i < run.leaves.size(); ++i) {
    if (sink != nullptr) {
      const ByteView chunk = run.chunk(i, layout.chunk_size);
      if (layout.raw_leaves) {
        EMR_TRY(sink->put(run.leaves[i].cid, chunk));
      } else {
        EMR_TRY(sink->put(run.leaves[i].cid, content::leaf_block(layout, chunk)));
      }
    }
    EMR_TRY(tree.add(run.leaves[i]));
  }
  return {};
}

/// The plain stream as it is sealed: hashed and counted on the way, padded behind its end.
class PaddedSource final : public content::ByteSource {
 public:
  PaddedSource(content::ByteSource& source, Padding padding) : source_(source), padding_(padding) {}

  Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
    if (!ended_) {
      EMR_ASSIGN(const std::size_t got, source_.read(buffer));
      size_ += got;
      if (size_ > content::kMaxObjectSize) {
        return fail(Code::kData, "object is larger than 4 TiB").with_reason("too_large");
      }
      hash_.update(buffer.first(got));
      if (got > 0) return got;
      ended_ = true;
      zeros_left_ = padding_ == Padding::kPadme ? content::padme(size_) - size_ : 0;
    }
    const auto zeros =
        static_cast<std::size_t>(std::min<std::uint64_t>(zeros_left_, buffer.size()));
    std::fill_n(buffer.begin(), zeros, std::uint8_t{0});
    zeros_left_ -= zeros;
    return zeros;
  }

  std::uint64_t size() const noexcept { return size_; }
  Hash32 digest() { return hash_.finish(); }

 private:
  content::ByteSource& source_;
  Padding padding_;
  crypto::Sha256 hash_;
  std::uint64_t size_ = 0;
  std::uint64_t zeros_left_ = 0;
  bool ended_ = false;
};

/// One segment on its way from plain to stored.
struct Segment {
  crypto::SecretBytes plain{content::kPlainSize};
  std::size_t size = 0;
  std::uint64_t index = 0;
  bool last = false;
  Bytes sealed;
  Leaf leaf;
};

/// Binds the blinding of one object, so that the tree builder can store its nodes.
class ObjectSink final : public content::BlockSink {
 public:
  ObjectSink(ContentStore* store, const Hash32& blinding) : store_(store), blinding_(blinding) {}
  Status put(const content::Cid& cid, ByteView block) override {
    return store_ == nullptr ? Status() : store_->put(blinding_, cid, block);
  }

 private:
  ContentStore* store_;
  Hash32 blinding_;
};

Status read_segment(PaddedSource& source, std::uint64_t index, Segment& segment) {
  segment.index = index;
  const std::size_t full = content::plain_span(index).size;
  EMR_ASSIGN(segment.size, content::read_full(source, segment.plain.span().first(full)));
  return {};
}

// A segment's nonce says whether it is the last one, so each is held back until the next is read.
Status feed_segments(PaddedSource& source, OrderedPool<Segment>& pool) {
  std::unique_ptr<Segment> current = pool.take_item();
  EMR_TRY(read_segment(source, 0, *current));
  for (std::uint64_t index = 1;; ++index) {
    std::unique_ptr<Segment> next = pool.take_item();
    next->size = 0;
    if (current->size == content::plain_span(current->index).size) {
      EMR_TRY(read_segment(source, index, *next));
    }
    current->last = next->size == 0;
    const bool last = current->last;
    EMR_TRY(pool.push(std::move(current)));
    if (last) return pool.drain();
    current = std::move(next);
  }
}

}  // namespace

Result<content::ImportedFile> import_stream(content::ByteSource& source,
                                            const content::Layout& layout, unsigned threads,
                                            content::BlockSink* sink) {
  content::TreeBuilder tree(layout, sink);
  OrderedPool<ChunkRun> pool(
      threads, window_of(threads), [&](ChunkRun& run) { make_leaves(layout, run); },
      [&](ChunkRun& run) { return store_leaves(layout, run, sink, tree); });
  const std::size_t per_run = std::max<std::size_t>(1, kUnitBytes / layout.chunk_size);
  for (bool first = true;; first = false) {
    std::unique_ptr<ChunkRun> run = pool.take_item();
    run->buffer.resize(per_run * layout.chunk_size);
    EMR_ASSIGN(run->size, content::read_full(source, run->buffer));
    const bool short_run = run->size < run->buffer.size();
    if (run->size > 0 || first) EMR_TRY(pool.push(std::move(run)));
    if (short_run) break;
  }
  EMR_TRY(pool.drain());
  return tree.finish();
}

Result<SealedObject> seal_stream(content::ByteSource& source, const content::BlobAccess& access,
                                 const Hash32& blinding, ContentStore* store,
                                 const SealOptions& options) {
  const content::SegmentCipher cipher(access.key, access.header);
  const content::Layout& layout = content::kUnixFs2025;
  ObjectSink sink(store, blinding);
  content::TreeBuilder tree(layout, &sink);
  PaddedSource padded(source, options.padding);
  OrderedPool<Segment> pool(
      options.threads, window_of(options.threads),
      [&](Segment& segment) {
        segment.sealed =
            cipher.seal(segment.index, segment.last, segment.plain.view().first(segment.size));
        segment.leaf = content::make_leaf(layout, segment.sealed);
      },
      [&](Segment& segment) -> Status {
        EMR_TRY(sink.put(segment.leaf.cid, segment.sealed));
        return tree.add(segment.leaf);
      });
  EMR_TRY(feed_segments(padded, pool));
  EMR_ASSIGN(const content::ImportedFile file, tree.finish());
  EMR_ASSIGN(const std::uint64_t plain, content::plain_size(file.file_size));
  return SealedObject{.cid = file.root,
                      .size = padded.size(),
                      .padded = plain,
                      .sealed = file.file_size,
                      .block_count = file.block_count,
                      .sha256 = padded.digest()};
}

}  // namespace emr::ipfs
