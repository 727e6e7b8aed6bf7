#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/files.h"
#include "emr_sign.h"
#include "json/json.h"
#include "ledger/genesis.h"
#include "ledger/limits.h"
#include "wallet/keystore.h"
#include "wallet/limits.h"

namespace emr::sign {
namespace {

constexpr const char* kSigning = "Signing";

Error with_file(Error error, const std::string& path) {
  error.message = path + ": " + error.message;
  return error;
}

}  // namespace

std::vector<cli::OptionSpec> key_options(bool required) {
  return {{.name = "key-file",
           .short_name = 'k',
           .kind = cli::Kind::kFile,
           .help = "keystore (Ethereum version 3) of the account, mode 0600",
           .group = kSigning,
           .required = required},
          {.name = "passphrase-file",
           .kind = cli::Kind::kFile,
           .help = "file whose first line is the passphrase, mode 0600",
           .group = kSigning},
          {.name = "passphrase-fd",
           .kind = cli::Kind::kCount,
           .help = "read the passphrase from this open descriptor; asked on the terminal when "
                   "neither is given",
           .group = kSigning,
           .max = 1023,
           .configurable = false}};
}

cli::OptionSpec genesis_option(bool required) {
  return {.name = "genesis",
          .kind = cli::Kind::kFile,
          .help = "genesis file of the ledger: its hash is bound into every signature",
          .group = kSigning,
          .required = required};
}

cli::OptionSpec session_option(std::string help) {
  return {.name = "session", .kind = cli::Kind::kFile, .help = std::move(help), .group = kSigning};
}

cli::OptionSpec typed_data_option() {
  return {.name = "typed-data",
          .kind = cli::Kind::kFlag,
          .help = "the lines are EIP-712 documents, not transactions",
          .group = kSigning,
          .configurable = false};
}

Result<crypto::SecretBytes> passphrase(const cli::Context& context, std::string prompt,
                                       bool confirm) {
  EMR_ASSIGN(cli::PassphraseSource source, context.secret_source("passphrase", std::move(prompt)));
  source.confirm = confirm;
  return cli::read_passphrase(source);
}

Result<crypto::SigningKey> open_with_notices(cli::Context& context, std::string_view text,
                                             const crypto::SecretBytes& passphrase) {
  EMR_ASSIGN(wallet::OpenedKeystore opened, wallet::open_keystore(text, passphrase));
  if (opened.passphrase_normalized) {
    context.reporter().notice(
        "the passphrase fitted only after Unicode normalisation (NFKC); other wallets may refuse "
        "it as you type it");
  }
  if (opened.address_missing) {
    context.reporter().notice(
        "the keystore names no address, so a changed file could not be noticed; compare the "
        "address");
  }
  return std::move(opened.key);
}

Result<crypto::SigningKey> unlock_key(cli::Context& context) {
  const std::string& path = context.text("key-file");
  if (path.empty()) return cli::Context::usage("--key-file is missing");
  EMR_ASSIGN(const crypto::SecretBytes text,
             cli::read_secret_file(path, wallet::kMaxKeystoreBytes));
  EMR_TRY(wallet::keystore_address(text.text()));  // before anybody types a passphrase
  EMR_ASSIGN(const crypto::SecretBytes secret, passphrase(context, "passphrase of " + path + ": "));
  Result<crypto::SigningKey> key = open_with_notices(context, text.text(), secret);
  if (!key) return with_file(std::move(key).error(), path);
  return key;
}

Result<ledger::ChainId> read_chain(const cli::Context& context) {
  const std::string& path = context.text("genesis");
  if (path.empty()) return cli::Context::usage("--genesis is missing: it names the ledger");
  EMR_ASSIGN(const std::string text, cli::read_file(path, ledger::kGenesisBytesMax));
  Result<ledger::Genesis> genesis = ledger::parse_genesis(text);
  if (!genesis) return with_file(std::move(genesis).error(), path);
  return genesis->chain();
}

Result<wallet::Session> read_session(const std::string& path) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(path, wallet::kMaxSessionBytes));
  Result<wallet::Session> session = wallet::Session::decode(text.text());
  if (!session) return with_file(std::move(session).error(), path);
  return session;
}

UnixSeconds now() { return static_cast<UnixSeconds>(std::time(nullptr)); }

nlohmann::json account_json(const crypto::Address& address, const std::string& file) {
  return {{"type", "emr.account"},
          {"v", 1},
          {"address", address.text()},
          {"checksum", crypto::checksum_address(address)},
          {"file", file}};
}

Status write_line(cli::Context& context, const nlohmann::json& json) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  EMR_ASSIGN(const std::string text, json::canonical(json));
  return output->write(text);
}

Result<TransactionSigner> TransactionSigner::open(cli::Context& context) {
  const bool typed_session = context.typed("session");
  if (typed_session && context.typed("key-file")) {
    return cli::Context::usage("give either --key-file or --session");
  }
  EMR_ASSIGN(ledger::ChainId chain, read_chain(context));
  // What is typed beats what the house has set.
  if (!context.text("key-file").empty() && !typed_session) {
    EMR_ASSIGN(crypto::SigningKey key, unlock_key(context));
    const crypto::Address from = key.address();
    return TransactionSigner(std::move(chain), std::move(key), from, false);
  }
  const std::string& path = context.text("session");
  if (path.empty()) return cli::Context::usage("--key-file or --session is missing");
  EMR_ASSIGN(wallet::Session session, read_session(path));
  EMR_TRY(session.check(chain.genesis, now()));
  return TransactionSigner(std::move(chain), std::move(session.sign_key), session.from, true);
}

Status TransactionSigner::sign(ledger::Transaction& tx) const {
  if (tx.core.from != from_) {
    return fail(Code::kDenied, "the transaction is from another account than the key's")
        .with_pointer("/core/from")
        .with_reason("from");
  }
  if (is_session_ && !tx.method->by_session) {
    return fail(Code::kDenied, "a session key may not sign this method")
        .with_pointer("/core/method")
        .with_reason("session_scope")
        .with_hint("sign with --key-file");
  }
  return ledger::sign_transaction(tx, chain_, key_);
}

Result<crypto::Signature> signature_from(std::string_view text) {
  const bool prefixed = text.starts_with("0x");
  return crypto::parse_signature_hex(prefixed ? std::string(text) : "0x" + std::string(text));
}

}  // namespace emr::sign
