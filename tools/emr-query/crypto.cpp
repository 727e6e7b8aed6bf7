// emr-query crypto: what is protected how, and where each key lives: the table that an evaluation
// of cryptography asks for (GB/T 39786-2021; HIPAA 164.312 (a)(2)(iv), (e)). A row changes with the
// code it speaks of.
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "emr_query.h"
#include "json/json.h"

namespace emr::query {

namespace {

struct Protection {
  const char* object;
  const char* serves;  ///< confidentiality, integrity, authenticity, …
  const char* algorithm;
  int bits;            ///< of the key; of the digest where there is none
  const char* standard;
  const char* key;     ///< where it lives
  const char* renewal;
};

constexpr Protection kProtections[] = {
    {"transaction", "authenticity, non-repudiation",
     "ECDSA secp256k1, Keccak-256, EIP-712 typed data", 256, "SEC 2, EIP-712",
     "the person's keystore (emr-sign create) or wallet",
     "a new account, approved by the institution"},
    {"keystore", "confidentiality", "scrypt, AES-128-CTR, Keccak-256 MAC", 128,
     "RFC 7914, Web3 Secret Storage v3", "derived from the passphrase", "a new keystore file"},
    {"session", "authenticity", "ECDSA secp256k1, X25519", 256, "SEC 2, RFC 7748",
     "the session file, mode 0600", "emr-sign login, at most 24 hours"},
    {"vote and block certificate", "authenticity, non-repudiation", "ECDSA secp256k1, SHA-256",
     256, "SEC 2, FIPS 180-4", "keys/vote.key of the node", "emr-pbft-node rotate --vote"},
    {"link between nodes", "confidentiality, integrity, authenticity",
     "TLS 1.3, Ed25519 certificates", 256, "RFC 8446, RFC 8032",
     "keys/transport.key of the node", "emr-pbft-node rotate --transport"},
    {"block, receipt and state", "integrity", "SHA-256, Merkle trees", 256,
     "FIPS 180-4, RFC 6962", "none", "none"},
    {"original of a record", "confidentiality, integrity", "AES-256-GCM", 256,
     "NIST SP 800-38D",
     "nowhere whole: released by a quorum of nodes under a committed access",
     "fresh for each part"},
    {"content key, for the consortium", "confidentiality",
     "TDH2 over ristretto255, quorum of n", 252, "Shoup and Gennaro 1998, RFC 9496",
     "a share in share.key of each founder", "with a new consortium: no resharing yet"},
    {"content key, for its own institution", "confidentiality",
     "X25519, XSalsa20-Poly1305 sealed box", 256, "RFC 7748, NaCl",
     "institution/archive.key, offline", "none: it opens what it sealed"},
    {"key part on its way to a reader", "confidentiality, integrity",
     "X25519, XSalsa20-Poly1305 box; proof of equal logarithms", 256, "RFC 7748, NaCl",
     "keys/box.key of the node; the session file of the reader", "emr-pbft-node rotate --box"},
    {"attachment", "confidentiality, integrity",
     "HKDF-SHA-256, AES-256-GCM in segments (emr-blob/1)", 256, "RFC 5869, NIST SP 800-38D",
     "in the record's sealed manifest", "fresh for each object"},
    {"address of an attachment", "confidentiality, unlinkability", "salted SHA-256 handle",
     256, "FIPS 180-4", "none: the salt is in the manifest and at the nodes", "none"},
    {"patient and doctor token", "unlinkability", "HMAC-SHA-256", 256, "RFC 2104",
     "the linkage key in share.key of each node", "with a new linkage epoch"},
    {"desensitized field", "confidentiality, unlinkability",
     "HKDF-SHA-256; HMAC-SHA-256, AES-256-SIV, FF1 with AES-256", 256,
     "RFC 5869, RFC 2104, RFC 5297, NIST SP 800-38G", "the institution's key file, mode 0600",
     "a new key file: tokens change"},
    {"payload commitment", "integrity", "salted SHA-256", 256, "FIPS 180-4",
     "none: the salt is in the erasable half", "none"},
};

nlohmann::json row(const Protection& one) {
  return {{"type", "emr.crypto"},        {"v", 1},
          {"object", one.object},        {"serves", one.serves},
          {"algorithm", one.algorithm},  {"bits", one.bits},
          {"standard", one.standard},    {"key", one.key},
          {"renewal", one.renewal},      {"suite", "international"}};
}

Status list_protections(cli::Context& context) {
  EMR_ASSIGN(cli::LineWriter* const output, context.output());
  for (const Protection& one : kProtections) {
    EMR_TRY(output->write(json::canonical_checked(row(one))));
  }
  return {};
}

}  // namespace

cli::VerbSpec crypto_verb() {
  return {.name = "crypto",
          .summary = "what is protected by which algorithm, and where its key lives",
          .description =
              "One emr.crypto line for each kind of object. Nothing is asked of a node. No row is "
              "of the suite of SM2, SM3 and SM4: that suite has its seat in the formats, and no "
              "implementation.",
          .streams = cli::Streams::kOutput,
          .examples = {{"as a table",
                        "emr-query crypto | jq -r '[.object, .algorithm, .key] | @tsv'"}},
          .handler = list_protections};
}

}  // namespace emr::query
