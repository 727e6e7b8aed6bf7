// unseal: a hospital opens what it sealed itself, with its offline archive key: no node, no quorum,
// no ledger is needed. This is what remains of the records when the consortium ends, and what the
// law on keeping records asks for. Envelopes are looked for wherever they stand in a line, because
// each carries the label that it was sealed under: institution, record, version, part.
#include <sys/stat.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/hex.h"
#include "block_sources.h"
#include "cli/cli.h"
#include "common/connection.h"
#include "content/manifest.h"
#include "emr_query.h"
#include "json/access.h"
#include "json/json.h"
#include "opened_folder.h"
#include "store/store.h"
#include "threshold/envelope.h"

namespace emr::query {
namespace {

using nlohmann::json;
using threshold::Envelope;
using threshold::Part;

/// One version of a record: the parts of it that a line has.
using Version = std::map<Part, Envelope>;
/// By record tag and content tag.
using Versions = std::map<std::pair<Hash32, Hash32>, Version>;

/// Of any version: one that cannot be read must not be passed over.
bool is_envelope(const json& tree) {
  const json* const type = tree.is_object() ? emr::json::find_member(tree, "type") : nullptr;
  return type != nullptr && *type == "emr.envelope";
}

class Unsealer {
 public:
  Unsealer(std::string institution, std::string folder, crypto::Secret32 key, BlockSources blocks)
      : institution_(std::move(institution)),
        folder_(std::move(folder)),
        key_(std::move(key)),
        blocks_(std::move(blocks)) {}

  /// Opens every envelope of the institution in this line; one row per version of a record.
  Result<std::string> open_line(std::string_view line) {
    EMR_ASSIGN(const json tree, emr::json::parse_object(line));
    Versions versions;
    EMR_TRY(collect(tree, versions));
    std::string rows;
    for (const auto& [tags, version] : versions) {
      EMR_ASSIGN(const json row, open_version(tags.first, tags.second, version));
      if (!rows.empty()) rows += '\n';
      rows += emr::json::canonical_checked(row);
      ++opened_;
    }
    return rows;
  }

  std::uint64_t opened() const noexcept { return opened_; }
  std::uint64_t of_others() const noexcept { return of_others_; }

 private:
  Status collect(const json& tree, Versions& into) {
    if (!is_envelope(tree)) {
      if (!tree.is_structured()) return {};
      for (const json& child : tree) EMR_TRY(collect(child, into));
      return {};
    }
    EMR_ASSIGN(Envelope envelope, Envelope::from_json(tree));
    if (envelope.label.institution != institution_) {
      ++of_others_;
      return {};
    }
    const threshold::Label label = envelope.label;
    into[{label.record, label.content}].emplace(label.part, std::move(envelope));
    return {};
  }

  Result<json> open_version(const Hash32& record, const Hash32& content, const Version& version) {
    json row{{"type", "emr.unsealed"},
             {"v", 1},
             {"record", to_hex(record)},
             {"content", to_hex(content)},
             {"outcome", "exists"}};
    const std::string path = folder_ + "/" + to_hex(record);
    const std::string place = path + "/" + to_hex(content);
    struct stat info {};
    if (::stat(place.c_str(), &info) == 0) return row;
    EMR_ASSIGN(OpenedFolder folder, OpenedFolder::claim_unnamed(folder_));
    EMR_TRY(open_parts(version, folder, row));
    EMR_TRY(make_private_folder(path));
    EMR_TRY(folder.keep_as(place));
    row["outcome"] = "opened";
    return row;
  }

  Status open_parts(const Version& version, OpenedFolder& folder, json& row) {
    row["parts"] = json::array();
    row["attachments"] = json::array();
    for (const auto& [part, envelope] : version) {
      row["parts"].push_back(threshold::part_name(part));
      EMR_ASSIGN(const crypto::SecretBytes text, open_with_key_of(envelope));
      if (part == Part::kOriginal) EMR_TRY(folder.write("record.json", text.view()));
      if (part == Part::kManifest) EMR_TRY(open_manifest(text, folder, row));
    }
    return {};
  }

  Result<crypto::SecretBytes> open_with_key_of(const Envelope& envelope) const {
    Result<crypto::SecretBytes> text = threshold::open_with_archive(envelope, key_);
    if (text) return text;
    return Error(text.error()).with_hint("is this the archive key of the institution?");
  }

  /// Without a place to get blocks from the manifest itself is kept: emr-ipfs-put get reads it.
  Status open_manifest(const crypto::SecretBytes& text, OpenedFolder& folder, json& row) {
    if (blocks_.empty()) return folder.write("manifest.json", text.view());
    EMR_ASSIGN(const auto objects, content::parse_manifest(text.text()));
    for (const content::ManifestObject& object : objects) {
      EMR_TRY(folder.fetch(object, blocks_));
      row["attachments"].push_back({{"id", object.id}, {"size", object.size}});
    }
    return {};
  }

  std::string institution_;
  std::string folder_;
  crypto::Secret32 key_;
  BlockSources blocks_;
  std::uint64_t opened_ = 0;
  std::uint64_t of_others_ = 0;
};

/// The sidecars of a copied data directory, instead of input lines.
Status unseal_copy(cli::Context& context, const store::Snapshot& copy, Unsealer& unsealer) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  std::uint64_t number = 0;
  Status status;
  copy.visit(store::Table::kSidecars, {}, [&](ByteView, ByteView sidecar) {
    ++number;
    Result<std::string> rows = unsealer.open_line(as_text(sidecar));
    if (!rows) {
      status = context.errors().failed(number, std::move(rows).error());
    } else if (!rows->empty()) {
      status = output->write(*rows);
    }
    return status.ok();
  });
  return status;
}

Status unseal(cli::Context& context) {
  EMR_ASSIGN(crypto::Secret32 key, cli::read_key_file(context.text("archive-key")));
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::Snapshot> copy;
  if (context.given("ledger")) {
    EMR_ASSIGN(store, store::Store::open_copy(context.text("ledger")));
    copy = store->snapshot();
  }
  EMR_ASSIGN(BlockSources blocks, block_sources_of(context, copy.get()));
  EMR_TRY(make_private_folder(context.text("output-dir")));
  Unsealer unsealer(context.text("institution"), context.text("output-dir"), std::move(key),
                    std::move(blocks));
  if (copy && !context.given("INPUT")) {
    EMR_TRY(unseal_copy(context, *copy, unsealer));
  } else {
    EMR_TRY(cli::run_lines(
        context, [&](const cli::Line& line) { return unsealer.open_line(line.text); }));
  }
  if (unsealer.of_others() > 0) {
    context.reporter().notice(std::to_string(unsealer.of_others()) +
                              " envelopes of other institutions were left closed");
  }
  if (unsealer.opened() > 0) return {};
  return fail(Code::kNegative, "there is no envelope of this institution").with_reason("not_found");
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
          "complete or not at all, and one that is there already is left as it is, so that an "
          "interrupted run may be repeated (what a killed one leaves is named .opening-…).\n\n"
          "An envelope says by itself whose it is and for which record, but anybody can seal one. "
          "Verify an export or a copy first (emr-query verify).",
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
