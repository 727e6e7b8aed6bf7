// emr-sign: the account's key, and nothing else. Everything that needs a key passes through here;
// no other tool reads a keystore for signing transactions.
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <sodium.h>

#include "emr_sign.h"

namespace {

std::vector<std::pair<std::string, std::string>> build_info() {
  return {{"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"libsodium", sodium_version_string()}};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace emr::sign;
  const emr::cli::ToolSpec tool{
      .name = "emr-sign",
      .summary = "accounts, signatures and sessions",
      .description =
          "Signs ledger transactions as EIP-712 typed data, with a keystore, a session key or "
          "a wallet such as MetaMask. Keys and passphrases come from files of mode 0600, open "
          "descriptors or the terminal, never from arguments or the environment.",
      .verbs = {sign_verb(), verify_verb(), login_verb(), logout_verb(), create_verb(),
                import_verb(), list_verb(), address_verb(), typed_data_verb(), attach_verb(),
                digest_verb()},
      .default_verb = "sign",
      .exit_status = {{0, "done; every signature verified"},
                      {1, "a signature does not verify"},
                      {3, "some lines were skipped (--on-error skip)"},
                      {65, "a line, keystore or genesis file is malformed or refused"},
                      {66, "an input file cannot be opened"},
                      {73, "the file to write exists or cannot be created"},
                      {74, "reading or writing failed"},
                      {77, "wrong passphrase, key file open to others, or not this account"}},
      .sections = {{"SECURITY",
                    "Key, passphrase and session files that others can read are refused, and so "
                    "are symbolic links. A transaction names its account; a key never signs for "
                    "another one. Core dumps are off. Error texts quote neither keys nor "
                    "records."}},
      .see_also = {"emr-tx", "emr-grant", "emr-query"},
      .handles_secrets = true,
      .build_info = build_info};
  return emr::cli::run(tool, argc, argv);
}
