// backup: a consistent copy of a node's ledger, taken while it runs, without its keys.
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "backup_set.h"
#include "base/hex.h"
#include "common/ledger_guard.h"
#include "ledger/proof.h"
#include "node_dir.h"
#include "store/damage.h"
#include "verbs.h"

namespace emr::node_tool {

namespace {

using cli::Context;
using cli::Kind;

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// However the two are written, and through links.
bool lies_within(const std::string& path, const std::string& folder) {
  const auto plain = [](const std::string& text) {
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(text, error);
    return std::filesystem::weakly_canonical(whole, error).lexically_normal();
  };
  const std::filesystem::path inner = plain(path);
  const std::filesystem::path outer = plain(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// The copy is looked at before it gets its name: a backup that cannot be read is none.
Result<BackupManifest> inspect_copy(const std::string& folder, const ledger::Genesis& genesis) {
  EMR_ASSIGN(const auto store, store::Store::open_copy(folder));
  const auto view = store->snapshot();
  EMR_ASSIGN(const auto tip, view->tip());
  if (!tip || view->genesis() != ledger::encode_genesis(genesis)) {
    return fail(Code::kConfig, "the store belongs to another chain than genesis.json")
        .with_reason("wrong_chain");
  }
  if (tip->height > 0) {
    const auto block = view->block(tip->height);
    const auto certificate = view->certificate(tip->height);
    const auto decoded = block
                             ? ledger::decode_block(*block)
                             : Result<ledger::Block>(fail(Code::kIo, "the last block is missing"));
    if (!decoded || !certificate ||
        !certificate_holds(*view, *certificate, decoded->header, genesis)) {
      return store::damaged("its last block does not verify");
    }
  }
  BackupManifest manifest;
  manifest.chain_id = genesis.chain_id;
  manifest.genesis = to_hex(genesis.hash);
  manifest.height = tip->height;
  manifest.tip = to_hex(tip->hash);
  manifest.writes_hash = to_hex(tip->writes_hash);
  return manifest;
}

/// Everything into `folder`, which is still nobody's backup.
Result<BackupManifest> fill(const NodeDir& dir, const std::string& folder) {
  EMR_ASSIGN(const NodeConfig config, read_config(dir));
  EMR_ASSIGN(const ledger::Genesis genesis, read_genesis(dir.genesis()));
  EMR_ASSIGN(const auto source, store::Store::open_beside(dir.data()));
  EMR_TRY(make_folder(folder + "/data"));
  const UnixSeconds now = std::time(nullptr);
  EMR_TRY(copy_store_file(*source, folder + "/data/data.mdb"));
  EMR_TRY(sync_folder(folder + "/data"));
  EMR_ASSIGN(BackupManifest manifest, inspect_copy(folder + "/data", genesis));
  manifest.node = config.id;
  manifest.time = format_utc(now);
  EMR_TRY(write_config(NodeDir(folder), config));
  EMR_TRY(cli::write_file(folder + "/genesis.json", ledger::encode_genesis(genesis) + "\n", 0600));
  for (const char* name : {"data/data.mdb", "genesis.json", "node.json"}) {
    EMR_ASSIGN(BackupFile file, describe_file(folder, name));
    manifest.files.push_back(std::move(file));
  }
  EMR_TRY(cli::write_file(folder + "/manifest.json", encode_manifest(manifest) + "\n", 0600));
  EMR_TRY(sync_folder(folder));
  return manifest;
}

/// Keys go where the ledger does not go, and only when somebody says where.
Status save_keys(const NodeDir& dir, const std::string& folder) {
  EMR_TRY(make_folder(folder));
  EMR_TRY(NodeDir(folder).create());
  const NodeDir target(folder);
  for (const char* name : {"vote", "transport", "box"}) {
    // The successor first: should it take its place between the two, the new key is copied twice.
    if (exists(dir.next_key(name))) {
      const Result<crypto::Secret32> next = cli::read_key_file(dir.next_key(name));
      if (!next && exists(dir.next_key(name))) return next.error();
      if (next) EMR_TRY(write_key(target.next_key(name), *next));
    }
    EMR_ASSIGN(const crypto::Secret32 key, cli::read_key_file(dir.key(name)));
    EMR_TRY(write_key(target.key(name), key));
  }
  EMR_ASSIGN(const NodeConfig config, read_config(dir));
  if (config.later && !exists(dir.share())) return {};  // nobody dealt it one
  EMR_ASSIGN(const ShareKey share, read_share(dir.share()));
  return write_share(target.share(), share);
}

Status backup(Context& context) {
  tools::guard_ledger(context);
  const NodeDir dir(context.text("dir"));
  const std::string target = without_slashes(context.text("to"));
  const std::string keys = without_slashes(context.text("keys-to"));
  if (!keys.empty() && lies_within(keys, target)) {
    return Context::usage("--keys-to must not lie within --to: keys and ledger are kept apart");
  }
  // The keys are copied last, and what is in their way is told before the ledger is copied.
  for (const std::string& folder : {target, keys}) {
    if (folder.empty() || ::access(folder.c_str(), F_OK) != 0) continue;
    return fail(Code::kCantCreate, folder + " exists already")
        .with_hint("a backup never overwrites one; name another folder");
  }
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  const std::string partial = target + ".partial-" + std::to_string(::getpid());
  EMR_TRY(make_folder(partial));
  const Result<BackupManifest> manifest = fill(dir, partial);
  const Status published = manifest ? publish_folder(partial, target) : Status(manifest.error());
  if (!published) {
    remove_folder(partial);
    return published;
  }
  if (!keys.empty()) EMR_TRY(save_keys(dir, keys));
  return output->write(encode_manifest(*manifest));
}

}  // namespace

cli::VerbSpec backup_verb() {
  return {
      .name = "backup",
      .summary = "copy the ledger of a node, also of a running one",
      .description =
          "Writes FOLDER with the ledger as of one moment, genesis.json, node.json and "
          "manifest.json (size and SHA-256 of each file). The node goes on meanwhile. FOLDER "
          "appears complete and synced or not at all, and is a ledger that emr-query verify "
          "--ledger FOLDER/data reads as it is.\n\nKeys are not in it: whoever gets hold of a "
          "backup cannot vote with it. With --keys-to they are copied to a folder of their own, "
          "successors of a pending rotate too; keep that one as you keep the keys. The "
          "institution's archive key is never copied.",
      .streams = cli::Streams::kOutput,
      .options = {{.name = "dir",
                   .kind = Kind::kFolder,
                   .help = "directory of the node",
                   .required = true},
                  {.name = "to",
                   .kind = Kind::kFolder,
                   .value = "FOLDER",
                   .help = "the backup to make; must not exist",
                   .required = true},
                  {.name = "keys-to",
                   .kind = Kind::kFolder,
                   .value = "FOLDER",
                   .help = "also copy the node's keys and share, into this new folder"}},
      .examples = {{"every night, from cron",
                    "emr-pbft-node backup --dir /var/lib/emr --to /backup/emr-$(date +%F)"},
                   {"check a backup without restoring it",
                    "emr-pbft-node restore --dry-run --dir /var/lib/emr --from "
                    "/backup/emr-2026-11-28"}},
      .handler = backup};
}

}  // namespace emr::node_tool
