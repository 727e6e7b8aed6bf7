#include "pipeline.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace emr::tool {
namespace {

/// Large enough that handing over costs nothing; so small that a batch, its output and what is read
/// next lie in the second cache together.
constexpr std::size_t kBatchBytes = std::size_t{64} << 10;
/// Batches in flight per thread.
constexpr std::size_t kBatchesPerJob = 3;
/// Records that a worker is told of at a time: enough to use each step's code several times, few
/// enough to leave their data in the first two caches.
constexpr std::size_t kTogether = 16;
constexpr std::size_t kTogetherBytes = std::size_t{32} << 10;

std::uint64_t count_lines(std::string_view bytes) {
  // memchr runs at memory speed, a plain loop would cost a tenth of the whole job.
  std::uint64_t lines = 0;
  for (;;) {
    const void* newline = std::memchr(bytes.data(), '\n', bytes.size());
    if (newline == nullptr) {
      return lines;
    }
    ++lines;
    bytes.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(newline) - bytes.data()) +
                        1);
  }
}

}  // namespace

Result<std::unique_ptr<Pipeline>> Pipeline::create(PipelineSetup setup) {
  const unsigned jobs = std::max(1U, setup.jobs);
  std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(setup)));
  for (unsigned i = 0; i < jobs; ++i) {
    EMR_ASSIGN(auto worker, pipeline->setup_.make_worker());
    pipeline->workers_.push_back(std::move(worker));
  }
  return pipeline;
}

Pipeline::~Pipeline() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    next_to_work_ = batches_.size();  // nothing more is started
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

Status Pipeline::feed(std::string_view bytes) {
  feed_bytes(bytes);
  std::string room;
  return feed_text(setup_.decoder == nullptr ? bytes : setup_.decoder->decode(bytes, room));
}

Status Pipeline::feed_text(std::string_view text) {
  if (passing_over_) {
    const std::size_t newline = text.find('\n');
    if (newline == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(newline + 1);
    ++line_;
    passing_over_ = false;
  }
  buffer_.append(text);
  return cut(false);
}

Status Pipeline::feed_record(std::string_view record, std::uint64_t line) {
  feed_bytes(record);
  buffer_.append(record);
  cut_ += record.size();
  cuts_.push_back({.size = record.size(), .line = line});
  ++records_;
  return cut_ >= kBatchBytes ? hand_over() : Status();
}

void Pipeline::feed_bytes(std::string_view bytes) {
  bytes_in_ += bytes.size();
  if (setup_.hash_streams) {
    input_hash_.update(bytes);
  }
}

Status Pipeline::flush() {
  if (stopped_) {
    return {};
  }
  EMR_TRY(hand_over());
  return write_finished(true);
}

Status Pipeline::catch_up(const std::function<bool()>& has_input) {
  EMR_TRY(hand_over());
  while (in_flight() && !has_input()) {
    EMR_TRY(write_finished(false));
  }
  return {};
}

bool Pipeline::in_flight() {
  const std::lock_guard lock(mutex_);
  return !batches_.empty();
}

Status Pipeline::cut(bool at_end) {
  while (cut_ < buffer_.size()) {
    const std::string_view rest = std::string_view(buffer_).substr(cut_);
    auto frame = setup_.framer->next(rest, at_end);
    if (!frame) {
      return std::move(frame).error().with_line(
          line_ + count_lines(std::string_view(buffer_).substr(0, cut_)));
    }
    if (std::max(frame->size, frame->size == 0 ? rest.size() : 0) > setup_.max_record_bytes) {
      EMR_TRY(pass_over(frame->glue == 0 ? frame->size : 0));
      continue;
    }
    if (frame->size == 0) {
      break;
    }
    if (frame->kind == desensitize::FrameKind::kPrologue) {
      EMR_TRY(take_prologue(frame->size));
      continue;
    }
    cut_ += frame->size;
    cuts_.push_back({.size = frame->size, .glue = frame->glue, .element = frame->element});
    records_ += frame->glue < frame->size ? 1 : 0;
    if (cut_ >= kBatchBytes) {
      EMR_TRY(hand_over());
    }
  }
  // What was fed goes as one batch: what is behind a batch is copied to the front of the buffer.
  return cut_ >= kBatchBytes / 2 ? hand_over() : Status();
}

/// A record beyond the limit at the front of what is not cut yet; `size` 0: its end was not seen.
/// With --on-error skip it is one rejected record where its end can be found.
Status Pipeline::pass_over(std::size_t size) {
  const bool has_end = size != 0 || setup_.framer->line_records();
  const std::string limit = std::to_string(setup_.max_record_bytes >> 20) + " MiB";
  Error error = fail(Code::kData, "record is longer than the limit of " + limit)
                    .with_reason("too_large")
                    .with_hint(has_end ? "a record is held in memory whole; --on-error skip passes "
                                         "over it"
                                       : std::string(setup_.too_large_hint));
  const std::uint64_t before = count_lines(std::string_view(buffer_).substr(0, cut_));
  if (setup_.stop_on_error || !has_end) {
    return std::move(error).with_line(line_ + before);
  }
  EMR_TRY(flush());
  ++records_;
  EMR_TRY(setup_.errors->failed(line_, std::move(error).with_line(line_)));
  passing_over_ = size == 0;
  line_ += size == 0 ? 0 : count_lines(std::string_view(buffer_).substr(0, size));
  buffer_.erase(0, size == 0 ? std::string::npos : size);
  return {};
}

/// The prologue stands before any record, so no thread runs yet.
Status Pipeline::take_prologue(std::size_t size) {
  EMR_TRY(flush());
  const std::string bytes = buffer_.substr(0, size);
  std::string out;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    std::string own;
    auto done = workers_[i]->prologue(bytes, own);
    if (!done) {
      return std::move(done).error().with_line(line_);
    }
    out = i == 0 ? std::move(own) : out;
  }
  line_ += count_lines(bytes);
  buffer_.erase(0, size);
  Batch batch;
  batch.out = std::move(out);
  return write(batch);
}

Status Pipeline::hand_over() {
  if (cuts_.empty()) {
    return {};
  }
  std::unique_ptr<Batch> batch = take_batch();
  if (workers_.size() == 1) {
    process(*batch, *workers_[0]);
    Status written = write(*batch);
    recycle(std::move(batch));
    return written;
  }
  if (threads_.empty()) {
    for (auto& worker : workers_) {
      threads_.emplace_back([this, &worker] { work(*worker); });
    }
  }
  {
    const std::lock_guard lock(mutex_);
    batches_.push_back(std::move(batch));
  }
  changed_.notify_all();
  return write_finished(false);
}

/// The framed records as a batch; the buffer keeps what is behind them.
std::unique_ptr<Pipeline::Batch> Pipeline::take_batch() {
  std::unique_ptr<Batch> batch;
  if (spare_.empty()) {
    batch = std::make_unique<Batch>();
  } else {
    batch = std::move(spare_.back());
    spare_.pop_back();
    batch->out.clear();
    batch->failures.clear();
    batch->pieces.clear();
    batch->done = false;
  }
  // The two strings change places, so only the few bytes of the unfinished record are copied.
  batch->bytes.swap(buffer_);
  buffer_.assign(batch->bytes, cut_, std::string::npos);
  batch->cuts.swap(cuts_);
  cuts_.clear();
  batch->first_line = line_;
  batch->one_line_each = setup_.framer->line_records();
  line_ += batch->one_line_each
               ? batch->cuts.size()
               : count_lines(std::string_view(batch->bytes).substr(0, cut_));
  cut_ = 0;
  return batch;
}

/// The memory of an unusually long record is given back.
void Pipeline::recycle(std::unique_ptr<Batch> batch) {
  constexpr std::size_t kLargest = 4 * kBatchBytes;
  if (batch->bytes.capacity() <= kLargest && batch->out.capacity() <= kLargest) {
    spare_.push_back(std::move(batch));
  }
}

void Pipeline::work(Worker& worker) {
  for (;;) {
    Batch* batch = nullptr;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return closing_ || next_to_work_ < batches_.size(); });
      if (next_to_work_ >= batches_.size()) {
        return;
      }
      batch = batches_[next_to_work_++].get();
    }
    process(*batch, worker);
    {
      const std::lock_guard lock(mutex_);
      batch->done = true;
    }
    changed_.notify_all();
  }
}

/// Tells the worker which records come next, a few short ones at a time: those from this cut on,
/// which begins at byte `at`. Returns how many cuts that were.
std::size_t Pipeline::announce(const Batch& batch, std::size_t cut, std::size_t at,
                               Worker& worker) {
  std::array<std::string_view, kTogether> records;
  std::size_t count = 0;
  std::size_t cuts = 0;
  for (std::size_t bytes = 0; cut + cuts < batch.cuts.size() && count < kTogether; ++cuts) {
    const Cut& next = batch.cuts[cut + cuts];
    bytes += next.size;
    if (cuts > 0 && bytes > kTogetherBytes) break;
    const std::string_view frame = std::string_view(batch.bytes).substr(at, next.size);
    if (next.size > next.glue) records[count++] = frame.substr(next.glue);
    at += next.size;
  }
  worker.expect(std::span(records).first(count));
  return cuts;
}

void Pipeline::process(Batch& batch, Worker& worker) const {
  std::size_t at = 0;
  std::size_t announced = 0;
  std::uint64_t line = batch.first_line;
  for (std::size_t i = 0; i < batch.cuts.size(); ++i) {
    const Cut& cut = batch.cuts[i];
    if (i == announced) announced += announce(batch, i, at, worker);
    const std::string_view frame = std::string_view(batch.bytes).substr(at, cut.size);
    const std::string_view record = frame.substr(cut.glue);
    line = cut.line != 0 ? cut.line : line;
    const std::size_t mark = batch.out.size();
    worker.place.clear();
    if (cut.glue > 0) {
      batch.pieces.push_back({at, cut.glue, mark});
      worker.place.append("/").append(std::to_string(cut.element));
      line += count_lines(frame.substr(0, cut.glue));
    }
    Status done = record.empty() ? Status() : worker.run(record, line, batch.out);
    if (!done) {
      batch.out.resize(mark);
      Error error = std::move(done).error();
      if (cut.glue > 0) error.pointer.insert(0, worker.place);
      if (setup_.decoder != nullptr && error.reason == "utf8") error.hint = setup_.decoder->hint();
      batch.failures.push_back({line, std::move(error)});
      if (setup_.stop_on_error) {
        return;
      }
    }
    at += cut.size;
    line += batch.one_line_each ? 1 : count_lines(record);
  }
}

Status Pipeline::write_finished(bool wait_for_all) {
  const std::size_t allowed = wait_for_all ? 0 : workers_.size() * kBatchesPerJob;
  for (;;) {
    std::unique_ptr<Batch> batch;
    {
      std::unique_lock lock(mutex_);
      if (batches_.size() > allowed) {
        changed_.wait(lock, [&] { return batches_.front()->done; });
      }
      if (batches_.empty() || !batches_.front()->done) {
        return {};
      }
      batch = std::move(batches_.front());
      batches_.pop_front();
      --next_to_work_;
    }
    EMR_TRY(write(*batch));
    recycle(std::move(batch));
  }
}

/// The records of arrays with what stands between them.
std::string Pipeline::with_glue(const Batch& batch) {
  const std::string_view bytes(batch.bytes);
  std::string text = batch.out.substr(0, batch.pieces.front().start);
  for (std::size_t i = 0; i < batch.pieces.size(); ++i) {
    const Piece& piece = batch.pieces[i];
    const std::size_t stop =
        i + 1 < batch.pieces.size() ? batch.pieces[i + 1].start : batch.out.size();
    desensitize::write_glue(bytes.substr(piece.glue_start, piece.glue_size), stop > piece.start,
                            follows_, text);
    text.append(batch.out, piece.start, stop - piece.start);
  }
  return text;
}

Status Pipeline::write_out(std::string_view bytes) {
  bytes_out_ += bytes.size();
  if (setup_.hash_streams) {
    output_hash_.update(bytes);
  }
  return bytes.empty() ? Status() : setup_.output->write_block(bytes);
}

Status Pipeline::write(const Batch& batch) {
  Status written = write_batch(batch);
  stopped_ = stopped_ || !written.ok();
  return written;
}

Status Pipeline::write_batch(const Batch& batch) {
  const bool glued = setup_.writes_documents && !batch.pieces.empty();
  EMR_TRY(glued ? write_out(with_glue(batch)) : write_out(batch.out));
  for (const Failure& failure : batch.failures) {
    Error error = failure.error;
    error.line = error.line ? error.line : failure.line;
    EMR_TRY(setup_.errors->failed(failure.line, std::move(error)));
  }
  return {};
}

Status Pipeline::finish() {
  if (setup_.decoder != nullptr) {
    std::string room;
    EMR_TRY(feed_text(setup_.decoder->finish(room)));
  }
  Status last = cut(true);
  EMR_TRY(flush());
  EMR_TRY(std::move(last));
  Status ended = setup_.framer->end();
  return ended ? Status() : Status(std::move(ended).error().with_line(line_));
}

bool Pipeline::negative() const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->negative(); });
}

}  // namespace emr::tool
