// The one header a tool's main.cpp includes. A tool is a table and its handlers:
//
//   emr::Status sign(emr::cli::Context& context) {
//     EMR_ASSIGN(const crypto::SecretBytes passphrase,
//                read_passphrase({.file = context.text("passphrase-file"),
//                                 .prompt = "passphrase: "}));
//     ...
//     return run_records(context, {.type = "emr.tx"}, [&](nlohmann::json& tx, const Line&) {
//       return signer.sign(tx);
//     });
//   }
//
//   int main(int argc, char** argv) {
//     const emr::cli::ToolSpec tool{
//         .name = "emr-sign",
//         .summary = "sign ledger transactions",
//         .verbs = {{.name = "sign",
//                    .summary = "sign transactions (the default)",
//                    .streams = Streams::kFilter,
//                    .options = {{.name = "key-file", .short_name = 'k', .kind = Kind::kFile,
//                                 .help = "keystore of the signing account",
//                                 .group = "Signing", .required = true}},
//                    .examples = {{"sign a batch", "emr-sign -k a.json < tx.jsonl"}},
//                    .handler = sign}},
//         .default_verb = "sign",
//         .exit_status = {{0, "signed"}, {65, "bad input"}, {77, "key refused"}},
//         .handles_secrets = true};
//     return emr::cli::run(tool, argc, argv);
//   }
//
// run() adds to every verb: -h --help, -V --version (with --json), -q, -v, --config, --color,
// --error-format, --print-config, the hidden --generate, and what Streams and progress bring. A
// verb may stand anywhere among the options; a tool with one nameless verb has none.
// The value of an option: command line, else EMR_<TOOL>_<NAME> (EMR_<NAME> for the few options that
// mean the same in every tool, is_shared_option in cli/table.h), else --config / $EMR_CONFIG, else
// $XDG_CONFIG_HOME/emr/config.json, else /etc/emr/config.json, else the preset.
// An Error returned by a handler is reported and its code is the exit code; an empty message is
// reported by the exit code alone (a negative answer). Exceptions end as a bug (70).
#pragma once

#include "cli/context.h"
#include "cli/spec.h"

namespace emr::cli {

/// Parses, configures, calls the verb's handler, finishes the streams; returns the exit code.
int run(const ToolSpec& tool, int argc, char** argv);

}  // namespace emr::cli
