// Everything a tool says to people: errors, notices, progress. It goes to stderr, one line each, as
// text ("emr-sign: error: line 12: …", "emr-sign: hint: …") or, under --error-format json, as JSON
// Lines of type emr.error, emr.notice and emr.progress. No function here may be given a record's
// values (cron mails stderr).
//
// Owned by run(); handlers borrow it through the Context. Any thread may call it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace emr::cli {

enum class ErrorFormat : std::uint8_t { kText, kJson };
enum class When : std::uint8_t { kAuto, kAlways, kNever };

struct ReportStyle {
  ErrorFormat format = ErrorFormat::kText;
  When color = When::kAuto;
  When progress = When::kAuto;
  bool quiet = false;
  unsigned verbosity = 0;  ///< 1 = info, 2 = debug
};

class Reporter {
 public:
  Reporter(std::string tool, ReportStyle style);
  ~Reporter();
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  void set_style(ReportStyle style);

  /// An error with its hint. An empty message says nothing (the exit code is the answer).
  void error(const Error& error);
  /// Something the user should know though all is well; silent under --quiet.
  void notice(std::string_view message);
  /// Needs -v, -vv.
  void info(std::string_view message);
  void debug(std::string_view message);

  /// Progress of a long job; `total` 0 = unknown. Cheap to call per record: it looks at the clock
  /// every now and then and writes at most ten times a second, only to a terminal (or as JSON with
  /// --progress always), and never in the first second.
  void progress(std::string_view what, std::uint64_t done, std::uint64_t total = 0);
  /// Removes the progress line. Errors and notices do so by themselves.
  void clear_progress();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace emr::cli
