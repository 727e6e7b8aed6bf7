// EIP-712 signing and verification of transactions, without JSON on the verify path: the method's
// struct is compiled, its texts are rendered from the arguments, the digest binds the txid.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "crypto/eip712.h"
#include "crypto/signature_batch.h"
#include "ledger/transaction.h"

namespace emr::ledger {

namespace {

constexpr std::string_view kDomainName = "emr-tools";
constexpr std::string_view kDomainVersion = "1";

crypto::Domain domain_of(const Hash32& genesis) {
  return {std::string(kDomainName), std::string(kDomainVersion), genesis};
}

/// The member values in struct order. The texts live in `owned`; `values` borrows them.
struct TypedValues {
  std::vector<std::string> owned;
  std::vector<crypto::FieldValue> values;
};

std::string time_text(UnixSeconds time) {
  const std::string utc = format_utc(time);
  return utc.substr(0, 10) + " " + utc.substr(11, 5) + " UTC";
}

TypedValues typed_values(const Transaction& tx, const ChainId& chain) {
  const MethodSpec& method = *tx.method;
  TypedValues typed;
  typed.owned.reserve(method.texts.size() + 4);
  typed.owned.push_back(render_text(method, method.action, *tx.core.args));
  for (const TextSpec& text : method.texts) {
    typed.owned.push_back(render_text(method, text.text, *tx.core.args));
  }
  typed.owned.push_back(tx.core.from.text());
  typed.owned.push_back(time_text(tx.core.valid_until));
  typed.owned.push_back(chain.name);
  for (const std::string& text : typed.owned) typed.values.emplace_back(std::string_view(text));
  typed.values.emplace_back(tx.txid);
  return typed;
}

Error bad_signature() {
  return fail(Code::kDenied, "signature was not made by the key it names")
      .with_pointer("/signature")
      .with_reason("bad_signature");
}

bool is_batchable(const Transaction& tx) {
  return tx.core.suite == crypto::SuiteId::kSecp256k1Keccak256 && tx.signature &&
         tx.signature->bytes.size() == std::tuple_size_v<crypto::Signature>;
}

crypto::NamedSignature named_signature(const Transaction& tx, const ChainId& chain) {
  const Signature& signature = *tx.signature;
  crypto::NamedSignature named{signing_digest(tx, chain), {}, signature.by, signature.point_y};
  std::copy(signature.bytes.begin(), signature.bytes.end(), named.signature.begin());
  return named;
}

}  // namespace

ChainId make_chain_id(std::string name, const Hash32& genesis) {
  return {std::move(name), genesis, crypto::domain_separator(domain_of(genesis))};
}

Hash32 signing_digest(const Transaction& tx, const ChainId& chain) {
  EMR_CHECK(tx.method != nullptr);
  const TypedValues typed = typed_values(tx, chain);
  const Hash32 hash = tx.method->compiled->hash(typed.values);
  return crypto::typed_data_digest(chain.domain_separator, hash);
}

std::string typed_data_json(const Transaction& tx, const ChainId& chain) {
  EMR_CHECK(tx.method != nullptr);
  const TypedValues typed = typed_values(tx, chain);
  return tx.method->compiled->typed_data(domain_of(chain.genesis), typed.values).dump();
}

Status sign_transaction(Transaction& tx, const ChainId& chain, const crypto::SigningKey& key) {
  if (tx.core.suite != crypto::SuiteId::kSecp256k1Keccak256) {
    return fail(Code::kUsage, "this key cannot sign for the transaction's suite")
        .with_pointer("/core/suite")
        .with_reason("suite");
  }
  const crypto::Signature signature = key.sign(signing_digest(tx, chain));
  tx.signature = Signature{key.address(), to_bytes(ByteView(signature))};
  return {};
}

VerifiedTransaction::VerifiedTransaction(Transaction tx, std::string entry)
    : tx_(std::move(tx)), entry_(std::move(entry)) {}

VerifiedPtr VerifiedTransaction::accept(Transaction tx) {
  std::string entry = encode_entry(tx);
  return VerifiedPtr(new VerifiedTransaction(std::move(tx), std::move(entry)));
}

Result<VerifiedPtr> verify_transaction(Transaction tx, const ChainId& chain) {
  if (!tx.signature) {
    return fail(Code::kDenied, "transaction is not signed")
        .with_pointer("/signature")
        .with_reason("bad_signature");
  }
  const crypto::Suite& suite = crypto::suite(tx.core.suite);
  if (tx.signature->bytes.size() != suite.signature_size()) return bad_signature();
  const auto signer = suite.signer(signing_digest(tx, chain), tx.signature->bytes);
  if (!signer || *signer != tx.signature->by) return bad_signature();
  return VerifiedTransaction::accept(std::move(tx));
}

std::vector<Result<VerifiedPtr>> verify_transactions(std::vector<Transaction> txs,
                                                     const ChainId& chain) {
  std::vector<crypto::NamedSignature> named;
  for (const Transaction& tx : txs) {
    if (is_batchable(tx)) named.push_back(named_signature(tx, chain));
  }
  const std::vector<bool> verdicts = crypto::verify_signatures(named);
  auto point = named.begin();
  std::vector<Result<VerifiedPtr>> results;
  results.reserve(txs.size());
  auto verdict = verdicts.begin();
  for (Transaction& tx : txs) {
    if (!is_batchable(tx)) {
      results.push_back(verify_transaction(std::move(tx), chain));
      continue;
    }
    tx.signature->point_y = point++->point_y;
    if (*verdict++) {
      results.push_back(VerifiedTransaction::accept(std::move(tx)));
    } else {
      results.push_back(bad_signature());
    }
  }
  return results;
}

}  // namespace emr::ledger
