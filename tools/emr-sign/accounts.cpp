// list and address: what key files there are, without unlocking any.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "cli/files.h"
#include "emr_sign.h"
#include "wallet/keystore.h"
#include "wallet/limits.h"

namespace emr::sign {
namespace {

namespace fs = std::filesystem;

// The account of one file, or nothing when it is no keystore.
std::optional<nlohmann::json> describe(const fs::path& path) {
  const Result<std::string> text = cli::read_file(path.string(), wallet::kMaxKeystoreBytes);
  if (!text || text->rfind('{', 0) != 0) return std::nullopt;
  const Result<std::optional<crypto::Address>> address = wallet::keystore_address(*text);
  if (!address) return std::nullopt;
  nlohmann::json json = account_json(address->value_or(crypto::Address{}), path.string());
  if (!address->has_value()) json["address"] = json["checksum"] = nullptr;
  struct stat info {};
  const bool is_private = stat(path.c_str(), &info) == 0 && (info.st_mode & 077) == 0;
  json["private"] = is_private;
  return json;
}

Result<std::vector<fs::path>> files_in(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  if (error) return fail(Code::kNoInput, folder + ": the folder cannot be read");
  std::sort(files.begin(), files.end());
  return files;
}

Status list(cli::Context& context) {
  std::vector<std::string> folders = context.list("FOLDER");
  if (folders.empty()) folders.emplace_back(".");
  for (const std::string& folder : folders) {
    EMR_ASSIGN(const std::vector<fs::path> files, files_in(folder));
    for (const fs::path& file : files) {
      if (!is_valid_utf8(file.string())) {  // and no line could name it
        context.reporter().notice("a file whose name is no UTF-8 is not looked at");
        continue;
      }
      const std::optional<nlohmann::json> account = describe(file);
      if (account) EMR_TRY(write_line(context, *account));
    }
  }
  return {};
}

Status address(cli::Context& context) {
  const std::string& path = context.text("key-file");
  EMR_ASSIGN(const crypto::SecretBytes text,
             cli::read_secret_file(path, wallet::kMaxKeystoreBytes));
  EMR_ASSIGN(const std::optional<crypto::Address> named, wallet::keystore_address(text.text()));
  if (named && !context.flag("check")) return write_line(context, account_json(*named, path));
  EMR_ASSIGN(const crypto::SigningKey key, unlock_key(context));
  return write_line(context, account_json(key.address(), path));
}

}  // namespace

cli::VerbSpec list_verb() {
  return {.name = "list",
          .summary = "list the keystores in folders",
          .description =
              "One emr.account line per keystore, by file name. \"private\" says "
              "whether only its owner can read the file.",
          .streams = cli::Streams::kOutput,
          .positionals = {{.name = "FOLDER",
                           .help = "folders to look in; the current one when none is named",
                           .kind = cli::Kind::kFolder,
                           .repeatable = true}},
          .examples = {{"the accounts here", "emr-sign list | jq -r .checksum"}},
          .handler = list};
}

cli::VerbSpec address_verb() {
  return {.name = "address",
          .summary = "print the address of a keystore",
          .description =
              "Reads the address that the keystore names. With --check, and when it "
              "names none, the keystore is unlocked and the address computed.",
          .streams = cli::Streams::kOutput,
          .options = join_options(key_options(true),
                                  cli::OptionSpec{.name = "check",
                                                  .kind = cli::Kind::kFlag,
                                                  .help = "unlock and compute the address",
                                                  .group = "Signing",
                                                  .configurable = false}),
          .examples = {{"for a shell variable",
                        "FROM=$(emr-sign address -k alice.json | jq -r .address)"}},
          .handler = address};
}

}  // namespace emr::sign
