// A suite is one set of algorithms for accounts: hash, address, signature. Its id stands in every
// signed object and is never inferred from a length. `signer` is the one question the ledger asks:
// who signed this digest? secp256k1 recovers the key from the signature; an SM2 signature carries
// its public key (r ‖ s ‖ x ‖ y). Suites are stateless constants, safe from every thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/address.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace emr::crypto {

enum class SuiteId : std::uint8_t { kSecp256k1Keccak256 = 1, kSm2Sm3 = 2 };

/// "secp256k1-keccak256", "sm2-sm3".
std::string_view suite_name(SuiteId id) noexcept;
Result<SuiteId> suite_from_name(std::string_view name);
Result<SuiteId> suite_from_number(std::uint8_t number);

class Suite {
 public:
  virtual ~Suite() = default;
  virtual SuiteId id() const noexcept = 0;
  virtual std::size_t signature_size() const noexcept = 0;
  virtual Result<Address> address(const Secret32& key) const = 0;
  /// SM2 signatures need randomness, secp256k1's do not draw any.
  virtual Result<Bytes> sign(const Hash32& digest, const Secret32& key,
                             RandomSource& random) const = 0;
  /// The account that signed, or kData. The caller compares it with the account that should have.
  virtual Result<Address> signer(const Hash32& digest, ByteView signature) const = 0;
};

/// Every id has a suite; one that this build does not offer answers each call with a kConfig error
/// that says so (reason "suite_unavailable").
const Suite& suite(SuiteId id) noexcept;

}  // namespace emr::crypto
