// The table that a tool is described by. Parsing, validation, configuration, --help, the man page
// and the completions of three shells all come from it, so they cannot disagree.
//
// Plain data; a tool builds one ToolSpec in main() and passes it to run() (cli/cli.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace emr::cli {

class Context;

/// How the text of an option is validated before any handler runs.
enum class Kind : std::uint8_t {
  kFlag,      ///< no value
  kText,      ///< any non-empty text
  kChoice,    ///< one of `choices`
  kCount,     ///< plain decimal number from `min` to `max`
  kDuration,  ///< "90", "90s", "15m", "8h", "30d", "6y": whole seconds from `min` to `max`
  kFile,      ///< a path to read (completed as a file; opened, and judged, by who reads it)
  kOutput,    ///< a path to write
  kFolder,    ///< a directory
  kUrl,       ///< http:// or https:// with a host, no user info
  kHostPort,  ///< HOST:PORT
  kAddress,   ///< "0x" and 40 hex digits
};

struct OptionSpec {
  std::string name = {};      ///< "key-file", without dashes
  char short_name = 0;        ///< 'k'; 0 for none
  Kind kind = Kind::kText;
  std::string value = {};     ///< placeholder in help: "FILE"; empty = the kind's own
  std::string help = {};      ///< one or two sentences, lower case, no full stop at the end
  std::string group = "Options";
  std::string preset = {};    ///< default value as text; empty = none
  std::vector<std::string> choices = {};
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
  bool required = false;
  bool repeatable = false;    ///< one value per use; Context::list() has them in order
  /// False: neither the environment nor a configuration may set it (secrets, --yes, --dry-run).
  bool configurable = true;
  bool hidden = false;
};

struct PositionalSpec {
  std::string name = {};      ///< "CONTRACT.METHOD"
  std::string help = {};
  Kind kind = Kind::kText;
  bool required = false;
  bool repeatable = false;    ///< takes all the rest; only the last one may
};

/// What a verb does with stdin and stdout; adds the options that go with it.
enum class Streams : std::uint8_t {
  kNone,    ///< neither
  kOutput,  ///< writes JSON Lines: --output
  kFilter,  ///< reads and writes JSON Lines: INPUT, --output, --on-error, --rejects
};

struct Example {
  std::string text = {};     ///< "sign a batch"
  std::string command = {};  ///< "emr-sign -k alice.json < tx.jsonl > signed.jsonl"
};

/// A titled paragraph of the man page ("FILES", "SECURITY"): plain text, "\n\n" parts paragraphs.
struct Section {
  std::string title = {};
  std::string text = {};
};

struct VerbSpec {
  std::string name = {};     ///< "" for a tool without verbs
  std::string summary = {};  ///< half a line, lower case: "sign transactions"
  std::string description = {};  ///< paragraphs of plain text, "\n\n" between them
  Streams streams = Streams::kNone;
  bool progress = false;     ///< adds --progress
  std::vector<PositionalSpec> positionals = {};  ///< INPUT of kFilter is added behind them
  std::vector<OptionSpec> options = {};
  std::vector<Example> examples = {};
  Status (*handler)(Context&) = nullptr;
};

struct ExitStatus {
  int code = 0;
  std::string meaning = {};
};

struct ToolSpec {
  std::string name = {};     ///< "emr-sign"
  std::string summary = {};  ///< "sign ledger transactions"
  std::string description = {};
  std::vector<VerbSpec> verbs = {};
  std::string default_verb = {};            ///< verb when none is named; "" = one is needed
  /// In this tool's own words; what its streams and options bring along is added (help.cpp).
  std::vector<ExitStatus> exit_status = {};
  std::vector<Section> sections = {};       ///< FILES, SECURITY, …: extra parts of the man page
  std::vector<std::string> see_also = {};   ///< "emr-tx" (section 1 is added)
  /// Core dumps off (setrlimit and prctl) before anything is read: for tools that touch secrets.
  bool handles_secrets = false;
  /// More lines of --version, e.g. library versions ("OpenSSL", "3.0.15"); may be null.
  std::vector<std::pair<std::string, std::string>> (*build_info)() = nullptr;
};

}  // namespace emr::cli
