// What a verb's handler gets: its validated options, its streams and its reporter.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/files.h"
#include "cli/lines.h"
#include "cli/report.h"
#include "cli/spec.h"

namespace emr::cli {

struct Value;
struct Values;

/// Lives for one handler call; not copyable. Asking for an option that the verb's table does not
/// have is a bug and stops the program.
class Context {
 public:
  Context(const ToolSpec& tool, const VerbSpec& verb, const Values& values, Reporter& reporter);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- options and positionals (positionals by their table name, e.g. "CONTRACT.METHOD") ---
  bool flag(std::string_view name) const;
  /// Given on the command line, in the environment or in a configuration (a preset does not count).
  bool given(std::string_view name) const;
  /// On the command line itself: what a house has set once does not contradict what is typed now.
  bool typed(std::string_view name) const;
  /// The value or the preset; "" when there is neither.
  const std::string& text(std::string_view name) const;
  std::optional<std::string> maybe(std::string_view name) const;
  std::uint64_t count(std::string_view name) const;    ///< Kind::kCount
  std::int64_t seconds(std::string_view name) const;   ///< Kind::kDuration
  const std::vector<std::string>& list(std::string_view name) const;
  /// For combinations: "needs --a or --b". kUsage.
  static Error usage(std::string message);
  /// For options that have no effect beside others: the first of them that is typed is refused,
  /// "--NAME WHY". What the house has set for other calls is left alone.
  Status refuse_typed(std::initializer_list<std::string_view> names, std::string_view why) const;

  /// A secret comes from NAME-file or from NAME-fd (which is never configured, and beats a file
  /// that is): the other one is empty, or -1. kUsage when both are typed.
  Result<PassphraseSource> secret_source(const std::string& name, std::string prompt) const;

  const ToolSpec& tool() const noexcept { return tool_; }
  const VerbSpec& verb() const noexcept { return verb_; }
  Reporter& reporter() noexcept { return reporter_; }

  // --- streams (opened at first use) ---
  /// INPUT of Streams::kFilter ("-" = stdin). kNoInput when it cannot be opened.
  Result<LineReader*> input();
  /// The same input as a descriptor (borrowed), for a verb with its own reader; not both.
  Result<int> input_fd();
  /// --output of kOutput and kFilter; a file is committed by run() after the handler's success.
  Result<LineWriter*> output();
  ErrorPolicy& errors();

  /// Called by run() before the handler: --rejects must be creatable before work begins.
  Status prepare_streams();
  /// Called by run(): commits or discards --output, closes the rejects, checks stdout.
  Status finish(Status outcome);

 private:
  const Value* look_up(std::string_view name) const;
  Status check_rejects(const std::string& path) const;

  struct State;
  const ToolSpec& tool_;
  const VerbSpec& verb_;
  const Values& values_;
  Reporter& reporter_;
  std::unique_ptr<State> state_;
};

/// For every input line calls `fn` and writes what it returns as one line ("" = none), in order; a
/// failure goes through --on-error. The usual body of a filter.
Status run_lines(Context& context,
                 const std::function<Result<std::string>(const Line& line)>& fn);

/// The same with trees: each line is read with parse_object, must be of `type` (version 1), `fn`
/// changes it in place, and it is written canonically (floats kept when the strict profile let them
/// pass: `allow_fractions`).
struct RecordRule {
  std::string type = {};
  bool allow_fractions = false;
};
Status run_records(Context& context, const RecordRule& rule,
                   const std::function<Status(nlohmann::json& record, const Line& line)>& fn);

}  // namespace emr::cli
