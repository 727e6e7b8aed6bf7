#include "credential.h"

#include <ctime>

#include "cli/files.h"
#include "wallet/keystore.h"
#include "wallet/session.h"

namespace emr::put {
namespace {

constexpr std::size_t kMaxGenesisBytes = std::size_t{4} << 20;

Result<Credential> from_session(const std::string& path, const ledger::Genesis& genesis) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(path));
  EMR_ASSIGN(wallet::Session session, wallet::Session::decode(text.text()));
  EMR_TRY(session.check(genesis.hash, static_cast<UnixSeconds>(std::time(nullptr))));
  return Credential{session.from, std::move(session.sign_key)};
}

Result<Credential> from_keystore(const cli::Context& context) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(context.text("key-file")));
  cli::PassphraseSource source{.file = context.text("passphrase-file"), .prompt = "passphrase: "};
  if (context.given("passphrase-fd")) source.fd = static_cast<int>(context.count("passphrase-fd"));
  EMR_ASSIGN(const crypto::SecretBytes passphrase, cli::read_passphrase(source));
  EMR_ASSIGN(wallet::OpenedKeystore opened, wallet::open_keystore(text.text(), passphrase));
  const crypto::Address from = opened.key.address();
  return Credential{from, std::move(opened.key)};
}

}  // namespace

Result<Credential> load_credential(const cli::Context& context, const ledger::Genesis& genesis) {
  if (context.given("key-file")) return from_keystore(context);
  if (context.given("session")) return from_session(context.text("session"), genesis);
  return fail(Code::kUsage, "--node needs --session or --key-file")
      .with_hint("emr-sign login makes a session; $EMR_SESSION names it");
}

Result<ledger::Genesis> load_genesis(const cli::Context& context) {
  if (!context.given("genesis")) return fail(Code::kUsage, "--genesis is missing");
  EMR_ASSIGN(const std::string text, cli::read_file(context.text("genesis"), kMaxGenesisBytes));
  Result<ledger::Genesis> genesis = ledger::parse_genesis(text);
  if (genesis) return genesis;
  Error error = std::move(genesis).error();
  error.code = Code::kConfig;
  error.message = "genesis: " + error.message;
  return error;
}

}  // namespace emr::put
