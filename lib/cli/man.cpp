// The man page as mdoc. Rules of the language that matter here: a line that starts with '.' or '\''
// is a macro, a backslash starts an escape, and a new sentence starts on a new line.
#include <set>

#include "cli/generate.h"

namespace emr::cli {
namespace {

/// The month of the release; fixed, so that the same source gives the same page.
constexpr std::string_view kManDate = "November 22, 2026";

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}

/// One line of text that no reader takes for a macro.
std::string safe_line(std::string_view text) {
  std::string line = escape(text);
  if (line.starts_with('.') || line.starts_with('\'')) line.insert(0, "\\&");
  return line + "\n";
}

/// Plain text with each sentence on its own line, broken at 78 columns.
std::string prose(std::string_view text) {
  constexpr std::size_t kColumns = 78;
  std::string out;
  while (!text.empty()) {
    std::size_t stop = text.find(". ");
    const bool last = stop == std::string_view::npos;
    stop = last ? text.size() : stop + 1;
    std::string lines = wrap(text.substr(0, stop), 0, kColumns);
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = lines.find('\n', at);
      out += safe_line(lines.substr(at, end - at));
      at = end + 1;
    }
    text = last ? std::string_view() : text.substr(stop + 1);
  }
  return out;
}

std::string text_section(std::string_view text) {
  std::string out;
  for (const std::string& paragraph : paragraphs(text)) {
    if (!out.empty()) out += ".Pp\n";
    out += prose(paragraph);
  }
  return out;
}

/// A word as macro argument: quoted, because it may look like a macro name or hold a space.
std::string argument(std::string_view text) { return "\"" + escape(text) + "\""; }

std::string option_item(const std::string& tool, const OptionSpec& option) {
  std::string item = ".It ";
  if (option.short_name != 0) item += std::string("Fl ") + option.short_name + " , ";
  item += "Fl \\-" + option.name;
  if (takes_value(option)) item += " Ar " + argument(value_name(option));
  item += "\n" + prose(option.help + ".");
  if (!option.preset.empty()) item += "The default is\n.Cm " + argument(option.preset) + " .\n";
  if (option.required) item += "Required.\n";
  if (option.repeatable) item += "May be given more than once.\n";
  if (option.configurable) item += ".Pq Ev " + environment_name(tool, option.name) + "\n";
  return item;
}

std::string synopsis(const ToolSpec& tool, const VerbSpec& verb) {
  std::string text = ".Nm\n";
  if (has_verbs(tool)) {
    text += (verb.name == tool.default_verb ? ".Op Cm " : ".Cm ") + verb.name + "\n";
  }
  const Table table = make_table(tool, verb);
  for (const OptionSpec& option : table.options) {
    if (option.required) {
      text += ".Fl \\-" + option.name + " Ar " + argument(value_name(option)) + "\n";
    }
  }
  text += ".Op Ar OPTIONS\n";
  for (const PositionalSpec& positional : table.positionals) {
    const std::string name = argument(positional.name) + (positional.repeatable ? " ..." : "");
    text += positional.required ? ".Ar " + name + "\n" : ".Op Ar " + name + "\n";
  }
  return text;
}

bool is_common(const OptionSpec& option) { return option.group == kCommonGroup; }

/// A verb: its paragraph, its arguments, its own options.
std::string verb_part(const ToolSpec& tool, const VerbSpec& verb) {
  std::string text;
  if (has_verbs(tool)) {
    text += ".Ss " + tool.name + " " + verb.name + "\n" + prose(verb.summary + ".");
    if (!verb.description.empty()) text += ".Pp\n";
  }
  text += text_section(verb.description);
  const Table table = make_table(tool, verb);
  std::string items;
  for (const PositionalSpec& positional : table.positionals) {
    items += ".It Ar " + argument(positional.name) + "\n" + prose(positional.help + ".");
  }
  for (const OptionSpec& option : table.options) {
    if (!option.hidden && !is_common(option)) items += option_item(tool.name, option);
  }
  if (!items.empty()) text += ".Bl -tag -width Ds\n" + items + ".El\n";
  return text;
}

std::string common_part(const ToolSpec& tool) {
  std::string text = ".Sh COMMON OPTIONS\n.Bl -tag -width Ds\n";
  for (const OptionSpec& option : make_union_table(tool).options) {
    if (!option.hidden && is_common(option)) text += option_item(tool.name, option);
  }
  return text + ".El\n";
}

std::string environment_part() {
  return ".Sh ENVIRONMENT\n"
         "The value of an option is taken from the command line, else from the variable\n"
         "named beside it, else from the configuration given by\n"
         ".Fl \\-config\n"
         "or\n"
         ".Ev EMR_CONFIG ,\n"
         "else from\n"
         ".Pa $XDG_CONFIG_HOME/emr/config.json ,\n"
         "else from\n"
         ".Pa /etc/emr/config.json .\n"
         "An empty variable counts as not set; one of this tool that sets no option\n"
         "is an error.\n"
         "A variable without the name of a tool serves every tool that has the option.\n"
         ".Pp\n"
         "A configuration is one JSON object; the part\n"
         ".Cm all\n"
         "may hold the options that such variables name, the parts of the tools any option of\n"
         "theirs, by its name without the dashes:\n"
         ".Bd -literal -offset indent\n"
         "{\"type\": \"emr.config\", \"v\": 1,\n"
         " \"all\": {\"genesis\": \"/etc/emr/genesis.json\", \"node\": [\"https://node:8441\"]},\n"
         " \"emr-desensitize\": {\"key-file\": \"/etc/emr/pseudonyms.key\"}}\n"
         ".Ed\n"
         "No secret is ever read from the environment or from the command line.\n";
}

std::string exit_part(const ToolSpec& tool) {
  std::string text = ".Sh EXIT STATUS\n.Bl -tag -width Ds\n";
  for (const ExitStatus& status : all_exit_status(tool)) {
    text += ".It " + std::to_string(status.code) + "\n" + prose(status.meaning + ".");
  }
  return text + ".El\n.Pp\nAny other status is a failure too.\n";
}

std::string examples_part(const ToolSpec& tool) {
  std::string text;
  for (const VerbSpec& verb : tool.verbs) {
    for (const Example& example : verb.examples) {
      if (!text.empty()) text += ".Pp\n";
      text += prose(example.text + ":") + ".Bd -literal -offset indent\n" +
              safe_line(example.command) + ".Ed\n";
    }
  }
  return text.empty() ? text : ".Sh EXAMPLES\n" + text;
}

std::string see_also_part(const ToolSpec& tool) {
  const std::set<std::string> names(tool.see_also.begin(), tool.see_also.end());
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += " ,\n";
    text += ".Xr " + name + " 1";
  }
  return text.empty() ? text : ".Sh SEE ALSO\n" + text + "\n";
}

}  // namespace

std::string man_page(const ToolSpec& tool) {
  std::string upper;
  for (const char c : tool.name) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  std::string page = ".Dd " + std::string(kManDate) + "\n.Dt " + upper + " 1\n.Os\n";
  page += ".Sh NAME\n.Nm " + tool.name + "\n.Nd " + escape(tool.summary) + "\n.Sh SYNOPSIS\n";
  for (const VerbSpec& verb : tool.verbs) page += synopsis(tool, verb);
  page += ".Sh DESCRIPTION\n" +
          text_section(tool.description.empty() ? tool.summary + "." : tool.description);
  if (!has_verbs(tool) && !tool.verbs.front().description.empty()) page += ".Pp\n";
  for (const VerbSpec& verb : tool.verbs) page += verb_part(tool, verb);
  page += common_part(tool) + environment_part();
  std::string tail;
  for (const Section& section : tool.sections) {
    // mdoc wants FILES before EXIT STATUS; every other section follows the examples.
    std::string& place = section.title == "FILES" ? page : tail;
    place += ".Sh " + escape(section.title) + "\n" + text_section(section.text);
  }
  return page + exit_part(tool) + examples_part(tool) + see_also_part(tool) + tail;
}

}  // namespace emr::cli
