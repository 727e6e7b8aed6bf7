#include <algorithm>
#include <set>

#include "base/utf8.h"
#include "cli/generate.h"
#include "cli/limits.h"

namespace emr::cli {
namespace {

constexpr std::size_t kTextColumn = 28;

std::string option_head(const OptionSpec& option) {
  std::string head = "  ";
  head += option.short_name != 0 ? std::string("-") + option.short_name + ", " : "    ";
  head += "--" + option.name;
  if (takes_value(option)) head += " " + value_name(option);
  return head;
}

std::string option_help(const OptionSpec& option) {
  std::string help = option.help;
  if (!option.preset.empty()) help += " [default: " + option.preset + "]";
  if (option.required) help += " (required)";
  if (option.repeatable && takes_value(option)) help += " (may be repeated)";
  return help;
}

/// Two columns; a head that is too wide gets a line of its own.
std::string entry(const std::string& head, std::string_view help) {
  const std::string text = wrap(help, kTextColumn, kHelpColumns);
  const std::size_t width = count_code_points(head);
  if (width + 2 > kTextColumn) return head + "\n" + text;
  return head + text.substr(width);
}

std::vector<std::string> group_order(const Table& table) {
  std::vector<std::string> groups;
  for (const OptionSpec& option : table.options) {
    const bool known = std::find(groups.begin(), groups.end(), option.group) != groups.end();
    if (!known && !option.hidden) groups.push_back(option.group);
  }
  return groups;
}

std::string option_groups(const Table& table) {
  std::string text;
  for (const std::string& group : group_order(table)) {
    text += "\n" + group + ":\n";
    for (const OptionSpec& option : table.options) {
      if (option.group == group && !option.hidden) {
        text += entry(option_head(option), option_help(option));
      }
    }
  }
  return text;
}

std::string positional_text(const Table& table) {
  std::string text;
  for (const PositionalSpec& positional : table.positionals) {
    text += entry("  " + positional.name, positional.help);
  }
  return text.empty() ? text : "\nArguments:\n" + text;
}

/// Where a long command may go on in the next line: before an option, a pipe or a redirection.
bool may_break_before(std::string_view word) {
  return word.starts_with("--") || word == "|" || word == "<" || word == ">";
}

/// A command within the width, continued with "\\" as a shell reads it.
std::string command_text(std::string_view command) {
  constexpr std::size_t width = kHelpColumns - 2;  // " \\" stands behind a broken line
  std::string text;
  std::string line = " ";
  std::string piece;  // words that stay together
  const auto flush = [&] {
    if (line.size() + piece.size() > width && line.find_first_not_of(' ') != std::string::npos) {
      text += line + " \\\n";
      line = "     ";
    }
    line += piece;
    piece.clear();
  };
  while (!command.empty()) {
    const std::size_t stop = std::min(command.find(' '), command.size());
    const std::string_view word = command.substr(0, stop);
    if (may_break_before(word)) flush();
    piece.append(" ").append(word);
    command.remove_prefix(std::min(stop + 1, command.size()));
  }
  flush();
  return text + line + "\n";
}

/// A usage line within the width, broken before an option or an argument.
std::string usage_text(std::string_view usage) {
  std::string text;
  std::string line = "Usage:";
  while (!usage.empty()) {
    // An option stays with its value.
    std::size_t stop = usage.find(' ');
    if (usage.starts_with("--") && stop != std::string_view::npos) stop = usage.find(' ', stop + 1);
    stop = std::min(stop, usage.size());
    const std::string_view piece = usage.substr(0, stop);
    if (count_code_points(line) + 1 + count_code_points(piece) > kHelpColumns) {
      text += line + "\n";
      line = "      ";
    }
    line.append(" ").append(piece);
    usage.remove_prefix(std::min(stop + 1, usage.size()));
  }
  return text + line + "\n";
}

std::string examples_text(const std::vector<Example>& examples) {
  std::string text;
  for (const Example& example : examples) {
    if (!example.text.empty()) text += wrap("# " + example.text, 2, kHelpColumns);
    text += command_text(example.command);
  }
  return text.empty() ? text : "\nExamples:\n" + text;
}

std::string verbs_text(const ToolSpec& tool) {
  std::string text;
  for (const VerbSpec& verb : tool.verbs) {
    const bool is_default = verb.name == tool.default_verb;
    text += entry("  " + verb.name, verb.summary + (is_default ? " (the default)" : ""));
  }
  return "\nVerbs:\n" + text;
}

std::string exit_text(const ToolSpec& tool) {
  std::string line = "Exit status: ";
  for (const ExitStatus& status : all_exit_status(tool)) {
    if (line.back() != ' ') line += ", ";
    line += std::to_string(status.code) + " " + status.meaning;
  }
  return "\n" + wrap(line, 0, kHelpColumns) + "More: man " + tool.name + "\n";
}

std::string description_text(std::string_view description) {
  std::string text;
  for (const std::string& paragraph : paragraphs(description)) {
    text += "\n" + wrap(paragraph, 0, kHelpColumns);
  }
  return text;
}

/// What the table brings along with its streams and options, in words for tools that have none of
/// their own.
std::vector<ExitStatus> implied_exit_status(const ToolSpec& tool) {
  std::vector<ExitStatus> implied = {{0, "ok"},
                                     {2, "wrong usage"},
                                     {70, "a bug"},
                                     {74, "reading or writing failed"},
                                     {78, "wrong configuration"}};
  for (const VerbSpec& verb : tool.verbs) {
    if (verb.streams == Streams::kFilter) implied.push_back({3, "some lines were skipped"});
    for (const OptionSpec& option : make_table(tool, verb).options) {
      if (option.kind == Kind::kFile || option.kind == Kind::kFolder) {
        implied.push_back({66, "a file to read is missing"});
      }
      if (option.kind == Kind::kOutput) implied.push_back({73, "an output cannot be created"});
      if (option.kind == Kind::kUrl) {
        implied.push_back({69, "no node can be reached"});
        implied.push_back({75, "try again: no answer for now"});
        implied.push_back({76, "a node's answer does not hold"});
      }
    }
  }
  return implied;
}

}  // namespace

std::string wrap(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string out;
  std::string line(indent, ' ');
  bool empty = true;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, space - at);
    at = space + 1;
    if (word.empty()) continue;
    const std::size_t width = count_code_points(line) + count_code_points(word) + (empty ? 0 : 1);
    if (!empty && width > columns) {
      out += line + "\n";
      line.assign(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  return out + line + "\n";
}

std::vector<std::string> paragraphs(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t stop = text.find("\n\n");
    std::string part(text.substr(0, stop));
    std::replace(part.begin(), part.end(), '\n', ' ');
    if (!part.empty()) parts.push_back(std::move(part));
    text = stop == std::string_view::npos ? std::string_view() : text.substr(stop + 2);
  }
  return parts;
}

std::vector<ExitStatus> all_exit_status(const ToolSpec& tool) {
  std::vector<ExitStatus> all = tool.exit_status;
  for (const ExitStatus& status : implied_exit_status(tool)) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const ExitStatus& other) {
      return other.code == status.code;
    });
    if (!known) all.push_back(status);
  }
  std::sort(all.begin(), all.end(),
            [](const ExitStatus& a, const ExitStatus& b) { return a.code < b.code; });
  return all;
}

std::string usage_line(const ToolSpec& tool, const VerbSpec& verb) {
  const Table table = make_table(tool, verb);
  std::string line = tool.name;
  if (has_verbs(tool)) {
    line += verb.name == tool.default_verb ? " [" + verb.name + "]" : " " + verb.name;
  }
  for (const OptionSpec& option : table.options) {
    if (option.required) line += " --" + option.name + " " + value_name(option);
  }
  line += " [OPTIONS]";
  for (const PositionalSpec& positional : table.positionals) {
    const std::string name = positional.name + (positional.repeatable ? "..." : "");
    line += positional.required ? " " + name : " [" + name + "]";
  }
  return line;
}

std::string help_text(const ToolSpec& tool, const VerbSpec* verb) {
  const VerbSpec* const shown = verb != nullptr              ? verb
                                : !has_verbs(tool)           ? &tool.verbs.front()
                                : !tool.default_verb.empty() ? find_verb(tool, tool.default_verb)
                                                             : nullptr;
  const bool named = verb != nullptr && has_verbs(tool);
  std::string text = wrap(tool.name + (named ? " " + verb->name : "") + " — " +
                              (named ? verb->summary : tool.summary),
                          0, kHelpColumns);
  text += usage_text(shown != nullptr ? usage_line(tool, *shown) : tool.name + " VERB [OPTIONS]");
  if (!named) text += description_text(tool.description);
  if (shown != nullptr) {
    text += description_text(shown->description) + examples_text(shown->examples);
  }
  if (!named && has_verbs(tool)) text += verbs_text(tool);
  if (shown != nullptr) {
    const Table table = make_table(tool, *shown);
    text += positional_text(table) + option_groups(table);
  } else {
    text += "\n" + wrap(tool.name + " VERB --help describes one verb.", 0, kHelpColumns);
  }
  return text + exit_text(tool);
}

std::string short_help(const ToolSpec& tool) {
  const VerbSpec* const shown = has_verbs(tool) ? find_verb(tool, tool.default_verb)
                                                : &tool.verbs.front();
  std::string text = tool.name + " — " + tool.summary + "\nUsage: ";
  text += (shown != nullptr ? usage_line(tool, *shown) : tool.name + " VERB [OPTIONS]") + "\n";
  if (shown != nullptr) text += examples_text(shown->examples);
  if (has_verbs(tool)) text += verbs_text(tool);
  return text + "\nMore: " + tool.name + " --help\n";
}

std::string example_lines(const ToolSpec& tool) {
  std::string text;
  for (const VerbSpec& verb : tool.verbs) {
    for (const Example& example : verb.examples) text += example.command + "\n";
  }
  return text;
}

std::string generate(const ToolSpec& tool, std::string_view what) {
  if (what == "man") return man_page(tool);
  if (what == "examples") return example_lines(tool);
  if (what == "bash") return bash_completion(tool);
  return what == "zsh" ? zsh_completion(tool) : fish_completion(tool);
}

}  // namespace emr::cli
