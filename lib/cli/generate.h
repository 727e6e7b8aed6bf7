// Everything that is written about a tool from its table: help, man page, completions, version.
// Pure text. Internal to lib/cli.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/spec.h"
#include "cli/table.h"

namespace emr::cli {

/// --help of a verb, or of the whole tool when `verb` is null.
std::string help_text(const ToolSpec& tool, const VerbSpec* verb);
/// A few lines for somebody who typed the bare name.
std::string short_help(const ToolSpec& tool);
/// "emr-sign sign --key-file FILE [OPTIONS] [INPUT]"
std::string usage_line(const ToolSpec& tool, const VerbSpec& verb);

/// "man" (mdoc), "bash", "zsh", "fish" or "examples".
std::string generate(const ToolSpec& tool, std::string_view what);
std::string man_page(const ToolSpec& tool);
std::string bash_completion(const ToolSpec& tool);
std::string zsh_completion(const ToolSpec& tool);
std::string fish_completion(const ToolSpec& tool);
/// The command of every example, one a line: a test runs them.
std::string example_lines(const ToolSpec& tool);

/// --version: first line "NAME VERSION", then one fact a line; or one JSON line.
std::string version_text(const ToolSpec& tool, bool as_json);

/// The exit statuses of the tool with those that every tool has, sorted.
std::vector<ExitStatus> all_exit_status(const ToolSpec& tool);
/// Breaks plain text at spaces into lines of at most `columns`, each starting with `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent, std::size_t columns);
/// Paragraphs of a description ("\n\n" between them).
std::vector<std::string> paragraphs(std::string_view text);

}  // namespace emr::cli
