#include "common/connection.h"

#include <ctime>
#include <mutex>
#include <set>

#include "cli/files.h"
#include "ledger/limits.h"
#include "wallet/keystore.h"
#include "wallet/session.h"

namespace emr::tools {
namespace {

using cli::Kind;

Result<Identity> from_session(const std::string& path, const ledger::Genesis& genesis) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(path));
  EMR_ASSIGN(wallet::Session session, wallet::Session::decode(text.text()));
  EMR_TRY(session.check(genesis.hash, static_cast<UnixSeconds>(std::time(nullptr))));
  return Identity{{session.from, std::move(session.sign_key)}, std::move(session.box)};
}

}  // namespace

std::vector<cli::OptionSpec> node_options() {
  const std::string group = "Nodes";
  return {
      {.name = "node",
       .kind = Kind::kUrl,
       .help = "node of the consortium; repeat it, the next one is asked when one does not answer",
       .group = group,
       .repeatable = true},
      {.name = "genesis",
       .kind = Kind::kFile,
       .help = "genesis file of the consortium",
       .group = group,
       .required = true},
      {.name = "timeout",
       .kind = Kind::kDuration,
       .help = "longest wait for an answer",
       .group = group,
       .preset = "30s",
       .min = 1,
       .max = 3600}};
}

std::vector<cli::OptionSpec> keystore_options() {
  const std::string group = "Identity";
  return {{.name = "key-file",
           .short_name = 'k',
           .kind = Kind::kFile,
           .help = "keystore of a service account",
           .group = group},
          {.name = "passphrase-file",
           .kind = Kind::kFile,
           .help = "file with the passphrase of the keystore, mode 0600",
           .group = group,
           .configurable = false},
          {.name = "passphrase-fd",
           .kind = Kind::kCount,
           .help = "descriptor to read the passphrase from",
           .group = group,
           .max = 1023,
           .configurable = false}};
}

std::vector<cli::OptionSpec> identity_options() {
  std::vector<cli::OptionSpec> keystore = keystore_options();
  keystore.front().help += ", instead of a session";
  return joined({{.name = "session",
                  .kind = Kind::kFile,
                  .help = "session that signs the requests (emr-sign login)",
                  .group = "Identity"}},
                std::move(keystore));
}

std::vector<cli::OptionSpec> joined(std::vector<cli::OptionSpec> first,
                                    std::vector<cli::OptionSpec> second) {
  for (cli::OptionSpec& option : second) first.push_back(std::move(option));
  return first;
}

client::PoolOptions pool_options(cli::Context& context) {
  struct Named {
    std::mutex mutex;
    std::set<std::string> texts;
  };
  const auto named = std::make_shared<Named>();
  cli::Reporter* const reporter = &context.reporter();
  client::PoolOptions options;
  options.urls = context.list("node");
  options.on_fault = [named, reporter](const std::string& url, const Error& error) {
    const std::string text = url + ": " + error.message + "; it is not believed";
    const std::lock_guard lock(named->mutex);
    if (named->texts.insert(text).second) reporter->notice(text);
  };
  return options;
}

void note_undecided(cli::Context& context, const client::Lookup& lookup) {
  if (lookup.undecided() == 0) return;
  context.reporter().notice("of " + std::to_string(lookup.undecided()) +
                            " records too few nodes said the same; they are taken for new, and "
                            "the ledger decides");
}

Result<ledger::Genesis> load_genesis(const cli::Context& context) {
  EMR_ASSIGN(const std::string text,
             cli::read_file(context.text("genesis"), ledger::kGenesisBytesMax));
  Result<ledger::Genesis> genesis = ledger::parse_genesis(text);
  if (genesis) return genesis;
  Error error = std::move(genesis).error();
  error.code = Code::kConfig;
  error.message = "genesis: " + error.message;
  return error;
}

bool has_identity(const cli::Context& context) {
  return context.given("session") || context.given("key-file");
}

Result<Identity> load_keystore(const cli::Context& context) {
  EMR_ASSIGN(const crypto::SecretBytes text, cli::read_secret_file(context.text("key-file")));
  EMR_ASSIGN(const cli::PassphraseSource source,
             context.secret_source("passphrase", "passphrase: "));
  EMR_ASSIGN(const crypto::SecretBytes passphrase, cli::read_passphrase(source));
  EMR_ASSIGN(wallet::OpenedKeystore opened, wallet::open_keystore(text.text(), passphrase));
  const crypto::Address from = opened.key.address();
  return Identity{{from, std::move(opened.key)}, std::nullopt};
}

/// What is typed beats what the house has set: who types a session does not ask as the service.
Result<Identity> load_identity(const cli::Context& context, const ledger::Genesis& genesis) {
  const bool typed_session = context.typed("session");
  if (typed_session && context.typed("key-file")) {
    return cli::Context::usage("give either --session or --key-file");
  }
  if (context.given("key-file") && !typed_session) return load_keystore(context);
  EMR_TRY(context.refuse_typed({"passphrase-file", "passphrase-fd"}, "is for a --key-file"));
  if (context.given("session")) return from_session(context.text("session"), genesis);
  return fail(Code::kUsage, "--session or --key-file is missing")
      .with_hint("emr-sign login makes a session; $EMR_SESSION names it");
}

Result<std::unique_ptr<Connection>> Connection::open(cli::Context& context) {
  EMR_ASSIGN(ledger::Genesis genesis, load_genesis(context));
  std::unique_ptr<Connection> connection(new Connection(std::move(genesis)));
  connection->timeout_ = std::chrono::seconds(context.seconds("timeout"));
  EMR_ASSIGN(client::Pool pool,
             client::Pool::make(pool_options(context), connection->genesis_));
  connection->pool_.emplace(std::move(pool));
  return connection;
}

}  // namespace emr::tools
