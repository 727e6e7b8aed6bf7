#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>

#include "cli/scan.h"

namespace emr::cli {
namespace {

/// One CLI11 option and where its strings go. A deque keeps the addresses that CLI11 holds.
struct Binding {
  const OptionSpec* option = nullptr;
  CLI::Option* handle = nullptr;
  std::vector<std::string> values = {};
};

std::string cli11_name(const OptionSpec& option) {
  std::string name = "--" + option.name;
  if (option.short_name != 0) name = std::string("-") + option.short_name + "," + name;
  return name;
}

void bind(CLI::App& app, const Table& table, std::deque<Binding>& bindings) {
  for (const OptionSpec& option : table.options) {
    Binding& binding = bindings.emplace_back(Binding{.option = &option});
    if (takes_value(option)) {
      // One value for each use: CLI11's vectors would eat the positionals behind them.
      binding.handle = app.add_option(cli11_name(option), binding.values)
                           ->allow_extra_args(false)
                           ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      binding.handle = app.add_flag(cli11_name(option))
                           ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
}

}  // namespace

Result<ParsedArguments> parse_arguments(const Table& table,
                                        const std::vector<std::string>& arguments) {
  const std::vector<ScannedArgument> scan = scan_arguments(arguments, table);
  EMR_TRY(check_scan(scan, table));
  CLI::App app;
  app.set_help_flag();
  std::deque<Binding> bindings;
  bind(app, table, bindings);
  // Positionals stay extras: as a vector option CLI11 would take "[1,2]" apart.
  app.allow_extras();
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError&) {
    // check_scan has named every mistake a person makes; CLI11's own texts quote values.
    return fail(Code::kUsage, "the command line cannot be understood")
        .with_hint("--help lists the options");
  }
  ParsedArguments parsed;
  for (const ScannedArgument& item : scan) {
    if (item.role == ScannedArgument::Role::kPositional) {
      parsed.positionals.push_back(arguments[item.index]);
    }
  }
  for (Binding& binding : bindings) {
    if (binding.handle->count() == 0) continue;
    std::vector<std::string>& values = parsed.options[binding.option->name];
    values = takes_value(*binding.option)
                 ? std::move(binding.values)
                 : std::vector<std::string>(binding.handle->count(), "true");
  }
  return parsed;
}

}  // namespace emr::cli
