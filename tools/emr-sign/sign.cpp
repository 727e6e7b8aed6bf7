// sign: transactions or typed data in, signed lines out, in order. typed-data and attach: the same
// with a wallet that signs elsewhere (MetaMask) in between.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "crypto/eip712.h"
#include "emr_sign.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::sign {
namespace {

// `emr-tx build` answers a line that needs no transaction with its receipt: it goes on to submit.
bool is_receipt(std::string_view line) {
  const Result<json::Json> tree = json::parse_object(line);
  return tree.ok() && json::expect_type(*tree, "emr.receipt").ok();
}

Result<std::string> sign_line(const TransactionSigner& signer, std::string_view text) {
  if (is_receipt(text)) return std::string(text);
  EMR_ASSIGN(ledger::TransactionLine line,
             ledger::parse_transaction_line(text, contracts::method_table()));
  EMR_TRY(signer.sign(line.transaction));
  return ledger::transaction_line(line);
}

Result<std::string> sign_typed_data(const crypto::SigningKey& key, std::string_view text) {
  EMR_ASSIGN(nlohmann::json document, json::parse_object(text));
  EMR_ASSIGN(const crypto::TypedDataHash hash, crypto::hash_typed_data(document));
  const crypto::Signature signature = key.sign(hash.digest);
  nlohmann::json answer = {{"type", "emr.signature"},
                           {"v", 1},
                           {"suite", "secp256k1-keccak256"},
                           {"scheme", "eip712"},
                           {"address", key.address().text()},
                           {"primaryType", hash.primary_type},
                           {"domainSeparator", to_hex_0x(hash.domain_separator)},
                           {"digest", to_hex_0x(hash.digest)},
                           {"signature", to_hex_0x(signature)},
                           {"compact", to_hex_0x(crypto::to_eip2098(signature))}};
  answer["typedData"] = std::move(document);
  return json::canonical(answer);
}

Status sign(cli::Context& context) {
  if (context.flag("personal")) {
    EMR_TRY(context.refuse_typed({"genesis", "session", "typed-data", "rejects"},
                                 "does not go with --personal: one message, a key of its own"));
    return sign_personal(context);
  }
  if (context.flag("typed-data")) {
    EMR_TRY(context.refuse_typed({"genesis", "session"},
                                 "does not go with --typed-data: a document names its own domain"));
    EMR_ASSIGN(const crypto::SigningKey key, unlock_key(context));
    return cli::run_lines(context,
                          [&](const cli::Line& line) { return sign_typed_data(key, line.text); });
  }
  EMR_ASSIGN(const TransactionSigner signer, TransactionSigner::open(context));
  return cli::run_lines(context,
                        [&](const cli::Line& line) { return sign_line(signer, line.text); });
}

Status typed_data(cli::Context& context) {
  EMR_ASSIGN(const ledger::ChainId chain, read_chain(context));
  return cli::run_lines(context, [&](const cli::Line& line) -> Result<std::string> {
    EMR_ASSIGN(const ledger::TransactionLine parsed,
               ledger::parse_transaction_line(line.text, contracts::method_table()));
    return ledger::typed_data_json(parsed.transaction, chain);
  });
}

Result<std::string> attach_line(const ledger::ChainId& chain, std::string_view text,
                                const crypto::Signature& signature) {
  EMR_ASSIGN(ledger::TransactionLine line,
             ledger::parse_transaction_line(text, contracts::method_table()));
  ledger::Transaction& tx = line.transaction;
  EMR_TRY(crypto::verify(ledger::signing_digest(tx, chain), signature, tx.core.from));
  tx.signature = ledger::Signature{tx.core.from, to_bytes(signature)};
  return ledger::transaction_line(line);
}

Status attach(cli::Context& context) {
  EMR_ASSIGN(const ledger::ChainId chain, read_chain(context));
  std::vector<crypto::Signature> signatures;
  for (const std::string& text : context.list("signature")) {
    EMR_ASSIGN(const crypto::Signature signature, crypto::parse_signature_hex(text));
    signatures.push_back(signature);
  }
  std::size_t used = 0;
  EMR_TRY(cli::run_lines(context, [&](const cli::Line& line) -> Result<std::string> {
    if (used == signatures.size()) {
      return fail(Code::kUsage, "there are more transactions than signatures");
    }
    return attach_line(chain, line.text, signatures[used++]);
  }));
  if (used < signatures.size()) {
    return fail(Code::kUsage, "there are more signatures than transactions");
  }
  return {};
}

}  // namespace

cli::VerbSpec sign_verb() {
  return {.name = "sign",
          .summary = "sign transactions",
          .description =
              "Reads emr.tx lines and writes them with their signature. The transaction must be "
              "from the account of the key; a session key signs what sessions may sign (access, "
              "emergency, request, logout). The keystore is unlocked once.\n\nWith --typed-data "
              "the lines are EIP-712 documents, hashed by strict rules: what wallets and "
              "libraries hash differently is refused. The answer is an emr.signature line each, "
              "as it is for the one message of "
              "--personal.",
          .streams = cli::Streams::kFilter,
          .options = join_options(key_options(false), genesis_option(false),
                                  session_option("session file to sign with instead of a keystore"),
                                  typed_data_option(), personal_option()),
          .examples = {{"sign a batch",
                        "emr-sign -k alice.json --genesis genesis.json < tx.jsonl > signed.jsonl"}},
          .handler = sign};
}

cli::VerbSpec typed_data_verb() {
  return {.name = "typed-data",
          .summary = "print what a wallet must sign",
          .description =
              "Reads emr.tx lines and writes, for each, the EIP-712 document that "
              "eth_signTypedData_v4 takes (no account and no key are needed).",
          .streams = cli::Streams::kFilter,
          .options = {genesis_option(true)},
          .examples = {{"for a web page",
                        "emr-sign typed-data --genesis genesis.json < tx.jsonl > to-sign.jsonl"}},
          .handler = typed_data};
}

cli::VerbSpec attach_verb() {
  return {.name = "attach",
          .summary = "add a signature that a wallet made",
          .description =
              "Reads emr.tx lines and adds the signatures in order, after checking that "
              "each was made by the account in \"from\".",
          .streams = cli::Streams::kFilter,
          .options = {genesis_option(true),
                      {.name = "signature",
                       .kind = cli::Kind::kText,
                       .value = "0xHEX",
                       .help = "65 bytes as the wallet returned them; once per line, in order",
                       .group = "Signing",
                       .required = true,
                       .repeatable = true,
                       .configurable = false}},
          .examples = {{"MetaMask's answer",
                        "emr-sign attach --genesis genesis.json --signature 0x… < tx.jsonl"}},
          .handler = attach};
}

}  // namespace emr::sign
