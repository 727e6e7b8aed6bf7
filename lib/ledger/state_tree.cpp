#include "ledger/state_tree.h"

#include <algorithm>
#include <array>

#include "base/big_endian.h"
#include "base/check.h"
#include "base/wire.h"
#include "crypto/hash.h"
#include "ledger/limits.h"
#include "ledger/merkle.h"

namespace emr::ledger {

namespace {

constexpr std::size_t kScanPage = 1024;

Error malformed(const char* reason) {
  return fail(Code::kData, "not a chunk of a state").with_reason(reason);
}

/// Puts the bytes of a leaf together in a borrowed buffer: hashing goes fastest over one piece.
class LeafWriter {
 public:
  LeafWriter(Bytes& scratch, std::string_view start, std::optional<std::string_view> stop,
             std::size_t count)
      : bytes_(scratch) {
    bytes_.clear();
    text("emr/state-chunk/1");
    text(start);
    bytes_.push_back(stop ? 1 : 0);
    text(stop.value_or(""));
    length(count);
  }
  void add(std::string_view key, const Hash32& value) {
    text(key);
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  Hash32 finish() const { return merkle_leaf(bytes_); }

 private:
  void length(std::size_t size) {
    const auto value = static_cast<std::uint32_t>(size);
    const std::uint8_t big_endian[] = {
        static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
        static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
    bytes_.insert(bytes_.end(), std::begin(big_endian), std::end(big_endian));
  }
  void text(std::string_view text) {
    length(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }

  Bytes& bytes_;
};

}  // namespace

Hash32 state_root(std::uint64_t chunks, const Hash32& tree_root) noexcept {
  std::array<std::uint8_t, sizeof chunks> count{};
  store_big_endian(count.data(), chunks);
  return crypto::tagged_hash("emr/state-root/1", {ByteView(count), ByteView(tree_root)});
}

bool is_chunk_boundary(std::string_view key) noexcept {
  return crypto::tagged_hash("emr/chunk-boundary/1", as_bytes(key))[0] % kChunkEntriesMean == 0;
}

Result<Hash32> chunk_leaf(const ChunkIndex& index) {
  if (index.entries.size() > kChunkEntriesMax) return malformed("limit");
  if (index.stop && *index.stop <= index.start) return malformed("range");
  Bytes scratch;
  LeafWriter leaf(scratch, index.start, index.stop, index.entries.size());
  const std::string* before = nullptr;
  for (const auto& [key, value] : index.entries) {
    const bool in_order = before == nullptr ? key >= index.start : key > *before;
    if (!in_order || key.empty() || (index.stop && key >= *index.stop)) return malformed("order");
    leaf.add(key, value);
    before = &key;
  }
  return leaf.finish();
}

Bytes encode_chunk(const StateChunk& chunk) {
  WireWriter wire;
  wire.text(chunk.start).u8(chunk.stop ? 1 : 0).text(chunk.stop.value_or(""));
  wire.u32(static_cast<std::uint32_t>(chunk.entries.size()));
  for (const StateEntry& entry : chunk.entries) wire.text(entry.key).text(entry.value);
  return std::move(wire).take();
}

Result<StateChunk> decode_chunk(ByteView bytes) {
  WireReader wire(bytes);
  StateChunk chunk;
  chunk.start = wire.text(kStateKeyBytesMax);
  const std::uint8_t has_stop = wire.u8();
  const std::string_view stop = wire.text(kStateKeyBytesMax);
  if (has_stop > 1 || (has_stop == 0 && !stop.empty())) wire.reject();
  if (has_stop == 1) chunk.stop = stop;
  const std::uint32_t count = wire.u32();
  if (count > kChunkEntriesMax) wire.reject();
  for (std::uint32_t i = 0; i < count && !wire.failed(); ++i) {
    StateEntry entry;
    entry.key = wire.text(kStateKeyBytesMax);
    entry.value = wire.text(kStateValueBytesMax);
    chunk.entries.push_back(std::move(entry));
  }
  EMR_TRY(wire.finish());
  return chunk;
}

ChunkIndex index_of(const StateChunk& chunk) {
  ChunkIndex index{chunk.start, chunk.stop, {}};
  index.entries.reserve(chunk.entries.size());
  for (const StateEntry& entry : chunk.entries) {
    index.entries.emplace_back(entry.key, crypto::sha256(as_bytes(entry.value)));
  }
  return index;
}

// --- runs ----------------------------------------------------------------------------------------

std::size_t StateTree::Run::chunks() const noexcept {
  return std::max<std::size_t>(1, (size() + kChunkEntriesMax - 1) / kChunkEntriesMax);
}

std::string_view StateTree::Run::key(std::size_t place) const noexcept {
  const std::uint32_t begin = place == 0 ? 0 : stops[place - 1];
  return std::string_view(keys).substr(begin, stops[place] - begin);
}

/// The place of the first key that is not smaller.
std::size_t StateTree::Run::find(std::string_view wanted) const noexcept {
  std::size_t low = 0;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (key(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void StateTree::Run::insert(std::size_t place, std::string_view key, const Hash32& value) {
  const std::uint32_t begin = place == 0 ? 0 : stops[place - 1];
  const auto length = static_cast<std::uint32_t>(key.size());
  keys.insert(begin, key);
  for (std::size_t i = place; i < stops.size(); ++i) stops[i] += length;
  const auto offset = static_cast<std::ptrdiff_t>(place);
  stops.insert(stops.begin() + offset, begin + length);
  values.insert(values.begin() + offset, value);
}

void StateTree::Run::erase(std::size_t place) {
  const std::uint32_t begin = place == 0 ? 0 : stops[place - 1];
  const std::uint32_t length = stops[place] - begin;
  keys.erase(begin, length);
  const auto offset = static_cast<std::ptrdiff_t>(place);
  stops.erase(stops.begin() + offset);
  values.erase(values.begin() + offset);
  for (std::size_t i = place; i < stops.size(); ++i) stops[i] -= length;
}

/// The entries of another run from `first` on.
void StateTree::Run::append(const Run& other, std::size_t first) {
  for (std::size_t i = first; i < other.size(); ++i) {
    keys += other.key(i);
    stops.push_back(static_cast<std::uint32_t>(keys.size()));
    values.push_back(other.values[i]);
  }
}

void StateTree::Run::truncate(std::size_t size) {
  stops.resize(size);
  values.resize(size);
  keys.resize(size == 0 ? 0 : stops.back());
}

// --- changes -------------------------------------------------------------------------------------

StateTree::StateTree() { runs_.emplace("", std::make_shared<Run>()); }

StateTree StateTree::of(const StateReader& state) {
  StateTree tree;
  auto last = tree.runs_.begin();
  std::string after;
  for (bool more = true; more;) {
    const std::vector<StateEntry> page = state.scan("", after, kScanPage);
    for (const StateEntry& entry : page) {
      last = tree.put(last, entry.key, crypto::sha256(as_bytes(entry.value)));
    }
    more = page.size() == kScanPage;
    if (more) after = page.back().key;
  }
  return tree;
}

void StateTree::apply(const std::vector<StateWrite>& writes) {
  auto last = runs_.begin();
  for (const StateWrite& write : writes) {
    last = write.value ? put(last, write.key, crypto::sha256(as_bytes(*write.value)))
                       : erase(last, write.key);
  }
}

/// `last` is where the key before was: often the run of this one too.
StateTree::Runs::iterator StateTree::run_of(Runs::iterator last, std::string_view key) {
  const auto next = std::next(last);
  if (key >= last->first && (next == runs_.end() || key < next->first)) return last;
  return std::prev(runs_.upper_bound(key));
}

/// The run to be changed: a copy when another tree shares it.
StateTree::Run& StateTree::own(Runs::iterator at) {
  if (at->second.use_count() > 1) at->second = std::make_shared<Run>(*at->second);
  at->second->leaves.clear();
  return *at->second;
}

/// Returns the run that holds the key now.
StateTree::Runs::iterator StateTree::put(Runs::iterator last, std::string_view key,
                                         const Hash32& value) {
  const auto at = run_of(last, key);
  const std::size_t place = at->second->find(key);
  if (place < at->second->size() && at->second->key(place) == key) {
    own(at).values[place] = value;
    return at;
  }
  ++entries_;
  if (!is_chunk_boundary(key)) {
    own(at).insert(place, key, value);
    return at;
  }
  auto next = std::make_shared<Run>();
  next->insert(0, key, value);
  next->append(*at->second, place);
  own(at).truncate(place);
  return runs_.emplace(key, std::move(next)).first;
}

/// Returns the run that would hold the key.
StateTree::Runs::iterator StateTree::erase(Runs::iterator last, std::string_view key) {
  const auto at = run_of(last, key);
  const std::size_t place = at->second->find(key);
  if (place == at->second->size() || at->second->key(place) != key) return at;
  --entries_;
  if (at->first != key) {
    own(at).erase(place);
    return at;
  }
  const auto before = std::prev(at);  // a boundary goes: its run joins the one before
  own(before).append(*at->second, 1);
  runs_.erase(at);
  return before;
}

// --- chunks --------------------------------------------------------------------------------------

/// Chunk number `piece` of one run.
ChunkIndex StateTree::cut(Runs::const_iterator at, Runs::const_iterator last, std::size_t piece) {
  const Run& run = *at->second;
  const std::size_t first = piece * kChunkEntriesMax;
  const std::size_t stop = std::min(run.size(), first + kChunkEntriesMax);
  ChunkIndex index;
  index.start = piece == 0 ? at->first : std::string(run.key(first));
  if (stop < run.size()) {
    index.stop = run.key(stop);
  } else if (const auto next = std::next(at); next != last) {
    index.stop = next->first;
  }
  index.entries.reserve(stop - first);
  for (std::size_t i = first; i < stop; ++i) {
    index.entries.emplace_back(run.key(i), run.values[i]);
  }
  return index;
}

/// A run's last chunk also binds where the next run starts; that changes only together with a run
/// that is split or joined, which is this one.
void StateTree::refresh(Runs::const_iterator at, Runs::const_iterator last, Bytes& scratch) {
  Run& run = *at->second;
  if (!run.leaves.empty()) return;
  const auto next = std::next(at);
  for (std::size_t piece = 0; piece < run.chunks(); ++piece) {
    const std::size_t first = piece * kChunkEntriesMax;
    const std::size_t end = std::min(run.size(), first + kChunkEntriesMax);
    LeafWriter leaf(scratch, piece == 0 ? std::string_view(at->first) : run.key(first),
                    end < run.size() ? std::optional(run.key(end))
                    : next != last   ? std::optional(std::string_view(next->first))
                                     : std::nullopt,
                    end - first);
    for (std::size_t i = first; i < end; ++i) leaf.add(run.key(i), run.values[i]);
    run.leaves.push_back(leaf.finish());
  }
}

std::vector<Hash32> StateTree::leaves() const {
  std::vector<Hash32> all;
  all.reserve(runs_.size());
  Bytes scratch;
  for (auto at = runs_.begin(); at != runs_.end(); ++at) {
    refresh(at, runs_.end(), scratch);
    all.insert(all.end(), at->second->leaves.begin(), at->second->leaves.end());
  }
  return all;
}

Hash32 StateTree::root() const {
  const std::vector<Hash32> all = leaves();
  return state_root(all.size(), merkle_root(all));
}

std::vector<std::string> StateTree::starts() const {
  std::vector<std::string> all;
  all.reserve(runs_.size());
  for (const auto& [start, run] : runs_) {
    all.push_back(start);
    for (std::size_t piece = 1; piece < run->chunks(); ++piece) {
      all.emplace_back(run->key(piece * kChunkEntriesMax));
    }
  }
  return all;
}

ChunkIndex StateTree::chunk(std::size_t number) const {
  for (auto at = runs_.begin(); at != runs_.end(); ++at) {
    if (number < at->second->chunks()) return cut(at, runs_.end(), number);
    number -= at->second->chunks();
  }
  EMR_CHECK(false);
  return {};
}

std::size_t StateTree::chunk_of(std::string_view key) const {
  std::size_t number = 0;
  const auto own_run = std::prev(runs_.upper_bound(key));
  for (auto at = runs_.begin(); at != own_run; ++at) number += at->second->chunks();
  const std::size_t place = own_run->second->find(key);
  const bool present = place < own_run->second->size() && own_run->second->key(place) == key;
  const std::size_t below = present ? place : place - std::min<std::size_t>(place, 1);
  return number + below / kChunkEntriesMax;
}

}  // namespace emr::ledger
