#include "backup_set.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/descriptor.h"
#include "cli/files.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::node_tool {

namespace {

using cli::Descriptor;
using Json = nlohmann::json;

constexpr std::size_t kManifestBytesMax = 16 * 1024;
constexpr std::size_t kFilesMax = 16;
constexpr std::size_t kReadBytes = std::size_t{1} << 20;

Error file_error(Code code, std::string doing, const std::string& path) {
  return fail(code, "cannot " + std::move(doing) + " " + path + ": " + std::strerror(errno));
}

Status parse_files(const Json& tree, BackupManifest& manifest) {
  EMR_ASSIGN(const Json* files, json::get_array(tree, "files", kFilesMax));
  for (const Json& one : *files) {
    BackupFile file;
    EMR_ASSIGN(file.name, json::get_string(one, "name", {.max = 64}, "/files"));
    if (file.name.starts_with('/') || file.name.find("..") != std::string::npos) {
      return fail(Code::kData, "a file of the manifest lies outside the backup");
    }
    EMR_ASSIGN(file.bytes, json::get_u64(one, "bytes", {}, "/files"));
    EMR_ASSIGN(const Hash32 hash, json::get_hex32(one, "sha256", "/files"));
    file.sha256 = to_hex(hash);
    manifest.files.push_back(std::move(file));
  }
  return {};
}

}  // namespace

std::string encode_manifest(const BackupManifest& manifest) {
  Json files = Json::array();
  for (const BackupFile& file : manifest.files) {
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return json::canonical_checked({{"type", "emr.backup"},
                                  {"v", 1},
                                  {"node", manifest.node},
                                  {"chainId", manifest.chain_id},
                                  {"genesis", manifest.genesis},
                                  {"height", manifest.height},
                                  {"tip", manifest.tip},
                                  {"writesHash", manifest.writes_hash},
                                  {"time", manifest.time},
                                  {"files", files}});
}

Result<BackupManifest> read_manifest(const std::string& folder) {
  EMR_ASSIGN(const std::string text, cli::read_file(folder + "/manifest.json", kManifestBytesMax));
  EMR_ASSIGN(const Json tree, json::parse_object(text));
  EMR_TRY(json::expect_type(tree, "emr.backup"));
  BackupManifest manifest;
  EMR_ASSIGN(manifest.node, json::get_string(tree, "node", {.max = 64}));
  EMR_ASSIGN(manifest.chain_id, json::get_string(tree, "chainId", {.max = 64}));
  EMR_ASSIGN(const Hash32 genesis, json::get_hex32(tree, "genesis"));
  EMR_ASSIGN(manifest.height, json::get_u64(tree, "height"));
  EMR_ASSIGN(const Hash32 tip, json::get_hex32(tree, "tip"));
  EMR_ASSIGN(const Hash32 writes, json::get_hex32(tree, "writesHash"));
  EMR_ASSIGN(const UnixSeconds time, json::get_utc(tree, "time"));
  manifest.genesis = to_hex(genesis);
  manifest.tip = to_hex(tip);
  manifest.writes_hash = to_hex(writes);
  manifest.time = format_utc(time);
  EMR_TRY(parse_files(tree, manifest));
  return manifest;
}

Result<BackupFile> describe_file(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0) return file_error(Code::kNoInput, "open", path);
  crypto::Sha256 hash;
  BackupFile described{name, 0, {}};
  std::vector<std::uint8_t> piece(kReadBytes);
  while (true) {
    const ssize_t size = ::read(file.get(), piece.data(), piece.size());
    if (size < 0) return file_error(Code::kIo, "read", path);
    if (size == 0) break;
    hash.update(ByteView(piece.data(), static_cast<std::size_t>(size)));
    described.bytes += static_cast<std::uint64_t>(size);
  }
  described.sha256 = to_hex(hash.finish());
  return described;
}

Status check_files(const std::string& folder, const BackupManifest& manifest) {
  bool has_store = false;
  for (const BackupFile& expected : manifest.files) {
    has_store = has_store || expected.name == "data/data.mdb";
    auto found = describe_file(folder, expected.name);
    if (!found && found.error().code == Code::kNoInput) {
      return fail(Code::kNegative, "the backup lacks " + expected.name).with_reason("missing");
    }
    if (!found) return std::move(found).error();
    if (found->bytes != expected.bytes || found->sha256 != expected.sha256) {
      return fail(Code::kNegative, expected.name + " is not what the manifest says")
          .with_reason("changed")
          .with_hint("take another backup; this one was altered or its medium is failing");
    }
  }
  if (has_store) return {};
  return fail(Code::kNegative, "the backup names no store").with_reason("missing");
}

Status copy_store_file(const store::Store& source, const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return file_error(Code::kCantCreate, "create", path);
  return source.copy_to(file.get());
}

Status read_whole_store(const store::Store& source) {
  const Descriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (nothing.get() < 0) return file_error(Code::kIo, "open", "/dev/null");
  return source.copy_to(nothing.get());
}

Status sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || (::fsync(folder.get()) != 0 && errno != EINVAL)) {
    return file_error(Code::kIo, "sync", path);
  }
  return {};
}

Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) return file_error(Code::kCantCreate, "create", path);
  return {};
}

namespace {

std::string parent_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

Status publish_folder(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    return file_error(Code::kCantCreate, "create", to);
  }
  return sync_folder(parent_of(to));
}

Status exchange_folders(const std::string& fresh, const std::string& current) {
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, current.c_str(), RENAME_EXCHANGE) != 0) {
    return file_error(Code::kIo, "replace", current);
  }
  return sync_folder(parent_of(current));
}

void remove_folder(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace emr::node_tool
