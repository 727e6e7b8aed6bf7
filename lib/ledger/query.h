// Requests that are signed but never become transactions: queries, content access and the release
// of key parts. Each names the node it is for, a nonce and an expiry of at most five minutes, so
// that no bearer token exists and a request seen by one node is worth nothing at another
// (FORMAT.md section 8). Pure; the caller passes time and nonce in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/signing.h"
#include "ledger/limits.h"
#include "ledger/transaction.h"

namespace emr::ledger {

/// One row about a block with everything in it: its entries, and a receipt of each.
inline constexpr std::size_t kBlockRowBytesMax =
    kBlockBytesMax + kBlockEntriesMax * kReceiptBytesMax + 4096;
/// What a client keeps of a node's answer to one query: rows, and one more of whatever size.
inline constexpr std::size_t kAnswerBytesMax = std::size_t{40} << 20;

/// `emr.query` v1. `from` is the subject; `signature.by` is the subject or one of its session keys.
struct SignedQuery {
  crypto::Address from{};
  std::string node;
  std::uint64_t nonce = 0;      ///< 16 hex digits in text
  UnixSeconds expires = 0;
  std::string kind;             ///< query.kind, checked to be an identifier
  std::string query_json;       ///< canonical object, with its kind
  Signature signature;
};

/// Form, limits, lifetime and the recovered signer; that `by` may speak for `from` is asked of
/// state (contracts::may_speak_for). kDenied with reason "expired", "wrong_node", "bad_signature".
Result<SignedQuery> parse_query(std::string_view line, std::string_view node, UnixSeconds now,
                                const ChainId& chain);
/// Fills kind and signature from a composed query.
Status sign_query(SignedQuery& query, const ChainId& chain, const crypto::SigningKey& key);
/// One canonical line.
std::string encode_query(const SignedQuery& query);

/// `emr.release` v1: signed by the session key that the access transaction named.
struct ReleaseRequest {
  Hash32 access{};  ///< txid of the access transaction
  std::string node;
  std::vector<Part> parts;
  std::uint64_t nonce = 0;
  UnixSeconds expires = 0;
  Signature signature;
};

Result<ReleaseRequest> parse_release(std::string_view line, std::string_view node, UnixSeconds now,
                                     const ChainId& chain);
Status sign_release(ReleaseRequest& release, const ChainId& chain, const crypto::SigningKey& key);
std::string encode_release(const ReleaseRequest& release);

}  // namespace emr::ledger
