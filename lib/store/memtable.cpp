#include "store/memtable.h"

#include <algorithm>
#include <compare>
#include <string_view>

#include "base/check.h"
#include "base/wire.h"
#include "store/limits.h"

namespace emr::store {

namespace {

constexpr std::uint8_t kOfState = 1;
constexpr std::uint8_t kErased = 2;
constexpr std::uint8_t kInTree = 4;
constexpr std::size_t kLogHeadBytes = 7;  ///< kind, length of the key, length of the value

std::size_t hash_of(ByteView key) noexcept { return std::hash<std::string_view>{}(as_text(key)); }

/// Positions before states, as a block brings them.
std::strong_ordering order(Table a, ByteView a_key, Table b, ByteView b_key) noexcept {
  if (a != b) return a == Table::kTxIndex ? std::strong_ordering::less
                                          : std::strong_ordering::greater;
  return as_text(a_key) <=> as_text(b_key);
}
std::strong_ordering order(const MemEntry& a, const MemEntry& b) noexcept {
  return order(a.table, a.key(), b.table, b.key());
}
bool is_before(const MemEntry& a, const MemEntry& b) noexcept { return order(a, b) < 0; }

const MemEntry* first_from(const std::vector<MemEntry>& entries, Table table,
                           ByteView key) noexcept {
  return std::lower_bound(entries.data(), entries.data() + entries.size(), key,
                          [table](const MemEntry& entry, ByteView wanted) {
                            return order(entry.table, entry.key(), table, wanted) < 0;
                          });
}

KeyFilter filter_of(const std::vector<MemEntry>& entries) {
  KeyFilter filter(entries.size());
  for (const MemEntry& entry : entries) filter.add(entry.hash);
  return filter;
}

using Changes = std::vector<WriteBatch::Change>;

/// The changes of gathered tables, the last one of each key, in order.
Changes last_changes(const WriteBatch& batch) {
  Changes changes;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Change change = batch.change(i);
    if (is_gathered(change.table)) changes.push_back(change);
  }
  const auto before = [](const WriteBatch::Change& a, const WriteBatch::Change& b) {
    return order(a.table, a.key, b.table, b.key) < 0;
  };
  if (!std::is_sorted(changes.begin(), changes.end(), before)) {
    std::stable_sort(changes.begin(), changes.end(), before);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i + 1 < changes.size() && !before(changes[i], changes[i + 1])) continue;
    changes[kept++] = changes[i];
  }
  changes.resize(kept);
  return changes;
}

/// Values of keys that differ in their ends alone are likely to share a page.
bool are_neighbours(const WriteBatch::Change& a, const WriteBatch::Change& b) {
  if (a.table != b.table || !a.value || !b.value || a.key.size() != b.key.size()) return false;
  const auto differ = std::mismatch(a.key.begin(), a.key.end(), b.key.begin()).first;
  return 4 * (differ - a.key.begin()) >= 3 * std::ssize(a.key);
}

/// Behind the last neighbour of this change.
std::size_t end_of_run(const Changes& changes, std::size_t first) {
  std::size_t stop = first + 1;
  while (stop < changes.size() && are_neighbours(changes[stop - 1], changes[stop])) ++stop;
  return stop;
}

struct LogEntry {
  const WriteBatch::Change* change;
  bool is_direct;  ///< into the trees: the log marks the key alone

  ByteView value() const { return is_direct ? ByteView() : change->value.value_or(ByteView()); }
  std::uint8_t kind() const {
    return static_cast<std::uint8_t>((change->table == Table::kState ? kOfState : 0) |
                                     (change->value ? 0 : kErased) | (is_direct ? kInTree : 0));
  }
};

/// In a piece of exactly its size: logs stay in memory until their changes have settled.
Bytes log_of(const std::vector<LogEntry>& entries) {
  std::size_t size = 0;
  for (const LogEntry& entry : entries) {
    size += kLogHeadBytes + entry.change->key.size() + entry.value().size();
  }
  WireWriter log(size);
  for (const LogEntry& entry : entries) {
    const ByteView key = entry.change->key;
    const ByteView value = entry.value();
    log.u8(entry.kind()).u16(static_cast<std::uint16_t>(key.size()));
    log.u32(static_cast<std::uint32_t>(value.size())).raw(key).raw(value);
  }
  return std::move(log).take();
}

enum class Marks : std::uint8_t { kRead, kSkipped };  ///< of what is in the tree

Result<MemRunPtr> read_log(std::uint64_t number, Bytes log, Marks marks) {
  auto run = std::make_shared<MemRun>();
  run->logs.push_back(std::make_shared<const MemLog>(MemLog{number, std::move(log)}));
  WireReader wire(run->logs.front()->bytes);
  std::optional<MemEntry> before;
  while (wire.remaining() > 0) {
    MemEntry entry;
    entry.batch = number;
    const std::uint8_t kind = wire.u8();
    entry.table = (kind & kOfState) != 0 ? Table::kState : Table::kTxIndex;
    entry.erased = (kind & kErased) != 0;
    entry.in_tree = (kind & kInTree) != 0;
    entry.key_size = wire.u16();
    entry.value_size = wire.u32();
    entry.at = wire.raw(std::size_t{entry.key_size} + entry.value_size).data();
    const bool has_value = !entry.erased && !entry.in_tree;
    const bool is_good = !wire.failed() && kind <= (kOfState | kInTree) && entry.key_size > 0 &&
                         entry.key_size <= kKeyBytesMax && (has_value || entry.value_size == 0);
    if (!is_good || (before && !is_before(*before, entry))) {
      return fail(Code::kData, "not a log of changes").with_reason("memlog");
    }
    entry.hash = hash_of(entry.key());
    before = entry;
    if (marks == Marks::kRead || !entry.in_tree) run->entries.push_back(entry);
  }
  run->filter = filter_of(run->entries);
  return MemRunPtr(std::move(run));
}

}  // namespace

const MemEntry* MemRun::find(Table table, ByteView key, std::size_t hash) const noexcept {
  if (!filter.may_hold(hash)) return nullptr;
  const MemEntry* const found = first_from(entries, table, key);
  const bool is_here = found != entries.data() + entries.size() &&
                       order(found->table, found->key(), table, key) == 0;
  return is_here ? found : nullptr;
}

const MemEntry* Memtable::find(Table table, ByteView key) const noexcept {
  if (empty()) return nullptr;
  const std::size_t hash = hash_of(key);
  for (auto run = young_.rbegin(); run != young_.rend(); ++run) {
    if (const MemEntry* const found = (*run)->find(table, key, hash)) return found;
  }
  return merged_->find(table, key, hash);
}

// --- changing ------------------------------------------------------------------------------------

MemStep Memtable::after(const WriteBatch& batch, bool settle_all) const {
  auto next = std::make_shared<Memtable>(*this);  // shares the runs
  MemStep step;
  step.number = last_ + 1;
  // What goes into the trees is marked in the log alone: nothing older of its keys waits here.
  auto run = read_log(step.number, split(batch, step.direct), Marks::kSkipped);
  EMR_CHECK(run.ok());
  step.run = *run;
  next->add(step.run);
  settle_all = settle_all || next->bytes() > kMemtableBytesMax ||
               next->batches_.size() > kMemtableBatchesMax;
  if (settle_all) next->begin_round();
  const std::size_t waiting = next->waiting();
  const std::size_t least = next->bytes() < kMemtableBytesMax / 4 ? kMemtableEntriesLeast : 0;
  const std::size_t spare = waiting - std::min(waiting, least);
  step.settled = next->settle(settle_all ? waiting : std::min(spare, waiting / next->slices()));
  step.source = next->merged_;
  EMR_CHECK(!settle_all || next->batches_.empty());
  step.first_kept = next->batches_.empty() ? step.number + 1 : next->batches_.front().number;
  if (next->batches_.empty()) {  // what is left of the runs says what the trees say
    next->merged_ = std::make_shared<const MemRun>();
    next->young_.clear();
    next->fresh_ = 0;
    next->settled_first_ = next->settled_last_ = 0;
  }
  step.next = std::move(next);
  return step;
}

/// The log of the batch, and what of it goes into the trees at once: runs of neighbours, but for
/// what an older change waits for.
Bytes Memtable::split(const WriteBatch& batch, Changes& direct) const {
  std::vector<LogEntry> entries;
  const Changes changes = last_changes(batch);
  entries.reserve(changes.size());
  for (std::size_t at = 0; at < changes.size();) {
    const std::size_t stop = end_of_run(changes, at);
    const bool is_run = stop - at >= kMemtableNeighboursLeast;
    for (; at < stop; ++at) {
      const WriteBatch::Change& change = changes[at];
      const bool is_direct = is_run && find(change.table, change.key) == nullptr;
      entries.push_back({&change, is_direct});
      if (is_direct) direct.push_back(change);
    }
  }
  return log_of(entries);
}

Status Memtable::add_logged(std::uint64_t number, Bytes log) {
  EMR_ASSIGN(MemRunPtr run, read_log(number, std::move(log), Marks::kRead));
  const bool is_next = last_ == 0 ? number > 0 : number == last_ + 1;
  if (!is_next) return fail(Code::kData, "a log of changes is missing").with_reason("memlog");
  add(std::move(run));
  return {};
}

/// A mark has done its duty when it has replaced what older logs say of its key.
void Memtable::end_logs() {
  begin_round();
  auto run = std::make_shared<MemRun>(*merged_);
  std::erase_if(run->entries, [this](const MemEntry& entry) {
    if (entry.in_tree) count_off(entry);
    return entry.in_tree;
  });
  merged_ = std::move(run);
}

void Memtable::add(MemRunPtr run) {
  const MemLog& log = *run->logs.front();
  last_ = log.number;
  batches_.push_back({log.number, run->entries.size(), log.bytes.size()});
  young_.push_back(std::move(run));
  if (++fresh_ == kMemtableRunsJoined) join_fresh();
  if (young_.size() - fresh_ == kMemtableRunsMerged) merge();
}

/// The entry is settled or replaced. Logs go from the oldest on: a younger one may hold what came
/// after a change in an older one.
void Memtable::count_off(const MemEntry& entry) noexcept {
  const auto batch = std::lower_bound(
      batches_.begin(), batches_.end(), entry.batch,
      [](const Batch& one, std::uint64_t number) { return one.number < number; });
  EMR_CHECK(batch != batches_.end() && batch->number == entry.batch && batch->live > 0);
  --batch->live;
}

/// Both in order, behind what is there; of a key in both, the younger change.
void Memtable::join(std::span<const MemEntry> older, std::span<const MemEntry> younger,
                    std::vector<MemEntry>& all) {
  auto at = older.begin();
  for (const MemEntry& entry : younger) {
    std::strong_ordering place = std::strong_ordering::greater;
    for (; at != older.end() && (place = order(*at, entry)) < 0; ++at) all.push_back(*at);
    if (at != older.end() && place == 0) count_off(*at++);
    all.push_back(entry);
  }
  all.insert(all.end(), at, older.end());
}

/// Halves first, so that an entry is looked at a few times only.
std::vector<MemEntry> Memtable::join(std::span<const MemRunPtr> runs) {
  if (runs.empty()) return {};
  if (runs.size() == 1) return runs.front()->entries;
  const auto older = join(runs.first(runs.size() / 2));
  const auto younger = join(runs.subspan(runs.size() / 2));
  std::vector<MemEntry> all;
  all.reserve(older.size() + younger.size());
  join(older, younger, all);
  return all;
}

MemRunPtr Memtable::joined(std::span<const MemRunPtr> runs) {
  auto run = std::make_shared<MemRun>();
  run->entries = join(runs);
  run->filter = filter_of(run->entries);
  for (const MemRunPtr& one : runs) {
    run->logs.insert(run->logs.end(), one->logs.begin(), one->logs.end());
  }
  return run;
}

/// One run out of the last batches.
void Memtable::join_fresh() {
  const auto first = young_.end() - static_cast<std::ptrdiff_t>(fresh_);
  MemRunPtr run = joined({first, young_.end()});
  young_.erase(first, young_.end());
  young_.push_back(std::move(run));
  fresh_ = 0;
}

/// One run out of all: of what is not settled, the youngest change of each key.
void Memtable::merge() {
  const std::span<const MemEntry> old(merged_->entries);
  const std::span<const MemEntry> rest = old.subspan(settled_last_);
  const std::vector<MemEntry> young = join(young_);
  const auto border = rest.empty() ? young.end()
                                   : std::lower_bound(young.begin(), young.end(), rest.front(),
                                                      is_before);
  auto merged = std::make_shared<MemRun>();
  std::vector<MemEntry>& all = merged->entries;
  all.reserve(settled_first_ + rest.size() + young.size());
  join(old.first(settled_first_), {young.begin(), border}, all);
  settled_first_ = settled_last_ = rest.empty() ? 0 : all.size();  // here the round goes on
  join(rest, {border, young.end()}, all);
  merged->filter = filter_of(merged->entries);
  for (const auto& log : merged_->logs) {  // what is logged no more has no entry that waits
    const bool is_kept = !batches_.empty() && log->number >= batches_.front().number;
    if (is_kept) merged->logs.push_back(log);
  }
  for (const MemRunPtr& run : young_) {
    merged->logs.insert(merged->logs.end(), run->logs.begin(), run->logs.end());
  }
  merged_ = std::move(merged);
  young_.clear();
  fresh_ = 0;
}

std::size_t Memtable::waiting() const noexcept {
  std::size_t count = merged_->entries.size() - (settled_last_ - settled_first_);
  for (const MemRunPtr& run : young_) count += run->entries.size();
  return count;
}

std::size_t Memtable::bytes() const noexcept {
  std::size_t sum = 0;
  for (const Batch& batch : batches_) sum += batch.bytes;
  return sum;
}

/// Few where batches are large: the logs of a round, which are those of twice as many batches, and
/// of what waits for it stay well below what is too much.
std::size_t Memtable::slices() const noexcept {
  const std::size_t fit = kMemtableBytesMax * batches_.size() / (4 * bytes() + 1);
  return std::clamp<std::size_t>(fit, 1, kMemtableSlices);
}

void Memtable::begin_round() {
  merge();
  settled_first_ = settled_last_ = 0;
}

/// The next entries of the round through the key space. Behind its end the next one begins.
std::span<const MemEntry> Memtable::settle(std::size_t count) {
  if (count > 0 && settled_last_ == merged_->entries.size()) merge();
  const std::span<const MemEntry> all(merged_->entries);
  const std::size_t first = settled_last_;
  settled_last_ += std::min(count, all.size() - first);
  const auto slice = all.subspan(first, settled_last_ - first);
  for (const MemEntry& entry : slice) count_off(entry);
  const auto live = std::find_if(batches_.begin(), batches_.end(),
                                 [](const Batch& batch) { return batch.live > 0; });
  batches_.erase(batches_.begin(), live);
  return slice;
}

// --- reading in order ----------------------------------------------------------------------------

Memtable::Cursor::Cursor(const Memtable& memtable, Table table, ByteView from) {
  const auto add = [&](const MemRun& run) {
    const auto& entries = run.entries;
    const MemEntry* const at = first_from(entries, table, from);
    const MemEntry* const last = entries.data() + entries.size();
    const MemEntry* const stop = table == Table::kTxIndex ? first_from(entries, Table::kState, {})
                                                          : last;
    if (at != stop) ranges_.push_back({at, stop});
  };
  for (auto run = memtable.young_.rbegin(); run != memtable.young_.rend(); ++run) add(**run);
  add(*memtable.merged_);
  choose();
}

void Memtable::Cursor::choose() noexcept {
  now_ = nullptr;
  for (const Range& range : ranges_) {
    if (range.at == range.stop) continue;
    if (now_ == nullptr || is_before(*range.at, *now_)) now_ = range.at;  // the younger of equals
  }
}

void Memtable::Cursor::next() {
  const MemEntry done = *now_;
  for (Range& range : ranges_) {
    if (range.at != range.stop && !is_before(done, *range.at)) ++range.at;
  }
  choose();
}

}  // namespace emr::store
