#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>

#include "cli/cli.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "cli/generate.h"
#include "cli/parse.h"
#include "cli/scan.h"
#include "cli/standard_streams.h"
#include "cli/values.h"
#include "json/tokenizer.h"

namespace emr::cli {
namespace {

int exit_code(Code code) noexcept { return static_cast<int>(code); }

ErrorFormat format_of(std::string_view word) noexcept {
  return word == "json" ? ErrorFormat::kJson : ErrorFormat::kText;
}

When when_of(std::string_view word) noexcept {
  return word == "always" ? When::kAlways : word == "never" ? When::kNever : When::kAuto;
}

/// Text for stdout that must have arrived before we say 0.
Status write_stdout(std::string_view text) {
  if (stream_was_closed(STDOUT_FILENO)) return fail(Code::kIo, "stdout is closed");
  LineWriter writer(STDOUT_FILENO);
  return writer.write_block(text);
}

/// One invocation of a tool.
class Run {
 public:
  Run(const ToolSpec& tool, std::vector<std::string> arguments)
      : tool_(tool),
        arguments_(std::move(arguments)),
        all_options_(make_union_table(tool)),
        scan_(scan_arguments(arguments_, all_options_)),
        reporter_(tool.name, early_style()) {}

  int run() {
    try {
      Status outcome = dispatch();
      if (outcome.ok()) return 0;
      reporter_.error(outcome.error());
      return exit_code(outcome.error().code);
    } catch (const std::bad_alloc&) {
      reporter_.error(fail(Code::kInternal, "out of memory"));
    } catch (const std::exception&) {
      // what() may quote a record (nlohmann's does): it is not shown.
      reporter_.error(fail(Code::kInternal, "unexpected exception in " + tool_.name + " " +
                                                EMR_VERSION));
    }
    return exit_code(Code::kInternal);
  }

 private:
  /// Before parsing: only what the form of a usage error depends on.
  ReportStyle early_style() const {
    const std::optional<std::string_view> given = scan_value(scan_, "error-format");
    const std::string variable = process_environment()("EMR_ERROR_FORMAT").value_or("");
    return {.format = format_of(given ? *given : std::string_view(variable))};
  }

  Status dispatch() {
    const VerbSpec* const verb = take_verb();
    if (scan_has(scan_, "help")) return write_stdout(help_text(tool_, named_ ? verb : nullptr));
    if (scan_has(scan_, "version")) return print_version();
    if (const auto what = scan_value(scan_, "generate")) return print_generated(*what);
    const bool wants_input = verb == nullptr || verb->streams == Streams::kFilter;
    if (arguments_.empty() && !named_ && wants_input && isatty(STDIN_FILENO) != 0) {
      LineWriter(STDERR_FILENO).write_block(short_help(tool_)).ok();
      return fail(Code::kUsage, "");
    }
    if (verb == nullptr) return no_verb();
    return run_verb(*verb);
  }

  /// The verb that the command line names (and takes its word out), else the default one.
  const VerbSpec* take_verb() {
    if (!has_verbs(tool_)) return &tool_.verbs.front();
    for (const ScannedArgument& item : scan_) {
      if (item.role == ScannedArgument::Role::kTerminator) break;
      if (item.role != ScannedArgument::Role::kPositional) continue;
      first_word_ = true;
      const VerbSpec* const verb = find_verb(tool_, arguments_[item.index]);
      if (verb == nullptr) break;
      named_ = true;
      arguments_.erase(arguments_.begin() + static_cast<std::ptrdiff_t>(item.index));
      scan_ = scan_arguments(arguments_, all_options_);
      return verb;
    }
    return find_verb(tool_, tool_.default_verb);
  }

  Status no_verb() const {
    EMR_TRY(check_scan(scan_, all_options_));
    std::string list;
    for (const VerbSpec& verb : tool_.verbs) list += (list.empty() ? "" : ", ") + verb.name;
    return fail(Code::kUsage, first_word_ ? "unknown verb" : "a verb is missing")
        .with_hint("one of " + list);
  }

  Status print_version() const {
    const bool as_json =
        std::find(arguments_.begin(), arguments_.end(), "--json") != arguments_.end();
    return write_stdout(version_text(tool_, as_json));
  }

  Status print_generated(std::string_view what) const {
    EMR_TRY(check_value(*all_options_.find("generate"), what));
    return write_stdout(generate(tool_, what));
  }

  Status run_verb(const VerbSpec& verb) {
    const Table table = make_table(tool_, verb);
    EMR_ASSIGN(const ParsedArguments parsed, parse_arguments(table, arguments_));
    const Environment environment = process_environment();
    EMR_TRY(check_environment(all_options_, environment_names()));
    const auto config = parsed.options.find("config");
    const std::string config_path = config != parsed.options.end()
                                        ? config->second.front()
                                        : environment("EMR_CONFIG").value_or("");
    EMR_ASSIGN(const std::vector<Config> configs,
               load_configs(config_path, environment, tool_.name, all_options_));
    EMR_ASSIGN(const Values values, resolve_values(table, parsed, environment, configs));
    Context context(tool_, verb, values, reporter_);
    apply_style(context, verb);
    if (context.flag("print-config")) return print_config(table, values);
    EMR_TRY(context.prepare_streams());
    return context.finish(verb.handler(context));
  }

  void apply_style(const Context& context, const VerbSpec& verb) {
    reporter_.set_style({.format = format_of(context.text("error-format")),
                         .color = when_of(context.text("color")),
                         .progress = verb.progress ? when_of(context.text("progress"))
                                                   : When::kNever,
                         .quiet = context.flag("quiet"),
                         .verbosity = static_cast<unsigned>(context.count("verbose"))});
  }

  static Status print_config(const Table& table, const Values& values) {
    std::string text;
    for (const OptionSpec& option : table.options) {
      if (!option.configurable || option.hidden) continue;
      const Value* const value = values.find(option.name);
      text += R"({"option":)";
      json::append_quoted(text, option.name);
      text += ",\"value\":[";
      for (std::size_t i = 0; value != nullptr && i < value->texts.size(); ++i) {
        if (i != 0) text += ',';
        json::append_quoted(text, value->texts[i]);
      }
      text += "],\"origin\":";
      json::append_quoted(text, value == nullptr ? "none" : value->origin);
      text += "}\n";
    }
    return write_stdout(text);
  }

  const ToolSpec& tool_;
  std::vector<std::string> arguments_;
  Table all_options_;
  std::vector<ScannedArgument> scan_;
  Reporter reporter_;
  bool named_ = false;       ///< the command line names its verb
  bool first_word_ = false;  ///< there is a positional where a verb could stand
};

}  // namespace

int run(const ToolSpec& tool, int argc, char** argv) {
  guard_standard_streams();
  if (tool.handles_secrets) forbid_core_dumps();
  return Run(tool, std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc)).run();
}

}  // namespace emr::cli
