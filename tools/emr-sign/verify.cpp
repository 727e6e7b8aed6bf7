// verify: one verdict line per input line, and exit 1 when any signature does not hold. A recovered
// address is never an answer by itself: it is compared with the account that should have signed.
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "contracts/methods.h"
#include "crypto/eip712.h"
#include "emr_sign.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::sign {
namespace {

using Json = nlohmann::json;

Status refuse(std::string message, std::string reason, std::string pointer = "") {
  return fail(Code::kNegative, std::move(message))
      .with_reason(std::move(reason))
      .with_pointer(std::move(pointer));
}

Status verify_transaction(const ledger::ChainId& chain, std::string_view text, Json& verdict) {
  EMR_ASSIGN(ledger::TransactionLine line,
             ledger::parse_transaction_line(text, contracts::method_table()));
  verdict["txid"] = to_hex(line.transaction.txid);
  verdict["from"] = line.transaction.core.from.text();
  EMR_ASSIGN(const ledger::VerifiedPtr verified,
             ledger::verify_transaction(std::move(line.transaction), chain));
  verdict["by"] = verified->signer().text();
  const bool delegated = verified->signer() != verified->core().from;
  verdict["delegated"] = delegated;  // whether the session is alive is the ledger's to say
  if (delegated && !verified->method().by_session) {
    return refuse("signed by another account than from, for a method that is not delegable",
                  "session_scope", "/signature/by");
  }
  return {};
}

struct TypedDataRule {
  crypto::Address expected;
  std::optional<std::string> signature;  ///< of --signature; else the line's own
};

Status verify_typed_data(const TypedDataRule& rule, const Json& tree, Json& verdict) {
  verdict["expected"] = rule.expected.text();
  const Json* const inner = json::find_member(tree, "typedData");
  EMR_ASSIGN(const crypto::TypedDataHash hash,
             crypto::hash_typed_data(inner == nullptr ? tree : *inner));
  verdict["digest"] = to_hex_0x(hash.digest);
  std::string text = rule.signature.value_or("");
  if (!rule.signature) {
    EMR_ASSIGN(text, json::get_string(tree, "signature"));
  }
  EMR_ASSIGN(const crypto::Signature signature, signature_from(text));
  EMR_ASSIGN(const crypto::Address signer, crypto::recover(hash.digest, signature));
  verdict["by"] = signer.text();
  return crypto::verify(hash.digest, signature, rule.expected);
}

void add_outcome(const Status& outcome, Json& verdict) {
  verdict["valid"] = outcome.ok();
  if (outcome.ok()) return;
  const Error& error = outcome.error();
  verdict["reason"] = error.reason.empty() ? std::string(code_name(error.code)) : error.reason;
  verdict["message"] = error.message;
  if (!error.pointer.empty()) verdict["pointer"] = error.pointer;
}

class Verifier {
 public:
  static Result<Verifier> open(const cli::Context& context) {
    Verifier verifier;
    if (!context.flag("typed-data")) {
      EMR_ASSIGN(verifier.chain_, read_chain(context));
      return verifier;
    }
    const std::optional<std::string> address = context.maybe("address");
    if (!address)
      return cli::Context::usage("--typed-data needs --address: who should have signed");
    EMR_ASSIGN(const crypto::Address expected, crypto::parse_address(*address));
    verifier.typed_data_ = TypedDataRule{expected, context.maybe("signature")};
    return verifier;
  }

  Json verdict(const cli::Line& line) const {
    Json verdict = {{"type", "emr.verdict"}, {"v", 1}, {"line", line.number}};
    add_outcome(judge(line, verdict), verdict);
    return verdict;
  }

 private:
  Status judge(const cli::Line& line, Json& verdict) const {
    if (line.fault) return *line.fault;
    if (chain_) return verify_transaction(*chain_, line.text, verdict);
    EMR_ASSIGN(const Json tree, json::parse_object(line.text));
    return verify_typed_data(*typed_data_, tree, verdict);
  }

  std::optional<ledger::ChainId> chain_;
  std::optional<TypedDataRule> typed_data_;
};

// One message, one verdict.
Status verify_personal(cli::Context& context) {
  const std::optional<std::string> address = context.maybe("address");
  const std::optional<std::string> signature = context.maybe("signature");
  if (!address || !signature) {
    return cli::Context::usage("--personal needs --address and --signature");
  }
  EMR_ASSIGN(const crypto::Address expected, crypto::parse_address(*address));
  Json verdict = {{"type", "emr.verdict"}, {"v", 1}};
  const Status outcome = judge_personal(context, expected, *signature, verdict);
  const bool is_verdict = outcome.ok() || outcome.error().code == Code::kNegative ||
                          outcome.error().reason == "signature";
  if (!is_verdict) return outcome;  // the message could not be read
  add_outcome(outcome, verdict);
  EMR_TRY(write_line(context, verdict));
  if (!outcome) return fail(Code::kNegative, "the signature does not verify");
  return {};
}

/// Which account should have signed, and by which ledger, is said in one way each.
Status check_options(const cli::Context& context) {
  EMR_TRY(context.refuse_typed({"rejects"}, "has no effect: every line has its verdict"));
  const bool personal = context.flag("personal");
  if (!personal && !context.flag("typed-data")) {
    return context.refuse_typed({"address", "signature"}, "is for --typed-data and --personal");
  }
  EMR_TRY(context.refuse_typed({"genesis"}, "is for transactions"));
  if (!personal) return {};
  return context.refuse_typed({"typed-data"}, "does not go with --personal");
}

Status verify(cli::Context& context) {
  EMR_TRY(check_options(context));
  if (context.flag("personal")) return verify_personal(context);
  EMR_ASSIGN(const Verifier verifier, Verifier::open(context));
  EMR_ASSIGN(cli::LineReader* const input, context.input());
  std::uint64_t lines = 0;
  std::uint64_t invalid = 0;
  while (true) {
    EMR_ASSIGN(const std::optional<cli::Line> line, input->next());
    if (!line) break;
    const Json verdict = verifier.verdict(*line);
    ++lines;
    if (!verdict.at("valid").get<bool>()) ++invalid;
    EMR_TRY(write_line(context, verdict));
  }
  if (lines == 0) return fail(Code::kNegative, "there was nothing to verify").with_reason("empty");
  if (invalid != 0) {
    return fail(Code::kNegative,
                std::to_string(invalid) + " of " + std::to_string(lines) + " lines do not verify");
  }
  return {};
}

}  // namespace

cli::VerbSpec verify_verb() {
  return {
      .name = "verify",
      .summary = "check signatures",
      .description =
          "Writes an emr.verdict line for every input line, whatever it holds, and exits 1 "
          "when one is not valid. Transactions are checked against the account in \"from\" "
          "and the ledger of --genesis; \"delegated\" says that a session key signed, whose "
          "life only the ledger knows.\n\nWith --typed-data a line is an EIP-712 document (the "
          "signature in --signature) or an object with typedData and signature, as sign "
          "writes it; --address is the account that should have signed.",
      .streams = cli::Streams::kFilter,
      .options = {genesis_option(false),
                  typed_data_option(),
                  personal_option(),
                  {.name = "address",
                   .kind = cli::Kind::kAddress,
                   .help = "with --typed-data and --personal: the account that should have signed",
                   .group = "Signing",
                   .configurable = false},
                  {.name = "signature",
                   .kind = cli::Kind::kText,
                   .value = "0xHEX",
                   .help =
                       "with --typed-data and --personal: the signature, when the lines carry none",
                   .group = "Signing",
                   .configurable = false}},
      .examples = {{"in a script",
                    "emr-sign verify --genesis genesis.json < tx.jsonl > verdicts.jsonl"}},
      .handler = verify};
}

}  // namespace emr::sign
