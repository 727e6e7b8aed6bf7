// unseal: a hospital opens what it sealed itself, with its offline archive key: no node, no quorum,
// no ledger is needed. This is what remains of the records when the consortium ends, and what the
// law on keeping records asks for. Envelopes are looked for wherever they stand in a line, because
// each carries the label that it was sealed under: institution, record, version, part.
#include <nlohmann/json.hpp>
#include <optional>

#include "block_sources.h"
#include "cli/cli.h"
#include "common/connection.h"
#include "common/ledger_guard.h"
#include "emr_query.h"
#include "json/access.h"
#include "json/json.h"
#include "opened_folder.h"
#include "sealed_sources.h"
#include "store/store.h"
#include "unsealer.h"

namespace emr::query {
namespace {

/// What could not be opened: named at once, and counted for the exit status.
struct Faults {
  std::uint64_t count = 0;
  std::optional<Error> first;

  void note(cli::Context& context, const std::string& place, const Error& why) {
    ++count;
    if (!first) first = why;
    context.reporter().notice((place.empty() ? "" : place + ": ") + why.message +
                              "; it is left closed");
  }
};

class Unseal {
 public:
  Unseal(cli::Context& context, crypto::Secret32 key, BlockSources blocks)
      : context_(context),
        unsealer_(context.text("institution"), context.text("output-dir"), std::move(key),
                  std::move(blocks), [this](const std::string& place, const Error& why) {
                    faults_here_.emplace_back(place, why);
                  }) {}

  Status lines() {
    return cli::run_lines(context_, [&](const cli::Line& line) { return open_line(line.text); });
  }

  /// The payloads of a copied data directory, instead of input lines.
  Status copy(const store::Snapshot& copy) {
    EMR_ASSIGN(cli::LineWriter* const output, context_.output());
    return visit_copy(copy, [&](const nlohmann::json& tree, const SealedPlace& place) -> Status {
      EMR_ASSIGN(const auto rows, unsealer_.open(tree, place));
      for (const std::string& row : rows) EMR_TRY(output->write(row));
      note_faults();
      return {};
    });
  }

  Status verdict() {
    if (unsealer_.of_others() > 0) {
      context_.reporter().notice(std::to_string(unsealer_.of_others()) +
                                 " envelopes of other institutions were left closed");
    }
    if (unsealer_.of_failed() > 0) {
      context_.reporter().notice(std::to_string(unsealer_.of_failed()) +
                                 " envelopes of transactions that failed were left closed");
    }
    if (faults_.count > 0 && unsealer_.opened() > 0) {
      return fail(Code::kPartial, std::to_string(faults_.count) + " envelopes did not open");
    }
    if (faults_.count > 0) return *faults_.first;
    if (unsealer_.opened() > 0) return {};
    return fail(Code::kNegative, "there is no envelope of this institution")
        .with_reason("not_found");
  }

 private:
  /// A line that is one record fails with it. Of a block, and of a line with several, the others
  /// are opened.
  Result<std::string> open_line(std::string_view text) {
    EMR_ASSIGN(const nlohmann::json tree, json::parse_object(text));
    std::string rows;
    EMR_TRY(lines_.visit(tree, [&](const nlohmann::json& part, const SealedPlace& place) -> Status {
      EMR_ASSIGN(const auto opened, unsealer_.open(part, place));
      for (const std::string& row : opened) rows += (rows.empty() ? "" : "\n") + row;
      return {};
    }));
    const bool is_block = json::expect_type(tree, "emr.export").ok();
    if (rows.empty() && !is_block && !faults_here_.empty()) {
      Error why = std::move(faults_here_.front().second);
      faults_here_.clear();
      return why;
    }
    note_faults();
    return rows;
  }

  void note_faults() {
    for (const auto& [place, why] : faults_here_) faults_.note(context_, place, why);
    faults_here_.clear();
  }

  cli::Context& context_;
  SealedLines lines_;
  std::vector<std::pair<std::string, Error>> faults_here_;  ///< of the line that is being opened
  Faults faults_;
  Unsealer unsealer_;
};

Status unseal(cli::Context& context) {
  EMR_ASSIGN(crypto::Secret32 key, cli::read_key_file(context.text("archive-key")));
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::Snapshot> copy;
  if (context.given("ledger")) {
    tools::guard_ledger(context);
    EMR_ASSIGN(store, store::Store::open_copy(context.text("ledger")));
    copy = store->snapshot();
  }
  EMR_ASSIGN(BlockSources blocks, block_sources_of(context, copy.get()));
  EMR_TRY(make_private_folder(context.text("output-dir")));
  Unseal run(context, std::move(key), std::move(blocks));
  EMR_TRY(copy && !context.given("INPUT") ? run.copy(*copy) : run.lines());
  return run.verdict();
}

std::vector<cli::OptionSpec> own_options() {
  const std::string group = "Archive";
  return {{.name = "archive-key",
           .kind = cli::Kind::kFile,
           .help = "the institution's archive.key, mode 0600",
           .group = group,
           .required = true,
           .configurable = false},
          {.name = "institution",
           .value = "ID",
           .help = "whose records: envelopes of others are left closed",
           .group = group,
           .required = true},
          {.name = "output-dir",
           .kind = cli::Kind::kFolder,
           .help = "directory for the plain text, mode 0700; each version of a record gets "
                   "RECORD/CONTENT/ in it, named by its tags",
           .group = group,
           .required = true},
          {.name = "ledger",
           .kind = cli::Kind::kFolder,
           .help = "copied data directory: read the records out of it when no INPUT is named, and "
                   "the blocks that its node held",
           .group = group}};
}

}  // namespace

cli::VerbSpec unseal_verb() {
  return {
      .name = "unseal",
      .summary = "open an institution's own records with its archive key, offline",
      .description =
          "Every record is sealed to the consortium and to the archive key of the institution that "
          "wrote it. This opens it with that key alone: without a node, a quorum or an account, "
          "and unseen by any audit. It is for keeping records as the law asks, and for the day "
          "the consortium ends; keep the key offline, and do it on a machine without a network. "
          "\n\nEach input line may be anything that holds envelopes: emr.sealed as "
          "emr-desensitize and emr-ipfs-put write it, emr.tx, a row of emr-query sidecar, a line "
          "of emr-query export. With --ledger and no INPUT it is every record of a copied data "
          "directory. One emr.unsealed line per version of a record says where it lies: "
          "record.json, and attachments/ when a place for their blocks is given (--store, "
          "--ipfs-api, --ledger), else manifest.json for emr-ipfs-put get. A version appears "
          "complete or not at all, and one that is there already is compared and left as it is "
          "(exists; what it lacks is added: completed), so that an interrupted run may be repeated "
          "(what a killed one leaves is named .opening-…).\n\nAnybody can seal an envelope, and "
          "write on it whose it is. Beside its transaction (a copy, an export, emr.tx) one opens "
          "only when the transaction committed to it, is about the record that the envelope "
          "names and, as a copy or an export shows, was done; whose record it is, a copy alone "
          "shows. What does not open is named on stderr and holds nothing else of its "
          "block up (exit 3). Verify an export or a copy first (emr-query verify).",
      .streams = cli::Streams::kFilter,
      .options = tools::joined(own_options(), block_source_options("Attachments")),
      .examples = {{"a day's file, with the attachments from a folder of blocks",
                    "emr-query unseal --archive-key archive.key --institution hosp-a --store "
                    "blocks --output-dir opened < sealed.jsonl"},
                   {"everything that a backup of a node still has",
                    "emr-query unseal --archive-key archive.key --institution hosp-a --ledger "
                    "backup/data --output-dir opened"}},
      .handler = unseal};
}

}  // namespace emr::query
