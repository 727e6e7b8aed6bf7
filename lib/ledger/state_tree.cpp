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
/// Few enough that one is put in between fast, and many enough that the groups are few.
constexpr std::size_t kGroupRunsMax = 256;

Error malformed(const char* reason) {
  return fail(Code::kData, "not a chunk of a state").with_reason(reason);
}

/// Puts the bytes of a leaf together in a borrowed buffer: hashing goes fastest over one piece.
class LeafWriter {
 public:
  LeafWriter(WireWriter& scratch, std::string_view start, std::optional<std::string_view> stop,
             std::size_t count)
      : wire_(scratch) {
    wire_.clear();
    wire_.text("emr/state-chunk/1").text(start).u8(stop ? 1 : 0).text(stop.value_or(""));
    wire_.u32(static_cast<std::uint32_t>(count));
  }
  void add(std::string_view key, const Hash32& value) { wire_.text(key).raw(value); }
  Hash32 finish() const { return merkle_leaf(wire_.bytes()); }

 private:
  WireWriter& wire_;
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
  WireWriter scratch;
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

// --- where a key is ------------------------------------------------------------------------------

std::size_t StateTree::Run::chunks() const noexcept {
  return std::max<std::size_t>(1, (values.size() + kChunkEntriesMax - 1) / kChunkEntriesMax);
}

StateTree::Place StateTree::behind(Place place) const {
  return place.run + 1 < groups_[place.group]->runs.size() ? Place{place.group, place.run + 1}
                                                           : Place{place.group + 1, 0};
}

/// Where the next run starts.
std::optional<std::string_view> StateTree::stop_of(Place place) const {
  const Place next = behind(place);
  return is_end(next) ? std::nullopt : std::optional(start_of(next));
}

/// Would the key be in a run of this group?
bool StateTree::is_in_group(std::size_t group, std::string_view key) const {
  return key >= groups_[group]->starts[0] &&
         (group + 1 == groups_.size() || key < groups_[group + 1]->starts[0]);
}

/// `hint` is the group of the key before: often that of this one.
StateTree::Place StateTree::place_of(std::size_t hint, std::string_view key) const {
  std::size_t group = hint;
  if (!is_in_group(group, key)) {
    const auto above = std::upper_bound(
        groups_.begin(), groups_.end(), key,
        [](std::string_view wanted, const GroupPtr& one) { return wanted < one->starts[0]; });
    group = static_cast<std::size_t>(above - groups_.begin()) - 1;
  }
  const SortedKeys& starts = groups_[group]->starts;
  const std::size_t run = starts.find(key);
  return {group, starts.has(run, key) ? run : run - 1};
}

// --- changes -------------------------------------------------------------------------------------

StateTree::StateTree() {
  auto group = std::make_shared<Group>();
  group->starts.insert(0, "");
  group->runs.push_back(std::make_shared<Run>());
  groups_.push_back(std::move(group));
}

StateTree StateTree::of(const StateReader& state) {
  StateTree tree;
  std::size_t group = 0;
  std::string after;
  for (bool more = true; more;) {
    const std::vector<StateEntry> page = state.scan("", after, kScanPage);
    for (const StateEntry& entry : page) {
      group = tree.put(group, entry.key, crypto::sha256(as_bytes(entry.value)));
    }
    more = page.size() == kScanPage;
    if (more) after = page.back().key;
  }
  return tree;
}

void StateTree::apply(const std::vector<StateWrite>& writes) {
  std::size_t group = 0;
  for (const StateWrite& write : writes) {
    group = write.value ? put(group, write.key, crypto::sha256(as_bytes(*write.value)))
                        : erase(group, write.key);
  }
}

/// The group to be changed: a copy when another tree shares it. Its runs are shared then.
StateTree::Group& StateTree::own_group(std::size_t group) {
  GroupPtr& ours = groups_[group];
  if (ours.use_count() > 1) ours = std::make_shared<Group>(*ours);
  return *ours;
}

/// The run to be changed: a copy when another tree shares it.
StateTree::Run& StateTree::own(Place place) {
  RunPtr& ours = own_group(place.group).runs[place.run];
  if (ours.use_count() > 1) ours = std::make_shared<Run>(*ours);
  ours->leaves.clear();
  return *ours;
}

/// Behind the run at `before`.
void StateTree::add_run(Place before, std::string_view start, RunPtr run) {
  Group& group = own_group(before.group);
  const std::size_t place = before.run + 1;
  group.starts.insert(place, start);
  group.runs.insert(group.runs.begin() + static_cast<std::ptrdiff_t>(place), std::move(run));
  if (group.runs.size() <= kGroupRunsMax) return;
  const std::size_t half = kGroupRunsMax / 2;
  const auto first = group.runs.begin() + static_cast<std::ptrdiff_t>(half);
  auto next = std::make_shared<Group>();
  next->starts = group.starts.split(half);
  next->runs.assign(first, group.runs.end());
  group.runs.erase(first, group.runs.end());
  groups_.insert(groups_.begin() + static_cast<std::ptrdiff_t>(before.group) + 1, std::move(next));
}

/// Returns the hint for the next key.
std::size_t StateTree::put(std::size_t hint, std::string_view key, const Hash32& value) {
  const Place place = place_of(hint, key);
  const std::size_t entry = at(place).keys.find(key);
  const auto offset = static_cast<std::ptrdiff_t>(entry);
  if (at(place).keys.has(entry, key)) {
    own(place).values[entry] = value;
    return place.group;
  }
  ++entries_;
  Run& run = own(place);
  if (!is_chunk_boundary(key)) {
    run.keys.insert(entry, key);
    run.values.insert(run.values.begin() + offset, value);
    return place.group;
  }
  auto next = std::make_shared<Run>();
  next->keys = run.keys.split(entry);
  next->keys.insert(0, key);
  next->values.push_back(value);
  next->values.insert(next->values.end(), run.values.begin() + offset, run.values.end());
  run.values.resize(entry);
  add_run(place, key, std::move(next));
  return place.group;
}

/// The boundary key at which the run starts goes: what follows it joins the run before. Returns the
/// group of that.
std::size_t StateTree::join_to_run_before(Place place) {
  const Place before = place.run > 0
                           ? Place{place.group, place.run - 1}
                           : Place{place.group - 1, groups_[place.group - 1]->runs.size() - 1};
  const RunPtr gone = groups_[place.group]->runs[place.run];
  Run& run = own(before);
  run.keys.append(gone->keys, 1);
  run.values.insert(run.values.end(), gone->values.begin() + 1, gone->values.end());
  Group& group = own_group(place.group);
  group.starts.erase(place.run);
  group.runs.erase(group.runs.begin() + static_cast<std::ptrdiff_t>(place.run));
  if (group.runs.empty()) groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(place.group));
  return before.group;
}

/// Returns the hint for the next key.
std::size_t StateTree::erase(std::size_t hint, std::string_view key) {
  const Place place = place_of(hint, key);
  const std::size_t entry = at(place).keys.find(key);
  if (!at(place).keys.has(entry, key)) return place.group;
  --entries_;
  if (start_of(place) == key) return join_to_run_before(place);
  Run& run = own(place);
  run.keys.erase(entry);
  run.values.erase(run.values.begin() + static_cast<std::ptrdiff_t>(entry));
  return place.group;
}

// --- chunks --------------------------------------------------------------------------------------

/// Chunk number `piece` of one run.
ChunkIndex StateTree::cut(Place place, std::size_t piece) const {
  const Run& run = at(place);
  const std::size_t first = piece * kChunkEntriesMax;
  const std::size_t stop = std::min(run.keys.size(), first + kChunkEntriesMax);
  ChunkIndex index;
  index.start = piece == 0 ? start_of(place) : run.keys[first];
  if (stop < run.keys.size()) {
    index.stop = run.keys[stop];
  } else if (const auto next = stop_of(place)) {
    index.stop = *next;
  }
  index.entries.reserve(stop - first);
  for (std::size_t i = first; i < stop; ++i) {
    index.entries.emplace_back(run.keys[i], run.values[i]);
  }
  return index;
}

/// A run's last chunk also binds where the next run starts; that changes only together with a run
/// that is split or joined, which is this one.
void StateTree::refresh(Place place, WireWriter& scratch) const {
  Run& run = *groups_[place.group]->runs[place.run];
  if (!run.leaves.empty()) return;
  for (std::size_t piece = 0; piece < run.chunks(); ++piece) {
    const std::size_t first = piece * kChunkEntriesMax;
    const std::size_t end = std::min(run.keys.size(), first + kChunkEntriesMax);
    LeafWriter leaf(scratch, piece == 0 ? start_of(place) : run.keys[first],
                    end < run.keys.size() ? std::optional(run.keys[end]) : stop_of(place),
                    end - first);
    for (std::size_t i = first; i < end; ++i) leaf.add(run.keys[i], run.values[i]);
    run.leaves.push_back(leaf.finish());
  }
}

std::vector<Hash32> StateTree::leaves() const {
  std::vector<Hash32> all;
  all.reserve(groups_.size() * kGroupRunsMax);
  WireWriter scratch;
  for (Place place; !is_end(place); place = behind(place)) {
    refresh(place, scratch);
    all.insert(all.end(), at(place).leaves.begin(), at(place).leaves.end());
  }
  return all;
}

Hash32 StateTree::root() const {
  const std::vector<Hash32> all = leaves();
  return state_root(all.size(), merkle_root(all));
}

std::vector<std::string> StateTree::starts() const {
  std::vector<std::string> all;
  all.reserve(groups_.size() * kGroupRunsMax);
  for (Place place; !is_end(place); place = behind(place)) {
    all.emplace_back(start_of(place));
    for (std::size_t piece = 1; piece < at(place).chunks(); ++piece) {
      all.emplace_back(at(place).keys[piece * kChunkEntriesMax]);
    }
  }
  return all;
}

ChunkIndex StateTree::chunk(std::size_t number) const {
  for (Place place; !is_end(place); place = behind(place)) {
    if (number < at(place).chunks()) return cut(place, number);
    number -= at(place).chunks();
  }
  EMR_CHECK(false);
  return {};
}

std::size_t StateTree::chunk_of(std::string_view key) const {
  std::size_t number = 0;
  const Place own_run = place_of(0, key);
  for (Place place; place != own_run; place = behind(place)) number += at(place).chunks();
  const SortedKeys& keys = at(own_run).keys;
  const std::size_t entry = keys.find(key);
  const std::size_t below = keys.has(entry, key) ? entry : entry - std::min<std::size_t>(entry, 1);
  return number + below / kChunkEntriesMax;
}

}  // namespace emr::ledger
