// What the verbs of emr-sign share: the table entries of its options, the signing key and the
// ledger that a command works for. Internal to this tool.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "cli/cli.h"
#include "crypto/signing.h"
#include "ledger/transaction.h"
#include "wallet/session.h"

namespace emr::sign {

// --- one function per verb's table (each in the file of its verb) ---
cli::VerbSpec create_verb();
cli::VerbSpec import_verb();
cli::VerbSpec list_verb();
cli::VerbSpec address_verb();
cli::VerbSpec sign_verb();
cli::VerbSpec typed_data_verb();
cli::VerbSpec attach_verb();
cli::VerbSpec verify_verb();
cli::VerbSpec digest_verb();
cli::VerbSpec login_verb();
cli::VerbSpec logout_verb();

// --- options that several verbs have ---
/// --key-file, --passphrase-file, --passphrase-fd.
std::vector<cli::OptionSpec> key_options(bool required);
cli::OptionSpec genesis_option(bool required);
cli::OptionSpec session_option(std::string help);
cli::OptionSpec typed_data_option();
cli::OptionSpec personal_option();
template <class... Options>
std::vector<cli::OptionSpec> join_options(std::vector<cli::OptionSpec> first, Options... more) {
  (first.push_back(std::move(more)), ...);
  return first;
}

// --- what the options stand for ---
/// The passphrase that --passphrase-file, --passphrase-fd or the terminal gives.
Result<crypto::SecretBytes> passphrase(const cli::Context& context, std::string prompt,
                                       bool confirm = false);
/// Unlocks --key-file; once per process, because that takes a second.
Result<crypto::SigningKey> unlock_key(cli::Context& context);
/// Opens the keystore in `text`, with notices about what is odd in it.
Result<crypto::SigningKey> open_with_notices(cli::Context& context, std::string_view text,
                                             const crypto::SecretBytes& passphrase);
Result<ledger::ChainId> read_chain(const cli::Context& context);
Result<wallet::Session> read_session(const std::string& path);
UnixSeconds now();

/// The `emr.account` line of an address.
nlohmann::json account_json(const crypto::Address& address, const std::string& file);
Status write_line(cli::Context& context, const nlohmann::json& json);

/// A signature of another program: ethkey and web3.py write its hex without 0x.
Result<crypto::Signature> signature_from(std::string_view text);

// --- personal_sign: the bodies of sign, digest and verify under --personal ---
Status sign_personal(cli::Context& context);
Status digest_personal(cli::Context& context);
Status judge_personal(cli::Context& context, const crypto::Address& expected,
                      const std::string& signature, nlohmann::json& verdict);

/// Signs an emr.tx line: with the account's key, or with a session key of it.
class TransactionSigner {
 public:
  /// From --key-file or --session, and --genesis.
  static Result<TransactionSigner> open(cli::Context& context);
  Status sign(ledger::Transaction& tx) const;
  const ledger::ChainId& chain() const noexcept { return chain_; }

 private:
  TransactionSigner(ledger::ChainId chain, crypto::SigningKey key, crypto::Address from,
                    bool is_session)
      : chain_(std::move(chain)), key_(std::move(key)), from_(from), is_session_(is_session) {}

  ledger::ChainId chain_;
  crypto::SigningKey key_;
  crypto::Address from_;
  bool is_session_;
};

}  // namespace emr::sign
