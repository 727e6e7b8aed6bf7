// A backup: a directory with a copied store, the genesis, the configuration and a manifest that
// names each file with its size and SHA-256. It appears complete or not at all, holds no key, and
// is a ledger that emr-query verify reads as it is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/genesis.h"
#include "store/store.h"

namespace emr::node_tool {

struct BackupFile {
  std::string name;  ///< relative: "data/data.mdb"
  std::uint64_t bytes = 0;
  std::string sha256;  ///< hex
};

/// `manifest.json`, `emr.backup` v1.
struct BackupManifest {
  std::string node;
  std::string chain_id;
  std::string genesis;  ///< hex
  std::uint64_t height = 0;
  std::string tip;          ///< hex
  std::string writes_hash;  ///< hex
  std::string time;         ///< when the copy was taken, UTC
  std::vector<BackupFile> files;
};
std::string encode_manifest(const BackupManifest& manifest);
Result<BackupManifest> read_manifest(const std::string& folder);

/// Size and hash of a file; kNoInput when it is missing.
Result<BackupFile> describe_file(const std::string& folder, const std::string& name);
/// Every file of the manifest is there, unchanged. kNegative "changed" or "missing" with its name.
Status check_files(const std::string& folder, const BackupManifest& manifest);

/// Copies a store, also one in use, into the new file `path` (mode 0600), and syncs it.
Status copy_store_file(const store::Store& source, const std::string& path);
/// Reads every page of a store and keeps none: finds what the disk has lost.
Status read_whole_store(const store::Store& source);

Status sync_folder(const std::string& path);
Status make_folder(const std::string& path);
/// Renames a folder that is complete to its final name and makes that durable. kCantCreate when
/// there is something already.
Status publish_folder(const std::string& from, const std::string& to);
/// Puts `fresh` where `current` is, in one step; what was there is at `fresh` afterwards.
Status exchange_folders(const std::string& fresh, const std::string& current);
/// Removes a folder that this program made; for clean-up after a failure.
void remove_folder(const std::string& path);

}  // namespace emr::node_tool
