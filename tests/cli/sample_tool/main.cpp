// A tool made only for the tests of lib/cli: every kind of option, three verbs, all streams.
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "cli/system_random.h"

namespace {

using emr::Code;
using emr::Result;
using emr::Status;
using emr::cli::Context;
using emr::cli::Kind;
using emr::cli::Line;
using emr::cli::Streams;

/// Adds "seen": line number to each record, and --mark when given.
Status copy(Context& context) {
  std::uint64_t done = 0;
  return emr::cli::run_records(
      context, {.type = "emr.sample"}, [&](nlohmann::json& record, const Line& line) -> Status {
        context.reporter().progress("records", ++done);
        if (record.contains("crash")) throw std::runtime_error(record["crash"].dump());
        if (record.contains("deny")) {
          return emr::fail(Code::kDenied, "refused").with_pointer("/deny");
        }
        if (record.contains("io")) return emr::fail(Code::kIo, "the disk is gone");
        record["seen"] = line.number;
        if (const auto mark = context.maybe("mark")) record["mark"] = *mark;
        if (context.given("limit")) record["limit"] = context.count("limit");
        return {};
      });
}

/// Prints the values of its options as one JSON line.
Status show(Context& context) {
  nlohmann::json record{{"type", "emr.shown"}, {"v", 1}};
  for (const char* name : {"limit"}) record[name] = context.count(name);
  for (const char* name : {"node", "mode", "address", "peer", "FIRST"}) {
    record[name] = context.text(name);
  }
  record["ttl"] = context.seconds("ttl");
  record["tag"] = context.list("tag");
  record["REST"] = context.list("REST");
  record["yes"] = context.flag("yes");
  record["verbose"] = context.count("verbose");
  EMR_ASSIGN(emr::cli::LineWriter* const output, context.output());
  return output->write(record.dump());
}

/// Reads a key or a passphrase and tells its length, never its content.
Status secret(Context& context) {
  emr::cli::SystemRandom random;
  if (const auto path = context.maybe("key-file")) {
    EMR_ASSIGN(const emr::crypto::Secret32 key, emr::cli::read_key_file(*path));
    EMR_ASSIGN(emr::cli::LineWriter* const output, context.output());
    return output->write("{\"size\":" + std::to_string(key.view().size()) + "}");
  }
  const int fd = context.given("passphrase-fd") ? static_cast<int>(context.count("passphrase-fd"))
                                                : -1;
  EMR_ASSIGN(const emr::crypto::SecretBytes passphrase,
             emr::cli::read_passphrase({.file = context.text("passphrase-file"),
                                        .fd = fd,
                                        .prompt = "passphrase: "}));
  EMR_ASSIGN(emr::cli::LineWriter* const output, context.output());
  return output->write("{\"size\":" + std::to_string(passphrase.size()) + "}");
}

/// A negative answer without words: exit status 1.
Status refuse(Context&) { return emr::fail(Code::kNegative, ""); }

emr::cli::VerbSpec show_verb() {
  return {.name = "show",
          .summary = "print the options",
          .streams = Streams::kOutput,
          .positionals = {{.name = "FIRST", .help = "a first argument", .required = true},
                          {.name = "REST", .help = "all the others", .repeatable = true}},
          .options = {{.name = "limit",
                       .short_name = 'l',
                       .kind = Kind::kCount,
                       .help = "how many",
                       .preset = "10",
                       .min = 1,
                       .max = 100},
                      {.name = "node", .kind = Kind::kUrl, .help = "node to ask"},
                      {.name = "mode",
                       .kind = Kind::kChoice,
                       .help = "how to do it",
                       .preset = "fast",
                       .choices = {"fast", "slow"}},
                      {.name = "ttl", .kind = Kind::kDuration, .help = "how long", .preset = "8h"},
                      {.name = "address", .kind = Kind::kAddress, .help = "whose"},
                      {.name = "peer", .kind = Kind::kHostPort, .help = "with whom"},
                      {.name = "tag", .short_name = 't', .help = "a label", .repeatable = true},
                      {.name = "yes",
                       .short_name = 'y',
                       .kind = Kind::kFlag,
                       .help = "do not ask",
                       .configurable = false}},
          .handler = show};
}

emr::cli::ToolSpec sample_tool() {
  return {
      .name = "emr-sample",
      .summary = "show what lib/cli does",
      .description = "A tool that only the tests build. It copies records.\n\n"
                     "Its second paragraph has a backslash \\ and a line\n.that starts with a dot.",
      .verbs = {{.name = "copy",
                 .summary = "copy records",
                 .description = "Reads JSON Lines and writes them with their line number.",
                 .streams = Streams::kFilter,
                 .progress = true,
                 .options = {{.name = "mark", .help = "text that is added to every record"},
                             {.name = "limit",
                              .short_name = 'l',
                              .kind = Kind::kCount,
                              .help = "a number that is added to every record",
                              .min = 1,
                              .max = 100}},
                 .examples = {{"copy a file", "emr-sample copy --mark x records.jsonl"}},
                 .handler = copy},
                show_verb(),
                {.name = "secret",
                 .summary = "read a secret",
                 .streams = Streams::kOutput,
                 .options = {{.name = "key-file",
                              .short_name = 'k',
                              .kind = Kind::kFile,
                              .help = "key to read",
                              .group = "Secrets",
                              .configurable = false},
                             {.name = "passphrase-file",
                              .kind = Kind::kFile,
                              .help = "file with the passphrase",
                              .group = "Secrets",
                              .configurable = false},
                             {.name = "passphrase-fd",
                              .kind = Kind::kCount,
                              .help = "descriptor with the passphrase",
                              .group = "Secrets",
                              .max = 1023,
                              .configurable = false}},
                 .handler = secret},
                {.name = "refuse", .summary = "say no", .handler = refuse}},
      .default_verb = "copy",
      .exit_status = {{0, "copied"}, {1, "a negative answer"}, {65, "bad input"}},
      .sections = {{"FILES", "Nothing is kept. Not even 'this'."},
                   {"SECURITY", "Key files must have mode 0600."}},
      .see_also = {"emr-tx"},
      .handles_secrets = true,
  };
}

}  // namespace

int main(int argc, char** argv) { return emr::cli::run(sample_tool(), argc, argv); }
