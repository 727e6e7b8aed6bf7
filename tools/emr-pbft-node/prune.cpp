// prune and compact: give room back. Both own the store, so the node is stopped meanwhile.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "backup_set.h"
#include "common/ledger_guard.h"
#include "contracts/methods.h"
#include "json/json.h"
#include "node/prune.h"
#include "node_dir.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

/// Whoever has a key part released has a day at most; a version that was superseded before that is
/// asked for by nobody who has not got it yet.
constexpr std::uint64_t kLeastAgeSeconds = 86'400;

Result<std::unique_ptr<store::Store>> own_store(const NodeDir& dir) {
  if (::access((dir.data() + "/data.mdb").c_str(), F_OK) != 0) {
    return fail(Code::kNoInput, "there is no ledger in " + dir.data());
  }
  // Erasing itself needs a few pages, so the reserve may be used.
  return store::Store::open(dir.data(), {.reserve_bytes = 0});
}

Status prune(Context& context) {
  if (!context.given("older-than") && !context.given("below-height")) {
    return Context::usage("needs --older-than or --below-height");
  }
  node::PruneRule rule;
  const auto age = context.given("older-than") ? context.seconds("older-than")
                                               : static_cast<std::int64_t>(kLeastAgeSeconds);
  rule.before = std::time(nullptr) - age;
  rule.below_height = context.given("below-height") ? context.count("below-height") : UINT64_MAX;
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  const bool dry_run = context.flag("dry-run");
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_ASSIGN(const auto store, own_store(dir));
  EMR_ASSIGN(const node::PruneReport report,
             node::prune_sidecars(*store, contracts::method_table(), rule, dry_run));
  const nlohmann::json line = {{"type", "emr.pruned"},
                               {"v", 1},
                               {"dryRun", dry_run},
                               {"sidecars", report.pruned},
                               {"bytes", report.pruned_bytes},
                               {"keptNewest", report.kept_newest},
                               {"keptRecent", report.kept_recent},
                               {"stable", report.stable}};
  if (!dry_run && report.pruned > 0) {
    context.reporter().info("the room is used again by the node; compact gives it to the disk");
  }
  return output->write(json::canonical_checked(line));
}

/// The compacted copy in a folder within the data directory, checked against what it was made of.
Status make_compacted(const store::Store& source, const std::string& folder) {
  EMR_TRY(make_folder(folder));
  EMR_TRY(copy_store_file(source, folder + "/data.mdb"));
  EMR_ASSIGN(const auto copy, store::Store::open_copy(folder));
  const auto before = source.snapshot();
  const auto after = copy->snapshot();
  for (std::size_t i = 0; i < store::kTableCount; ++i) {
    const auto table = static_cast<store::Table>(i);
    if (before->count(table) != after->count(table)) {
      return fail(Code::kIo, "the compacted copy lacks records; nothing was changed")
          .with_reason("corrupt");
    }
  }
  return {};
}

std::uint64_t size_of(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 ? static_cast<std::uint64_t>(file.st_size) : 0;
}

Status compact(Context& context) {
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_ASSIGN(const auto store, own_store(dir));
  EMR_ASSIGN(const store::DiskUsage disk, store->disk_usage());
  EMR_ASSIGN(const store::MapUsage map, store->map_usage());
  if (disk.available_bytes < map.used_bytes) {
    return fail(Code::kTempFail, "compacting needs " + std::to_string(map.used_bytes) +
                                     " bytes beside the store; " +
                                     std::to_string(disk.available_bytes) + " are free")
        .with_reason("disk_full")
        .with_hint("back up to another disk, and restore from there");
  }
  const std::string data = dir.data() + "/data.mdb";
  const std::string folder = dir.data() + "/compacting";
  const std::uint64_t before = size_of(data);
  remove_folder(folder);  // of an attempt that was interrupted
  const Status made = make_compacted(*store, folder);
  if (!made) {
    remove_folder(folder);
    return made;
  }
  // The lock on the directory is held until `store` goes, so nobody opens the old file meanwhile.
  if (::rename((folder + "/data.mdb").c_str(), data.c_str()) != 0) {
    return fail(Code::kIo, "cannot replace the store: " + std::string(std::strerror(errno)));
  }
  EMR_TRY(sync_folder(dir.data()));
  remove_folder(folder);
  const std::uint64_t after = size_of(data);
  return output->write(json::canonical_checked({{"type", "emr.compacted"},
                                                {"v", 1},
                                                {"bytesBefore", before},
                                                {"bytesAfter", after},
                                                {"freed", before - std::min(before, after)}}));
}

cli::OptionSpec dir_option() {
  return {.name = "dir", .kind = Kind::kFolder, .help = "directory of the node", .required = true};
}

}  // namespace

cli::VerbSpec prune_verb() {
  return {.name = "prune",
          .summary = "erase sidecars of superseded versions",
          .description =
              "Erases from this node the public half and the envelopes of record versions that an "
              "amendment has replaced, when they are older than the rule says and below the last "
              "stable checkpoint. Never touched: blocks, receipts, certificates, state, and what "
              "belongs to a record's newest version; every receipt stays provable. Other nodes may "
              "still hold what is erased here: an old version can be opened while a quorum of "
              "nodes does.\n\nThe node must be stopped.",
          .streams = cli::Streams::kOutput,
          .options = {dir_option(),
                      {.name = "older-than",
                       .kind = Kind::kDuration,
                       .help = "only what was written longer ago than this",
                       .min = kLeastAgeSeconds},
                      {.name = "below-height",
                       .kind = Kind::kCount,
                       .help = "only of blocks below this height",
                       .min = 1},
                      {.name = "dry-run",
                       .short_name = 'n',
                       .kind = Kind::kFlag,
                       .help = "count, and erase nothing",
                       .configurable = false}},
          .examples = {{"what would be freed?",
                        "emr-pbft-node prune -n --dir /var/lib/emr --older-than 2y"},
                       {"give the room to the disk as well",
                        "emr-pbft-node prune --dir /var/lib/emr --older-than 2y && emr-pbft-node "
                        "compact --dir /var/lib/emr"}},
          .handler = prune};
}

cli::VerbSpec compact_verb() {
  return {.name = "compact",
          .summary = "rewrite the store without its free pages",
          .description =
              "Copies the store without what was erased, checks the copy and puts it in place in "
              "one step; interrupted at any moment, the old store is as it was. Needs as much free "
              "room as the store has in use. The node must be stopped.",
          .streams = cli::Streams::kOutput,
          .options = {dir_option()},
          .examples = {{"after prune", "emr-pbft-node compact --dir /var/lib/emr | jq .freed"}},
          .handler = compact};
}

}  // namespace emr::node_tool
