#include "cli/table.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/check.h"

namespace emr::cli {
namespace {

constexpr std::array<std::string_view, 12> kSharedOptions = {
    "color",    "config",   "error-format", "genesis", "ipfs-api", "node",
    "on-error", "progress", "quiet",        "session", "timeout",  "verbose"};

std::vector<OptionSpec> filter_options() {
  const std::string group(kStreamGroup);
  return {
      {.name = "on-error",
       .kind = Kind::kChoice,
       .help = "at a bad input line stop, or skip it and go on (exit status 3 at the end)",
       .group = group,
       .preset = "stop",
       .choices = {"stop", "skip"}},
      {.name = "rejects",
       .kind = Kind::kOutput,
       .help = "also write line number, pointer and reason of every skipped line to this file",
       .group = group,
       .configurable = false},
  };
}

OptionSpec output_option() {
  return {.name = "output",
          .short_name = 'o',
          .kind = Kind::kOutput,
          .help = "write to this file (mode 0600), which appears complete or not at all",
          .group = std::string(kStreamGroup),
          .preset = "-",
          .configurable = false};
}

OptionSpec progress_option() {
  return {.name = "progress",
          .kind = Kind::kChoice,
          .help = "show progress on stderr",
          .group = std::string(kCommonGroup),
          .preset = "auto",
          .choices = {"auto", "always", "never"}};
}

std::vector<OptionSpec> common_options() {
  const std::string group(kCommonGroup);
  return {
      {.name = "config",
       .kind = Kind::kFile,
       .help = "read this configuration first; none reads no configuration at all",
       .group = group},
      {.name = "print-config",
       .kind = Kind::kFlag,
       .help = "print the value and the origin of every option and exit",
       .group = group,
       .configurable = false},
      {.name = "error-format",
       .kind = Kind::kChoice,
       .help = "how everything on stderr is written: text, or JSON Lines",
       .group = group,
       .preset = "text",
       .choices = {"text", "json"}},
      {.name = "color",
       .kind = Kind::kChoice,
       .help = "colour on stderr; NO_COLOR and TERM=dumb switch auto off",
       .group = group,
       .preset = "auto",
       .choices = {"auto", "always", "never"}},
      {.name = "quiet",
       .short_name = 'q',
       .kind = Kind::kFlag,
       .help = "no notices (errors are always shown)",
       .group = group},
      {.name = "verbose",
       .short_name = 'v',
       .kind = Kind::kFlag,
       .help = "say more; twice for debugging",
       .group = group,
       .repeatable = true},
      {.name = "help",
       .short_name = 'h',
       .kind = Kind::kFlag,
       .help = "print this help and exit",
       .group = group,
       .configurable = false},
      {.name = "version",
       .short_name = 'V',
       .kind = Kind::kFlag,
       .help = "print the version and exit; with --json as JSON",
       .group = group,
       .configurable = false},
      {.name = "generate",
       .kind = Kind::kChoice,
       .help = "print the man page, the completions of a shell, or the examples and exit",
       .group = group,
       .choices = {"man", "bash", "zsh", "fish", "examples"},
       .configurable = false,
       .hidden = true},
  };
}

void append(std::vector<OptionSpec>& target, std::vector<OptionSpec> more) {
  std::move(more.begin(), more.end(), std::back_inserter(target));
}

void check_table(const Table& table) {
  std::set<std::string> names;
  std::set<char> shorts;
  for (const OptionSpec& option : table.options) {
    EMR_CHECK(!option.name.empty() && names.insert(option.name).second);
    EMR_CHECK(option.short_name == 0 || shorts.insert(option.short_name).second);
    EMR_CHECK(!option.help.empty());
    EMR_CHECK((option.kind == Kind::kChoice) == !option.choices.empty());
  }
  for (std::size_t i = 0; i + 1 < table.positionals.size(); ++i) {
    EMR_CHECK(!table.positionals[i].repeatable);
    EMR_CHECK(table.positionals[i].required || !table.positionals[i + 1].required);
  }
}

}  // namespace

const OptionSpec* Table::find(std::string_view name) const noexcept {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const OptionSpec& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

const OptionSpec* Table::find(char short_name) const noexcept {
  const auto found = std::find_if(
      options.begin(), options.end(),
      [&](const OptionSpec& option) { return short_name != 0 && option.short_name == short_name; });
  return found == options.end() ? nullptr : &*found;
}

Table make_table(const ToolSpec& tool, const VerbSpec& verb) {
  EMR_CHECK(!tool.verbs.empty());
  EMR_CHECK(tool.default_verb.empty() || find_verb(tool, tool.default_verb) != nullptr);
  Table table{tool.name, verb.options, verb.positionals};
  if (verb.streams != Streams::kNone) append(table.options, {output_option()});
  if (verb.streams == Streams::kFilter) {
    append(table.options, filter_options());
    table.positionals.push_back(
        {.name = "INPUT", .help = "file of JSON Lines to read; - is stdin", .kind = Kind::kFile});
  }
  if (verb.progress) append(table.options, {progress_option()});
  append(table.options, common_options());
  check_table(table);
  return table;
}

Table make_union_table(const ToolSpec& tool) {
  Table all{.tool = tool.name};
  for (const VerbSpec& verb : tool.verbs) {
    for (OptionSpec& option : make_table(tool, verb).options) {
      const OptionSpec* const known = all.find(option.name);
      // One name means one thing in a tool; otherwise no verb could follow its options.
      EMR_CHECK(known == nullptr || takes_value(*known) == takes_value(option));
      if (known == nullptr) all.options.push_back(std::move(option));
    }
  }
  return all;
}

const VerbSpec* find_verb(const ToolSpec& tool, std::string_view name) noexcept {
  const auto found = std::find_if(tool.verbs.begin(), tool.verbs.end(),
                                  [&](const VerbSpec& verb) { return verb.name == name; });
  return found == tool.verbs.end() ? nullptr : &*found;
}

bool has_verbs(const ToolSpec& tool) noexcept {
  return tool.verbs.size() > 1 || !tool.verbs.front().name.empty();
}

std::string environment_name(std::string_view tool, std::string_view option) {
  if (is_shared_option(option)) return variable_name(option);
  return tool_prefix(tool) + variable_name(option).substr(std::string_view("EMR_").size());
}

std::string tool_prefix(std::string_view tool) {
  constexpr std::string_view kHouse = "emr-";
  tool.remove_prefix(tool.starts_with(kHouse) ? kHouse.size() : 0);
  return variable_name(tool) + "_";
}

std::string variable_name(std::string_view words) {
  std::string name = "EMR_";
  for (const char c : words) {
    const bool lower = c >= 'a' && c <= 'z';
    name += c == '-' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

std::string value_name(const OptionSpec& option) {
  if (!option.value.empty()) return option.value;
  switch (option.kind) {
    case Kind::kFlag: return "";
    case Kind::kText: return "TEXT";
    case Kind::kCount: return "N";
    case Kind::kDuration: return "TIME";
    case Kind::kFile:
    case Kind::kOutput: return "FILE";
    case Kind::kFolder: return "DIR";
    case Kind::kUrl: return "URL";
    case Kind::kHostPort: return "HOST:PORT";
    case Kind::kAddress: return "ADDRESS";
    case Kind::kChoice: break;
  }
  std::string words;
  for (const std::string& choice : option.choices) words += (words.empty() ? "" : "|") + choice;
  return words;
}

std::string describe_kind(const OptionSpec& option) {
  const auto range = [&] {
    return option.max == UINT64_MAX
               ? (option.min == 0 ? std::string() : " of at least " + std::to_string(option.min))
               : " from " + std::to_string(option.min) + " to " + std::to_string(option.max);
  };
  switch (option.kind) {
    case Kind::kFlag: return "true or false";
    case Kind::kText: return "a text";
    case Kind::kCount: return "a whole number" + range();
    case Kind::kDuration:
      return "a time like 90s, 15m, 8h, 30d" +
             (range().empty() ? range() : " (seconds" + range() + ")");
    case Kind::kFile:
    case Kind::kOutput: return "a file name";
    case Kind::kFolder: return "a directory";
    case Kind::kUrl: return "a URL like http://host:port";
    case Kind::kHostPort: return "HOST:PORT";
    case Kind::kAddress: return "an address: 0x and 40 hex digits";
    case Kind::kChoice: break;
  }
  std::string words;
  for (const std::string& choice : option.choices) words += (words.empty() ? "" : ", ") + choice;
  return "one of " + words;
}

bool takes_value(const OptionSpec& option) noexcept { return option.kind != Kind::kFlag; }

bool is_shared_option(std::string_view name) noexcept {
  return std::find(kSharedOptions.begin(), kSharedOptions.end(), name) != kSharedOptions.end();
}

}  // namespace emr::cli
