// The stream engine of the tool: bytes in, framed into records, records in batches to workers (one
// per thread), results out in input order. Memory is a few batches, whatever the input's size.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "cli/lines.h"
#include "crypto/hash.h"
#include "decode.h"
#include "desensitize/format.h"

namespace emr::tool {

/// What is done with one record. One object per thread.
class Worker {
 public:
  virtual ~Worker() = default;
  virtual Status prologue(std::string_view bytes, std::string& out) = 0;
  virtual Status run(std::string_view record, std::uint64_t line, std::string& out) = 0;
  /// The next calls of `run` will be for these records: see Rewriter::expect.
  virtual void expect(std::span<const std::string_view>) {}
  virtual const desensitize::RunReport* report() const { return nullptr; }
  /// Where the record stands in its document ("/17" of an array), before the pointers of messages.
  std::string place;
  /// Did any record get a negative answer (--check, --verify)?
  virtual bool negative() const { return false; }
};

struct PipelineSetup {
  std::unique_ptr<desensitize::Framer> framer;
  std::unique_ptr<Decoder> decoder;  ///< null: the format reads the bytes as they are
  std::size_t max_record_bytes = desensitize::kMaxRecordBytes;
  std::string_view too_large_hint = desensitize::FormatSpec{}.too_large_hint;
  unsigned jobs = 1;
  bool stop_on_error = true;
  bool hash_streams = false;
  bool writes_documents = true;  ///< the output is in the input's format, not lines about it
  std::function<Result<std::unique_ptr<Worker>>()> make_worker;
  cli::LineWriter* output = nullptr;
  cli::ErrorPolicy* errors = nullptr;
};

class Pipeline {
 public:
  static Result<std::unique_ptr<Pipeline>> create(PipelineSetup setup);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  Status feed(std::string_view bytes);
  /// One whole record that was made of what starts on this line of the input: no framer is asked.
  Status feed_record(std::string_view record, std::uint64_t line);
  /// Waits until every record that was fed whole is written. Nothing behind a record that stopped
  /// the run is.
  Status flush();
  /// The input pauses: hands over what was fed, and writes what the threads bring until all is
  /// written or `has_input` says that reading can go on.
  Status catch_up(const std::function<bool()>& has_input);
  /// Ends the input and waits for everything to be written.
  Status finish();

  const std::vector<std::unique_ptr<Worker>>& workers() const noexcept { return workers_; }
  bool negative() const;
  std::uint64_t records() const noexcept { return records_; }
  std::uint64_t bytes_in() const noexcept { return bytes_in_; }
  std::uint64_t bytes_out() const noexcept { return bytes_out_; }
  /// Digests of the streams, only with `hash_streams` and after finish().
  Hash32 input_digest() { return input_hash_.finish(); }
  Hash32 output_digest() { return output_hash_.finish(); }

 private:
  struct Failure {
    std::uint64_t line = 0;
    Error error;
  };
  struct Cut {
    std::size_t size = 0;  ///< glue and record
    std::size_t glue = 0;
    std::uint64_t element = 0;
    std::uint64_t line = 0;  ///< of a mapped record in its table; 0: by counting
  };
  /// What was written for one record of an array; its glue is decided when its turn comes.
  struct Piece {
    std::size_t glue_start = 0;  ///< in the batch's bytes
    std::size_t glue_size = 0;
    std::size_t start = 0;       ///< in the batch's output
  };
  struct Batch {
    std::string bytes;               ///< may go on behind the last record
    std::vector<Cut> cuts;           ///< the records, one behind the other
    std::vector<Piece> pieces;       ///< empty where no record has glue
    std::uint64_t first_line = 1;
    bool one_line_each = false;      ///< every record is one line
    std::string out;
    std::vector<Failure> failures;
    bool done = false;
  };

  explicit Pipeline(PipelineSetup setup) : setup_(std::move(setup)) {}
  void feed_bytes(std::string_view bytes);
  Status feed_text(std::string_view text);
  bool in_flight();
  Status cut(bool at_end);
  Status take_prologue(std::size_t size);
  Status pass_over(std::size_t size);
  Status hand_over();
  std::unique_ptr<Batch> take_batch();
  void recycle(std::unique_ptr<Batch> batch);
  static std::size_t announce(const Batch& batch, std::size_t cut, std::size_t at, Worker& worker);
  void process(Batch& batch, Worker& worker) const;
  void work(Worker& worker);
  Status write_finished(bool wait_for_all);
  Status write(const Batch& batch);
  Status write_batch(const Batch& batch);
  Status write_out(std::string_view bytes);
  std::string with_glue(const Batch& batch);

  PipelineSetup setup_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::string buffer_;
  std::size_t cut_ = 0;            ///< bytes of the buffer that are framed into `current_`
  std::vector<Cut> cuts_;          ///< the framed records
  bool follows_ = false;           ///< a record of the array that is written was written before
  std::uint64_t line_ = 1;         ///< of the front of the buffer
  bool stopped_ = false;           ///< a record or its output failed: nothing more is written
  bool passing_over_ = false;      ///< inside a line that is too long
  std::uint64_t records_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  crypto::Sha256 input_hash_;
  crypto::Sha256 output_hash_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Batch>> batches_;  ///< in input order, front is written next
  std::size_t next_to_work_ = 0;                ///< index into batches_
  bool closing_ = false;
  /// Written batches, used again: fresh memory for each would cost a page fault per 4 KiB. Only the
  /// feeding thread touches them.
  std::vector<std::unique_ptr<Batch>> spare_;
};

}  // namespace emr::tool
