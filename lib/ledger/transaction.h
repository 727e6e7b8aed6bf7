// The transaction: a core that stays in the block for ever (typed fields, payload commitments,
// signature) and a sidecar that travels with it and can be erased (FORMAT.md sections 2 to 5).
//
// Life of one: parse_transaction_line() reads the line once and strictly; verify_transaction()
// recovers the signer over the EIP-712 digest, whose texts are derived again from the arguments;
// the result is a VerifiedTransaction, the only thing an application accepts. All functions are
// pure and may run on any thread; a VerifiedTransaction is immutable and shared by pointer.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/random.h"
#include "crypto/signing.h"
#include "crypto/suite.h"
#include "ledger/method.h"

namespace emr::ledger {

using Nonce = std::array<std::uint8_t, 16>;

struct PayloadCommit {
  Part part = Part::kPublic;
  Hash32 commit{};
};

/// The typed fields. `args` is an object that matches the method's schema.
struct Core {
  std::string contract;
  std::string method;
  crypto::SuiteId suite = crypto::SuiteId::kSecp256k1Keccak256;
  crypto::Address from{};
  Nonce nonce{};
  UnixSeconds valid_until = 0;
  std::shared_ptr<const nlohmann::json> args;
  std::vector<PayloadCommit> payload;
};

/// What a signature is bound to besides its content: the chain.
struct ChainId {
  std::string name;          ///< shown to people (member `ledger` of the typed data)
  Hash32 genesis{};          ///< salt of the EIP-712 domain
  Hash32 domain_separator{}; ///< computed once, for the fast path
};
ChainId make_chain_id(std::string name, const Hash32& genesis);

/// `by` claims who signed; it is checked against the recovered signer, never believed. The length
/// of `bytes` is the suite's (65 for secp256k1).
struct Signature {
  crypto::Address by{};
  Bytes bytes;
  Hash32 point_y{};  ///< what its next verification may start from (crypto::NamedSignature); in no
                     ///< bytes of a transaction, and never believed
};

struct Transaction {
  Core core;
  const MethodSpec* method = nullptr;  ///< never null after parsing; owned by the method table
  std::string core_json;               ///< canonical bytes of the core
  Hash32 txid{};                       ///< H("emr/tx-core/1", core_json)
  std::optional<Signature> signature;
};

/// One erasable part of the payload.
struct SidecarPart {
  Part part = Part::kPublic;
  Hash32 salt{};
  std::string value_json;  ///< canonical JSON of the value
};

struct Sidecar {
  std::vector<SidecarPart> parts;  ///< in the order of the core's payload; may be empty
};

/// A whole emr.tx line. Members that are not ours (line, visit, …) are in `other_json`, an object.
struct TransactionLine {
  Transaction transaction;
  Sidecar sidecar;
  std::string other_json;
};

/// A transaction whose signature was recovered and equals `signature.by`. Whether `by` may speak
/// for `from` (same address or a live session) depends on state and is the contracts' question.
class VerifiedTransaction {
 public:
  const Core& core() const noexcept { return tx_.core; }
  const MethodSpec& method() const noexcept { return *tx_.method; }
  const Hash32& txid() const noexcept { return tx_.txid; }
  const crypto::Address& signer() const noexcept { return tx_.signature->by; }
  const Transaction& transaction() const noexcept { return tx_; }
  /// Canonical bytes of the block entry.
  const std::string& entry() const noexcept { return entry_; }

 private:
  friend Result<std::shared_ptr<const VerifiedTransaction>> verify_transaction(Transaction,
                                                                               const ChainId&);
  friend std::vector<Result<std::shared_ptr<const VerifiedTransaction>>> verify_transactions(
      std::vector<Transaction>, const ChainId&);
  static std::shared_ptr<const VerifiedTransaction> accept(Transaction tx);
  VerifiedTransaction(Transaction tx, std::string entry);
  Transaction tx_;
  std::string entry_;
};
using VerifiedPtr = std::shared_ptr<const VerifiedTransaction>;

// --- reading and writing -------------------------------------------------------------------------

/// One emr.tx line (signed or not). Context-free: form, limits, schema of the method, commitments
/// of the sidecar parts. Errors are kData with pointer and reason.
Result<TransactionLine> parse_transaction_line(std::string_view line, const MethodTable& methods);
std::string transaction_line(const TransactionLine& line);

/// The entry of a block: canon({"core","signature"}). Only the canonical spelling is accepted.
Result<Transaction> parse_entry(std::string_view entry, const MethodTable& methods);
/// Must be signed.
std::string encode_entry(const Transaction& tx);

/// Checks a core against its method, and fills core_json and txid.
Result<Transaction> make_transaction(Core core, const MethodTable& methods);

/// The sidecar alone, as nodes store and send it: canon({"parts":[…]}).
std::string encode_sidecar(const Sidecar& sidecar);
Result<Sidecar> parse_sidecar(std::string_view json);
/// Does every part of the core's payload have its value and salt here, and nothing else?
Status check_sidecar(const Core& core, const Sidecar& sidecar);

/// H("emr/commit/1", salt || canonical value).
Hash32 part_commitment(const Hash32& salt, std::string_view value_json);
/// Salts a value freshly: the part for the sidecar and the commitment for the core.
std::pair<SidecarPart, PayloadCommit> commit_part(Part part, std::string value_json,
                                                  crypto::RandomSource& random);

// --- signing -------------------------------------------------------------------------------------

/// The EIP-712 digest, computed without building JSON.
Hash32 signing_digest(const Transaction& tx, const ChainId& chain);
/// The same as the JSON document that eth_signTypedData_v4 takes.
std::string typed_data_json(const Transaction& tx, const ChainId& chain);

/// Signs with a secp256k1 key whose address becomes `signature.by`; kUsage for another suite.
Status sign_transaction(Transaction& tx, const ChainId& chain, const crypto::SigningKey& key);

/// Recovers the signer and compares it with signature.by. Unsigned or wrong: kDenied, reason
/// "bad_signature".
Result<VerifiedPtr> verify_transaction(Transaction tx, const ChainId& chain);
/// The same for each, in this order: for about a third of the price where an account signed many
/// (crypto/signature_batch.h).
std::vector<Result<VerifiedPtr>> verify_transactions(std::vector<Transaction> txs,
                                                     const ChainId& chain);

}  // namespace emr::ledger
