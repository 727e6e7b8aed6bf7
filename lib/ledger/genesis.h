// The genesis document: everything the founders agreed on, and the root of all later checking. Its
// hash is the salt of every signature and the parent of block 1 (FORMAT.md section 1). Immutable
// after parsing; any thread may read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/suite.h"
#include "ledger/transaction.h"
#include "quorum/validator_set.h"

namespace emr::ledger {

struct ContractVersion {
  std::string name;
  std::uint32_t version = 1;
};

struct PbftParameters {
  std::uint32_t batch_max = 1000;
  std::uint32_t batch_ms = 5;
  std::uint32_t timeout_ms = 2000;
  std::uint32_t checkpoint_interval = 128;
};

/// The registered keys and addresses of an institution's node.
struct NodeDescriptor {
  crypto::PublicKey vote_key{};  ///< compressed secp256k1
  Hash32 transport_key{};        ///< raw Ed25519, pinned by TLS
  Hash32 box_key{};              ///< X25519: receives the key share
  std::string peer;              ///< "127.0.0.1:7001"
  std::string http;              ///< "http://127.0.0.1:8001"
};

enum class NodePermission : std::uint8_t { kRead, kWrite };

/// One founder. Its place in Genesis::institutions is the replica index.
struct Institution {
  std::string id;
  std::string name;
  std::string uscc;  ///< unified social credit code, 18 characters with its check character
  crypto::Address admin{};
  Hash32 archive_key{};  ///< X25519, the second recipient of every envelope
  NodePermission permission = NodePermission::kWrite;
  NodeDescriptor node;
};

struct ThresholdKey {
  std::uint64_t key_id = 0;  ///< 16 hex digits in text
  std::string dealer;        ///< who dealt the shares, by name
  std::uint32_t quorum = 0;
  std::uint32_t shares = 0;
  Hash32 group_key{};
  std::vector<Hash32> verification_keys;
};

struct Genesis {
  std::string chain_id;
  UnixSeconds time = 0;
  crypto::SuiteId suite = crypto::SuiteId::kSecp256k1Keccak256;
  std::vector<ContractVersion> contracts;
  std::string primary;
  PbftParameters pbft;
  std::vector<Institution> institutions;
  ThresholdKey threshold;
  std::uint32_t linkage_epoch = 1;
  std::uint64_t linkage_check = 0;  ///< 16 hex digits: recognises the linkage key, reveals nothing
  std::string implicit_policy;
  Hash32 hash{};  ///< H("emr/genesis/1", canonical text); filled by parse and seal

  ChainId chain() const { return make_chain_id(chain_id, hash); }
  std::optional<std::size_t> index_of(std::string_view institution) const;
  std::size_t primary_index() const;  ///< replica index of `primary`
};

/// Parses and validates (ids sorted and unique, keys distinct, credit codes, quorum arithmetic).
Result<Genesis> parse_genesis(std::string_view text);
/// Validates what a tool composed and fills `hash`.
Status seal_genesis(Genesis& genesis);
/// The canonical text; parse_genesis() of it gives the same hash.
std::string encode_genesis(const Genesis& genesis);

/// The validators of epoch 0, in replica order. The genesis must be sealed.
quorum::ValidatorSet genesis_validators(const Genesis& genesis);

/// GB 32100-2015: 18 characters with a check character.
bool is_valid_uscc(std::string_view code);

/// f = floor((n-1)/3), q = ceil((n+f+1)/2).
std::uint32_t quorum_size(std::uint32_t replicas);

}  // namespace emr::ledger
