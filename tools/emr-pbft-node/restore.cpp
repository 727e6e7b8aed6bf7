// restore: puts a backup in the place of a node's ledger, after every byte of it was verified. The
// node's vote records are not restored: they are older than what the node may have voted for since,
// and a validator that votes from old records can contradict itself. The store is marked instead.
#include <unistd.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "backup_set.h"
#include "base/hex.h"
#include "common/ledger_guard.h"
#include "emr-query/ledger_audit.h"
#include "json/json.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

/// What is in the node's directory now.
struct Present {
  bool store = false;
  std::uint64_t height = 0;
  bool keys = false;
  bool running = false;
};

/// A rehearsal may look at the ledger of a node that runs.
Result<Present> look_at(const NodeDir& dir, bool dry_run) {
  Present present;
  const bool any = ::access((dir.data() + "/data.mdb").c_str(), F_OK) == 0;
  const auto config = read_config(dir);
  const bool needs_share = !config || !config->later;
  present.keys = exists(dir.key("vote")) && (!needs_share || exists(dir.share()));
  if (!any) return present;
  present.store = true;
  // Owning it for a moment shows that no node is running on it.
  auto store = store::Store::open(dir.data());
  if (!store && store.error().reason == "locked") {
    if (!dry_run) return std::move(store).error();
    present.running = true;
    store = store::Store::open_beside(dir.data());
  }
  if (!store) {
    return present;  // damaged: that is why somebody restores
  }
  const auto tip = (*store)->snapshot()->tip();
  if (tip && *tip) present.height = (*tip)->height;
  return present;
}

/// Hashes first, then everything that the ledger itself proves, from the genesis.
Result<ledger::Genesis> verify_backup(const std::string& folder, const BackupManifest& manifest,
                                      const NodeDir& dir, query::AuditReport& report) {
  EMR_TRY(check_files(folder, manifest));
  EMR_ASSIGN(ledger::Genesis genesis, read_genesis(folder + "/genesis.json"));
  if (::access(dir.genesis().c_str(), F_OK) == 0) {
    EMR_ASSIGN(const ledger::Genesis own, read_genesis(dir.genesis()));
    if (own.hash != genesis.hash) {
      return fail(Code::kConfig, "the backup is of another chain than this node's genesis.json")
          .with_reason("wrong_chain");
    }
    EMR_ASSIGN(const NodeConfig config, read_config(dir));
    if (config.id != manifest.node) {
      return fail(Code::kConfig, "the backup is of another node: " + manifest.node)
          .with_reason("wrong_node")
          .with_hint("a node that lost its disk also gets everything from its peers: run it");
    }
  }
  EMR_ASSIGN(const auto store, store::Store::open_copy(folder + "/data"));
  report = query::audit_ledger(*store->snapshot(), genesis, {});
  return genesis;
}

/// The copy as this node may use it: without votes, and marked.
Status prepare(const std::string& from, const std::string& fresh) {
  EMR_ASSIGN(const auto source, store::Store::open_copy(from + "/data"));
  EMR_TRY(make_folder(fresh));
  EMR_TRY(copy_store_file(*source, fresh + "/data.mdb"));
  EMR_ASSIGN(const auto store, store::Store::open(fresh));
  store::WriteBatch batch;
  store->snapshot()->visit(store::Table::kVotes, {}, [&](ByteView key, ByteView) {
    batch.erase(store::Table::kVotes, key);
    return true;
  });
  batch.put(store::Table::kMeta, as_bytes(store::kMetaRejoining), as_bytes("restore"));
  EMR_TRY(store->apply(batch));
  return sync_folder(fresh);
}

/// The old store, if any, is moved aside and kept.
Result<std::string> install(const std::string& from, const NodeDir& dir) {
  const bool replace = ::access(dir.data().c_str(), F_OK) == 0;
  const std::string fresh = dir.data() + ".restoring-" + std::to_string(::getpid());
  const Status prepared = prepare(from, fresh);
  const Status placed = !prepared ? prepared
                        : replace ? exchange_folders(fresh, dir.data())
                                  : publish_folder(fresh, dir.data());
  if (!placed) {
    remove_folder(fresh);
    return placed.error();
  }
  if (!replace) return std::string();
  std::string aside = dir.data() + ".before-restore-" + std::to_string(std::time(nullptr));
  EMR_TRY(publish_folder(fresh, aside));
  return aside;
}

nlohmann::json plan_line(const BackupManifest& manifest, const Present& present,
                         const query::AuditReport& report, bool dry_run) {
  return {
      {"type", "emr.restore"},
      {"v", 1},
      {"dryRun", dry_run},
      {"node", manifest.node},
      {"taken", manifest.time},
      {"height", manifest.height},
      {"tip", manifest.tip},
      {"verified", report.ok()},
      {"findings", report.findings_total},
      {"replacesHeight", present.store ? nlohmann::json(present.height) : nlohmann::json()},
      {"keys", present.keys},
      {"running", present.running},
      {"votes", "not restored: the node follows without voting until it is safe to vote again"}};
}

Status restore(Context& context) {
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  const std::string& from = context.text("from");
  const bool dry_run = context.flag("dry-run");
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_ASSIGN(const BackupManifest manifest, read_manifest(from));
  query::AuditReport report;
  EMR_ASSIGN(const ledger::Genesis genesis, verify_backup(from, manifest, dir, report));
  EMR_ASSIGN(const Present present, look_at(dir, dry_run));
  nlohmann::json line = plan_line(manifest, present, report, dry_run);
  if (report.ok() && report.tip != manifest.tip) line["verified"] = false;
  if (!line.at("verified").get<bool>()) {
    EMR_TRY(output->write(query::verdict_line(report, genesis)));
    return fail(Code::kNegative, "the backup does not verify; nothing was changed")
        .with_reason("not_verified");
  }
  if (dry_run) return output->write(json::canonical_checked(line));
  if (present.store && !context.flag("replace")) {
    return fail(Code::kCantCreate,
                "the node has a ledger, of height " + std::to_string(present.height))
        .with_hint("--replace puts the backup in its place and keeps the old one beside it");
  }
  EMR_TRY(dir.create());
  EMR_ASSIGN(const std::string aside, install(from, dir));
  if (::access(dir.config().c_str(), F_OK) != 0) {
    EMR_ASSIGN(const NodeConfig config, read_config(NodeDir(from)));
    EMR_TRY(write_config(dir, config));
  }
  if (::access(dir.genesis().c_str(), F_OK) != 0) {
    EMR_TRY(cli::write_file(dir.genesis(), ledger::encode_genesis(genesis) + "\n"));
  }
  if (!aside.empty()) line["kept"] = aside;
  if (!present.keys) {
    context.reporter().notice("the node's keys are not there: copy them back before it is started");
  }
  return output->write(json::canonical_checked(line));
}

}  // namespace

cli::VerbSpec restore_verb() {
  return {.name = "restore",
          .summary = "verify a backup and put it in place",
          .description =
              "Verifies the backup completely before anything is changed: every file against the "
              "manifest, every block, certificate, signature and commitment from the genesis, the "
              "state by executing all blocks again. With --dry-run that is all, and the line says "
              "what would be done.\n\nThe node must be stopped. A ledger that is there already is "
              "kept beside the new one. Votes are not restored: the node follows its peers and "
              "votes again only when nothing it may have forgotten can matter any more. What was "
              "committed since the backup comes from the peers.",
          .streams = cli::Streams::kOutput,
          .options = {{.name = "dir",
                       .kind = Kind::kFolder,
                       .help = "directory of the node",
                       .required = true},
                      {.name = "from",
                       .kind = Kind::kFolder,
                       .value = "FOLDER",
                       .help = "backup made by emr-pbft-node backup",
                       .required = true},
                      {.name = "dry-run",
                       .short_name = 'n',
                       .kind = Kind::kFlag,
                       .help = "verify and say what would be done; change nothing",
                       .configurable = false},
                      {.name = "replace",
                       .kind = Kind::kFlag,
                       .help = "the node has a ledger: keep it aside and use the backup",
                       .configurable = false}},
          .examples = {{"is last night's backup good?",
                        "emr-pbft-node restore -n --dir /var/lib/emr --from "
                        "/backup/emr-2026-11-28 | jq -e .verified"},
                       {"restore",
                        "emr-pbft-node restore --replace --dir /var/lib/emr --from "
                        "/backup/emr-2026-11-28"}},
          .handler = restore};
}

}  // namespace emr::node_tool
