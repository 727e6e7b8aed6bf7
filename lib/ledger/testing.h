// A consortium for tests and benches: keys from names, a genesis of n institutions, certificates.
// Everything is derived from fixed seeds, so a failure repeats. Never linked into a program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/signing.h"
#include "ledger/block.h"
#include "ledger/genesis.h"
#include "ledger/transaction.h"
#include "quorum/certificate.h"
#include "quorum/secp256k1_votes.h"

namespace emr::ledger::testing {

/// 2026-11-22T00:00:00Z.
inline constexpr UnixSeconds kStart = 1795305600;

inline Hash32 hash_of(std::string_view name) { return crypto::sha256(as_bytes(name)); }
inline std::string hex_of(std::string_view name) { return to_hex(hash_of(name)); }

inline crypto::SigningKey key_of(std::string_view name) {
  auto key = crypto::SigningKey::from_secret(crypto::Secret32(hash_of(name)));
  return *std::move(key);
}

/// A unified social credit code whose check character is right.
inline std::string credit_code(std::size_t number) {
  std::string stem = "12330100470" + std::to_string(100000 + number);
  for (const char last : std::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
    if (is_valid_uscc(stem + last)) return stem + last;
  }
  return stem;
}

inline std::string institution_id(std::size_t index) {
  return "hosp-" + std::string(1, static_cast<char>('a' + index));
}

inline Institution make_institution(std::size_t index) {
  const std::string id = institution_id(index);
  Institution one;
  one.id = id;
  one.name = "Hospital " + id;
  one.uscc = credit_code(index);
  one.admin = key_of(id + " admin").address();
  one.archive_key = hash_of(id + " archive");
  one.node.vote_key = key_of(id + " vote").public_key();
  one.node.transport_key = hash_of(id + " transport");
  one.node.box_key = hash_of(id + " box");
  one.node.peer = "127.0.0.1:" + std::to_string(7001 + index);
  one.node.http = "http://127.0.0.1:" + std::to_string(8001 + index);
  return one;
}

/// `last_reads_only`: the last institution may not write.
inline Genesis make_genesis(std::size_t institutions = 4, bool last_reads_only = false) {
  Genesis genesis;
  genesis.chain_id = "test-chain";
  genesis.time = kStart;
  for (const char* name : {"registration", "alliance", "records", "permission", "index"}) {
    genesis.contracts.push_back({name, 1});
  }
  genesis.primary = "hosp-a";
  for (std::size_t i = 0; i < institutions; ++i) {
    genesis.institutions.push_back(make_institution(i));
    genesis.threshold.verification_keys.push_back(hash_of("share " + std::to_string(i)));
  }
  if (last_reads_only) genesis.institutions.back().permission = NodePermission::kRead;
  genesis.threshold.key_id = 0x0123456789abcdef;
  genesis.threshold.dealer = "hosp-a";
  genesis.threshold.shares = static_cast<std::uint32_t>(institutions);
  genesis.threshold.quorum = quorum_size(genesis.threshold.shares);
  genesis.threshold.group_key = hash_of("group");
  genesis.linkage_check = 0xfedcba9876543210;
  genesis.implicit_policy = "basic-normal";
  const Status sealed = seal_genesis(genesis);
  EMR_CHECK(sealed.ok());
  return genesis;
}

/// The COMMIT certificate for a header by validators of any set: index in it and name of the key.
inline Bytes certify_by(const BlockHeader& header, const Hash32& genesis,
                        const std::vector<std::pair<quorum::NodeIndex, std::string>>& signers) {
  const quorum::Vote vote{quorum::VoteType::kCommit, header.epoch, header.first_view,
                          header.height, block_hash(header)};
  std::vector<quorum::SignedBy> signatures;
  for (const auto& [index, name] : signers) {
    const quorum::Secp256k1Signer signer(key_of(name));
    signatures.emplace_back(index, signer.sign(quorum::vote_bytes(genesis, vote)));
  }
  return quorum::encode(quorum::make_certificate(vote, signatures));
}

/// The same by `signers` of the founders.
inline Bytes certify(const BlockHeader& header, const Genesis& genesis,
                     const std::vector<std::size_t>& signers) {
  std::vector<std::pair<quorum::NodeIndex, std::string>> named;
  for (const std::size_t i : signers) {
    named.emplace_back(static_cast<quorum::NodeIndex>(i), institution_id(i) + " vote");
  }
  return certify_by(header, genesis.hash, named);
}

}  // namespace emr::ledger::testing
