// Record streams: JSON Lines in and out. A reader that survives a 100 MB line in constant memory, a
// writer that flushes every line and is checked at the end, and the per-line error policy.
//
// Single-threaded each. A reader and a writer may live in different threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/limits.h"

namespace emr::cli {

struct Line {
  std::string_view text = {};  ///< without the newline; valid until the next read
  std::uint64_t number = 0;    ///< from 1
  /// Set when the line cannot be a record: too long, blank, or ending in CR LF. `text` is
  /// empty then.
  std::optional<Error> fault = {};
};

/// Reads lines from a descriptor. The last line may lack its newline.
class LineReader {
 public:
  /// `fd` is borrowed unless `owned`.
  explicit LineReader(int fd, bool owned = false, std::size_t max_line = kMaxLineBytes);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line, nullopt at the end of the input, kIo when reading fails.
  Result<std::optional<Line>> next();
  /// True when a complete line can be returned without waiting: a batching tool sends what it has
  /// as soon as this is false.
  bool has_buffered_line() const noexcept;

 private:
  Result<bool> fill();
  Line finish_line(std::string_view text);
  Result<std::optional<Line>> skip_long_line();

  int fd_;
  bool owned_;
  std::size_t max_line_;
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t scanned_ = 0;
  std::uint64_t number_ = 0;
  bool at_end_ = false;
};

/// Writes lines to a descriptor, one write per line (or per batch of lines).
class LineWriter {
 public:
  explicit LineWriter(int fd);
  /// Writes `line` and "\n". A failure (kIo) is also remembered for finish().
  Status write(std::string_view line);
  /// Writes text that already ends in "\n": many lines with one system call.
  Status write_block(std::string_view lines);
  /// Ok when everything so far was written.
  Status finish() const;

 private:
  int fd_;
  std::string scratch_;
  std::optional<Error> failure_;
};

/// What happens with a bad line: --on-error stop|skip and --rejects FILE.
class ErrorPolicy {
 public:
  /// Called with every skipped line's error (after it was written to the rejects).
  using Sink = std::function<void(const Error&)>;

  ErrorPolicy(bool skip, Sink sink);
  ~ErrorPolicy();
  ErrorPolicy(const ErrorPolicy&) = delete;
  ErrorPolicy& operator=(const ErrorPolicy&) = delete;

  /// Skipped lines also go to this file: {"type":"emr.reject","v":1,"line","pointer","reason",
  /// "code","message"}, "entry" where the input is a folder — never their content. Created 0600,
  /// complete after finish().
  Status open_rejects(const std::string& path);

  /// What is skipped, where it is no line: "entry", "entries". `hint` says how they are counted.
  void count(std::string unit, std::string units, std::string hint);
  /// A line failed. stop: hands the error back. skip: records it and says ok; only kData, kUsage,
  /// kNegative, kDenied and kNoInput (a file that the line names) belong to one line, anything else
  /// (I/O, node gone) stops all the same.
  Status failed(std::uint64_t line, Error error);
  std::uint64_t skipped() const noexcept { return skipped_; }
  /// Ok, or kPartial when something was skipped (or kIo when the rejects could not be written).
  Status finish();

 private:
  bool skip_;
  Sink sink_;
  std::uint64_t skipped_ = 0;
  std::string unit_ = "line";
  std::string units_ = "lines";
  std::string hint_;
  struct Rejects;
  std::unique_ptr<Rejects> rejects_;
};

}  // namespace emr::cli
