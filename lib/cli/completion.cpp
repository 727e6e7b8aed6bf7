// Completions for bash, zsh and fish from the option table: verbs, options, the words of a choice,
// files and directories.
#include "cli/generate.h"

namespace emr::cli {
namespace {

std::string function_name(const ToolSpec& tool) {
  std::string name = "_";
  for (const char c : tool.name) name += c == '-' ? '_' : c;
  return name;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

std::vector<std::string> verb_names(const ToolSpec& tool) {
  std::vector<std::string> names;
  for (const VerbSpec& verb : tool.verbs) {
    if (!verb.name.empty()) names.push_back(verb.name);
  }
  return names;
}

std::vector<std::string> spellings(const OptionSpec& option) {
  std::vector<std::string> words = {"--" + option.name};
  if (option.short_name != 0) words.insert(words.begin(), std::string("-") + option.short_name);
  return words;
}

bool takes_path(const OptionSpec& option) {
  return option.kind == Kind::kFile || option.kind == Kind::kOutput;
}

/// The words of all visible options of a verb.
std::string option_words(const Table& table) {
  std::vector<std::string> words;
  for (const OptionSpec& option : table.options) {
    if (option.hidden) continue;
    for (std::string& word : spellings(option)) words.push_back(std::move(word));
  }
  return join(words, " ");
}

/// What may follow an option, as a bash case branch.
std::string bash_branch(const OptionSpec& option) {
  const std::string pattern = "    " + join(spellings(option), "|") + ") ";
  const std::string keep = "COMPREPLY=($(compgen ";
  if (option.kind == Kind::kChoice) {
    return pattern + keep + "-W \"" + join(option.choices, " ") +
           "\" -- \"$current\")); return ;;\n";
  }
  if (takes_path(option)) return pattern + keep + "-f -- \"$current\")); return ;;\n";
  if (option.kind == Kind::kFolder) return pattern + keep + "-d -- \"$current\")); return ;;\n";
  return pattern + "return ;;\n";
}

/// Single quotes of a text inside a single-quoted shell word.
std::string shell_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

/// A description inside zsh's _arguments: brackets and colons are its syntax.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    out += c;
  }
  return shell_quoted(out);
}

std::string zsh_action(const OptionSpec& option) {
  if (!takes_value(option)) return "";
  const std::string value = option.kind == Kind::kChoice ? "word" : value_name(option);
  const std::string name = ":" + zsh_text(value);
  if (option.kind == Kind::kChoice) return name + ":(" + join(option.choices, " ") + ")";
  if (takes_path(option)) return name + ":_files";
  if (option.kind == Kind::kFolder) return name + ":_files -/";
  return name + ": ";
}

std::string zsh_arguments(const Table& table, std::string_view indent) {
  std::string text = std::string(indent) + "_arguments -s -S";
  const std::string next = " \\\n" + std::string(indent) + "  ";
  for (const OptionSpec& option : table.options) {
    if (option.hidden) continue;
    for (const std::string& word : spellings(option)) {
      text += next + "'" + (option.repeatable ? "*" : "") + word + "[" + zsh_text(option.help) +
              "]" + zsh_action(option) + "'";
    }
  }
  return text + next + "'*:argument:_files'\n";
}

std::string fish_option(const std::string& tool, const std::string& condition,
                        const OptionSpec& option) {
  std::string line = "complete -c " + tool + condition;
  if (option.short_name != 0) line += std::string(" -s ") + option.short_name;
  line += " -l " + option.name;
  if (option.kind == Kind::kChoice) {
    line += " -x -a '" + join(option.choices, " ") + "'";
  } else if (takes_path(option)) {
    line += " -r -F";
  } else if (option.kind == Kind::kFolder) {
    line += " -x -a '(__fish_complete_directories)'";
  } else if (takes_value(option)) {
    line += " -x";
  }
  std::string help;
  for (const char c : option.help) help += c == '\'' ? std::string("\\'") : std::string(1, c);
  return line + " -d '" + help + "'\n";
}

}  // namespace

std::string bash_completion(const ToolSpec& tool) {
  const std::string name = function_name(tool);
  std::string text = "# bash completion for " + tool.name + "\n" + name + "() {\n";
  text += "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n";
  text += "  local verb='" + tool.default_verb + "'\n  COMPREPLY=()\n";
  if (has_verbs(tool)) {
    text += "  local word\n";
    text += "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in\n      " +
            join(verb_names(tool), "|") + ") verb=$word; break ;;\n    esac\n  done\n";
  }
  text += "  # shellcheck disable=SC2207  # no completion word holds a space\n";
  text += "  case $previous in\n";
  for (const OptionSpec& option : make_union_table(tool).options) {
    if (!option.hidden && takes_value(option)) text += bash_branch(option);
  }
  text += "    *) ;;\n  esac\n  local words=''\n  case $verb in\n";
  for (const VerbSpec& verb : tool.verbs) {
    text += "    '" + verb.name + "') words='" + option_words(make_table(tool, verb)) + "' ;;\n";
  }
  text += "    *) words='--help --version' ;;\n  esac\n";
  text += "  if [[ $current == -* ]]; then\n";
  text += "    # shellcheck disable=SC2207\n";
  text += "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n  else\n";
  text += "    # shellcheck disable=SC2207\n";
  text += "    COMPREPLY=($(compgen -W '" + join(verb_names(tool), " ") +
          "' -- \"$current\") $(compgen -f -- \"$current\"))\n  fi\n}\n";
  return text + "complete -o filenames -F " + name + " " + tool.name + "\n";
}

std::string zsh_completion(const ToolSpec& tool) {
  std::string text = "#compdef " + tool.name + "\n";
  if (!has_verbs(tool)) return text + zsh_arguments(make_table(tool, tool.verbs.front()), "");
  text += "local -a verbs\nverbs=(\n";
  for (const VerbSpec& verb : tool.verbs) {
    text += "  '" + verb.name + ":" + zsh_text(verb.summary) + "'\n";
  }
  text += ")\nlocal verb='" + tool.default_verb + "' word\n";
  text += "for word in ${words[2,CURRENT-1]}; do\n  case $word in\n    (" +
          join(verb_names(tool), "|") + ") verb=$word; break ;;\n  esac\ndone\n";
  text += "if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
          "  _describe verb verbs\n  return\nfi\n";
  text += "case $verb in\n";
  for (const VerbSpec& verb : tool.verbs) {
    text += "  (" + verb.name + ")\n" + zsh_arguments(make_table(tool, verb), "    ") + "    ;;\n";
  }
  return text + "esac\n";
}

std::string fish_completion(const ToolSpec& tool) {
  std::string text = "# fish completion for " + tool.name + "\n";
  if (!has_verbs(tool)) {
    for (const OptionSpec& option : make_table(tool, tool.verbs.front()).options) {
      if (!option.hidden) text += fish_option(tool.name, "", option);
    }
    return text;
  }
  const std::string all = join(verb_names(tool), " ");
  for (const VerbSpec& verb : tool.verbs) {
    text += "complete -c " + tool.name + " -n 'not __fish_seen_subcommand_from " + all + "' -a " +
            verb.name + " -d '" + shell_quoted(verb.summary) + "'\n";
  }
  for (const VerbSpec& verb : tool.verbs) {
    // The default verb's options also apply while no verb has been typed.
    std::string condition = " -n '__fish_seen_subcommand_from " + verb.name;
    if (verb.name == tool.default_verb) {
      condition += "; or not __fish_seen_subcommand_from " + all;
    }
    for (const OptionSpec& option : make_table(tool, verb).options) {
      if (!option.hidden) text += fish_option(tool.name, condition + "'", option);
    }
  }
  return text;
}

}  // namespace emr::cli
