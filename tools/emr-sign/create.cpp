// create and import: a key becomes a keystore file that did not exist before.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/files.h"
#include "cli/system_random.h"
#include "emr_sign.h"
#include "wallet/keystore.h"
#include "wallet/limits.h"
#include "wallet/mnemonic.h"

namespace emr::sign {
namespace {

using crypto::SecretBytes;

cli::OptionSpec light_option() {
  return {.name = "light",
          .kind = cli::Kind::kFlag,
          .help =
              "scrypt with 4 MiB instead of 256 MiB: for service keys whose passphrase is a "
              "random file",
          .group = "Signing"};
}

std::vector<cli::OptionSpec> new_key_options() {
  std::vector<cli::OptionSpec> options = key_options(true);
  options.front().kind = cli::Kind::kOutput;
  options.front().help = "keystore to write (mode 0600); an existing file is never overwritten";
  options.push_back(light_option());
  return options;
}

Status save(cli::Context& context, const crypto::SigningKey& key) {
  const std::string& path = context.text("key-file");
  EMR_ASSIGN(const SecretBytes secret, passphrase(context, "new passphrase: ", true));
  if (secret.empty()) return cli::Context::usage("an empty passphrase protects nothing");
  cli::SystemRandom random;
  const wallet::ScryptCost cost =
      context.flag("light") ? wallet::kLightCost : wallet::kStandardCost;
  EMR_ASSIGN(const std::string text, wallet::encode_keystore(key, secret, cost, random));
  EMR_TRY(context.output());  // a closed or missing output must not leave an unannounced key
  EMR_TRY(cli::write_new_secret_file(path, text));
  return write_line(context, account_json(key.address(), path));
}

Status create(cli::Context& context) {
  cli::SystemRandom random;
  return save(context, crypto::SigningKey::generate(random));
}

// --- import --------------------------------------------------------------------------------------

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool looks_like_key(std::string_view text) {
  if (text.rfind("0x", 0) == 0) text.remove_prefix(2);
  const auto is_hex = [](char c) { return from_hex(std::string{c, c}).ok(); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex);
}

std::string kind_of(const cli::Context& context, std::string_view secret) {
  const std::string& kind = context.text("kind");
  if (kind != "auto") return kind;
  if (secret.rfind('{', 0) == 0) return "keystore";
  return looks_like_key(secret) ? "key" : "mnemonic";
}

Result<crypto::SigningKey> import_key(std::string_view text) {
  if (text.rfind("0x", 0) == 0) text.remove_prefix(2);
  Result<Hash32> bytes = hash_from_hex(text);
  if (!bytes) {
    return fail(Code::kData, "a private key is 64 hex digits").with_reason("private_key");
  }
  crypto::Secret32 secret(*bytes);
  crypto::wipe(*bytes);
  return crypto::SigningKey::from_secret(std::move(secret));
}

// The passphrase that belongs to what is imported: asked for only where there must be one.
Result<SecretBytes> inner_passphrase(const cli::Context& context, std::string prompt) {
  const bool is_asked = !prompt.empty();
  EMR_ASSIGN(const cli::PassphraseSource source,
             context.secret_source("from-passphrase", std::move(prompt)));
  if (!is_asked && source.file.empty() && source.fd < 0) return SecretBytes();
  return cli::read_passphrase(source);
}

Result<SecretBytes> read_secret(const cli::Context& context) {
  const std::string& file = context.text("from");
  const bool has_fd = context.given("from-fd");
  if (context.typed("from") && has_fd) {
    return cli::Context::usage("give either --from or --from-fd");
  }
  if (!file.empty() && !has_fd) return cli::read_secret_file(file, wallet::kMaxKeystoreBytes);
  return cli::read_passphrase({.fd = has_fd ? static_cast<int>(context.count("from-fd")) : -1,
                               .prompt = "private key or mnemonic (not shown): "});
}

Result<crypto::SigningKey> import_secret(cli::Context& context, const SecretBytes& secret) {
  const std::string_view text = trim(secret.text());
  const std::string kind = kind_of(context, text);
  if (kind != "mnemonic") {
    EMR_TRY(context.refuse_typed({"path"}, "is for a mnemonic, and this is none"));
  }
  if (kind == "key") {
    EMR_TRY(context.refuse_typed({"from-passphrase-file", "from-passphrase-fd"},
                                 "is for a keystore or a mnemonic, and this is a key"));
    return import_key(text);
  }
  if (kind == "keystore") {
    EMR_ASSIGN(const SecretBytes old, inner_passphrase(context, "passphrase of the keystore: "));
    return open_with_notices(context, text, old);
  }
  EMR_ASSIGN(const wallet::Mnemonic mnemonic, wallet::parse_mnemonic(as_bytes(text)));
  EMR_ASSIGN(const SecretBytes extra, inner_passphrase(context, ""));
  return wallet::derive_account(mnemonic, extra.view(), context.text("path"));
}

Status import(cli::Context& context) {
  EMR_ASSIGN(const SecretBytes secret, read_secret(context));
  EMR_ASSIGN(const crypto::SigningKey key, import_secret(context, secret));
  return save(context, key);
}

std::vector<cli::OptionSpec> import_options() {
  constexpr const char* kGroup = "Import";
  return join_options(
      new_key_options(),
      cli::OptionSpec{.name = "from",
                      .kind = cli::Kind::kFile,
                      .help = "file with the private key, mnemonic or keystore, mode 0600",
                      .group = kGroup},
      cli::OptionSpec{.name = "from-fd",
                      .kind = cli::Kind::kCount,
                      .help = "read it (one line) from this open descriptor; asked on the terminal "
                              "when neither is given",
                      .group = kGroup,
                      .max = 1023,
                      .configurable = false},
      cli::OptionSpec{.name = "kind",
                      .kind = cli::Kind::kChoice,
                      .help = "what it is",
                      .group = kGroup,
                      .preset = "auto",
                      .choices = {"auto", "key", "mnemonic", "keystore"}},
      cli::OptionSpec{.name = "path",
                      .kind = cli::Kind::kText,
                      .help = "derivation path of a mnemonic",
                      .group = kGroup,
                      .preset = std::string(wallet::kDefaultPath)},
      cli::OptionSpec{.name = "from-passphrase-file",
                      .kind = cli::Kind::kFile,
                      .help = "passphrase of the imported keystore, or a mnemonic's extra word",
                      .group = kGroup},
      cli::OptionSpec{.name = "from-passphrase-fd",
                      .kind = cli::Kind::kCount,
                      .help = "the same from an open descriptor",
                      .group = kGroup,
                      .max = 1023,
                      .configurable = false});
}

}  // namespace

cli::VerbSpec create_verb() {
  return {.name = "create",
          .summary = "make a new account",
          .description =
              "Makes a random secp256k1 key and writes it as an Ethereum keystore "
              "(version 3) that MetaMask imports. Prints one emr.account line.",
          .streams = cli::Streams::kOutput,
          .options = new_key_options(),
          .examples = {{"a new account", "emr-sign create -k alice.json"}},
          .handler = create};
}

cli::VerbSpec import_verb() {
  return {
      .name = "import",
      .summary = "import a private key, mnemonic or keystore",
      .description =
          "Takes the key from a file, a descriptor or the terminal, never from the "
          "command line. English and simplified Chinese BIP-39 mnemonics are "
          "known; the default path is MetaMask's first account.",
      .streams = cli::Streams::kOutput,
      .options = import_options(),
      .examples = {{"the second account of a MetaMask phrase",
                    "emr-sign import --from phrase.txt --path \"m/44'/60'/0'/0/1\" -k bob.json"}},
      .handler = import};
}

}  // namespace emr::sign
