// login and logout: a session key pair is delegated to, and taken back, by ledger transactions.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "cli/files.h"
#include "cli/system_random.h"
#include "contracts/limits.h"
#include "contracts/methods.h"
#include "emr_sign.h"

namespace emr::sign {
namespace {

Result<ledger::Transaction> registration(const char* method, const crypto::Address& from,
                                         UnixSeconds valid_until, nlohmann::json args) {
  ledger::Core core;
  core.contract = "registration";
  core.method = method;
  core.from = from;
  core.valid_until = valid_until;
  core.args = std::make_shared<const nlohmann::json>(std::move(args));
  cli::SystemRandom random;
  random.fill(core.nonce);
  return ledger::make_transaction(std::move(core), contracts::method_table());
}

Status print(cli::Context& context, ledger::Transaction tx) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  return output->write(ledger::transaction_line({std::move(tx), {}, "{}"}));
}

// The account that logs in: --key-file's, or --from for a wallet that signs elsewhere.
struct Account {
  crypto::Address address;
  std::optional<crypto::SigningKey> key;
};

Result<Account> read_account(cli::Context& context) {
  const std::optional<std::string> from = context.maybe("from");
  if (from.has_value() == !context.text("key-file").empty()) {
    return cli::Context::usage("give either --key-file or --from");
  }
  if (from) {
    EMR_ASSIGN(const crypto::Address address, crypto::parse_address(*from));
    return Account{address, std::nullopt};
  }
  EMR_ASSIGN(crypto::SigningKey key, unlock_key(context));
  const crypto::Address address = key.address();
  return Account{address, std::move(key)};
}

// The file appears only when everything else has worked.
Result<cli::AtomicFile> open_session_file(const cli::Context& context) {
  const std::string& path = context.text("session");
  struct stat info {};
  if (!context.flag("replace") && lstat(path.c_str(), &info) == 0) {
    return fail(Code::kCantCreate, path + ": the session file exists already")
        .with_hint("--replace, when that session is over");
  }
  return cli::AtomicFile::create(path, 0600);
}

Status login(cli::Context& context) {
  EMR_ASSIGN(const ledger::ChainId chain, read_chain(context));
  EMR_ASSIGN(cli::AtomicFile file, open_session_file(context));
  EMR_ASSIGN(const Account account, read_account(context));
  cli::SystemRandom random;
  const UnixSeconds time = now();
  const wallet::Session session = wallet::Session::create(account.address, chain.genesis,
                                                          time + context.seconds("ttl"), random);
  EMR_ASSIGN(ledger::Transaction tx,
             registration("login", account.address, time + context.seconds("valid-for"),
                          {{"sessionKey", session.sign_key.address().text()},
                           {"boxKey", to_hex(session.box.public_key)},
                           {"until", format_utc(session.expires)}}));
  if (account.key) EMR_TRY(ledger::sign_transaction(tx, chain, *account.key));
  EMR_TRY(file.write(session.encode().view()));
  EMR_TRY(print(context, std::move(tx)));
  return file.commit();
}

Status logout(cli::Context& context) {
  EMR_ASSIGN(const ledger::ChainId chain, read_chain(context));
  EMR_ASSIGN(const wallet::Session session, read_session(context.text("session")));
  EMR_TRY(session.check(chain.genesis, now()));
  EMR_ASSIGN(ledger::Transaction tx,
             registration("logout", session.from, now() + context.seconds("valid-for"),
                          {{"sessionKey", session.sign_key.address().text()}}));
  EMR_TRY(ledger::sign_transaction(tx, chain, session.sign_key));
  return print(context, std::move(tx));
}

cli::OptionSpec valid_for_option() {
  return {.name = "valid-for",
          .kind = cli::Kind::kDuration,
          .help = "how long the transaction may be committed",
          .group = "Signing",
          .preset = "1h",
          .min = 60,
          .max = 86400};
}

cli::OptionSpec required_session(std::string help) {
  cli::OptionSpec option = session_option(std::move(help));
  option.required = true;
  return option;
}

}  // namespace

cli::VerbSpec login_verb() {
  cli::OptionSpec session = required_session("session file to write (mode 0600)");
  session.kind = cli::Kind::kOutput;
  return {
      .name = "login",
      .summary = "open a session",
      .description =
          "Makes a session key pair, writes it to the session file and prints the login "
          "transaction that delegates to it, for emr-tx submit. The session works once the "
          "transaction is committed. With --from the transaction is left unsigned, for a "
          "wallet that signs elsewhere (typed-data, attach).",
      .streams = cli::Streams::kOutput,
      .options = join_options(key_options(false), genesis_option(true), std::move(session),
                              cli::OptionSpec{.name = "from",
                                              .kind = cli::Kind::kAddress,
                                              .help = "account of a wallet that signs elsewhere",
                                              .group = "Signing",
                                              .configurable = false},
                              cli::OptionSpec{.name = "ttl",
                                              .kind = cli::Kind::kDuration,
                                              .help = "life of the session",
                                              .group = "Signing",
                                              .preset = "8h",
                                              .min = 60,
                                              .max = contracts::kSessionSecondsMax},
                              cli::OptionSpec{.name = "replace",
                                              .kind = cli::Kind::kFlag,
                                              .help = "overwrite an existing session file",
                                              .group = "Signing",
                                              .configurable = false},
                              valid_for_option()),
      .examples = {{"for a working day",
                    "emr-sign login -k alice.json --genesis genesis.json --ttl 8h --session "
                    "s.json | emr-tx submit --genesis genesis.json"}},
      .handler = login};
}

cli::VerbSpec logout_verb() {
  return {.name = "logout",
          .summary = "end a session",
          .description =
              "Prints the logout transaction, signed by the session itself, for emr-tx "
              "submit. The session file is useless after that and may be removed.",
          .streams = cli::Streams::kOutput,
          .options = {genesis_option(true), required_session("session file"), valid_for_option()},
          .examples = {{"at the end of the day",
                        "emr-sign logout --genesis genesis.json --session s.json | emr-tx submit "
                        "--genesis genesis.json"}},
          .handler = logout};
}

}  // namespace emr::sign
