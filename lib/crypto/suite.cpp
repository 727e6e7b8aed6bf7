#include "crypto/suite.h"

#include <algorithm>

#include "crypto/signing.h"

namespace emr::crypto {
namespace {

class Secp256k1Suite final : public Suite {
 public:
  SuiteId id() const noexcept override { return SuiteId::kSecp256k1Keccak256; }
  std::size_t signature_size() const noexcept override { return std::tuple_size_v<Signature>; }

  Result<Address> address(const Secret32& key) const override {
    EMR_ASSIGN(const SigningKey signing, SigningKey::from_secret(key.clone()));
    return signing.address();
  }

  Result<Bytes> sign(const Hash32& digest, const Secret32& key, RandomSource&) const override {
    EMR_ASSIGN(const SigningKey signing, SigningKey::from_secret(key.clone()));
    return to_bytes(signing.sign(digest));
  }

  Result<Address> signer(const Hash32& digest, ByteView signature) const override {
    Signature exact{};
    if (signature.size() != exact.size()) {
      return fail(Code::kData, "a signature of this suite has 65 bytes").with_reason("signature");
    }
    std::copy(signature.begin(), signature.end(), exact.begin());
    return recover(digest, exact);
  }
};

// The seat of the Chinese commercial algorithms: named, so that objects may carry the id, and
// refused until it signs.
class UnavailableSm2Suite final : public Suite {
 public:
  SuiteId id() const noexcept override { return SuiteId::kSm2Sm3; }
  std::size_t signature_size() const noexcept override { return 128; }
  Result<Address> address(const Secret32&) const override { return unavailable(); }
  Result<Bytes> sign(const Hash32&, const Secret32&, RandomSource&) const override {
    return unavailable();
  }
  Result<Address> signer(const Hash32&, ByteView) const override { return unavailable(); }

 private:
  static Error unavailable() {
    return fail(Code::kConfig, "suite sm2-sm3 is reserved but not offered by this version")
        .with_reason("suite_unavailable")
        .with_hint("use suite secp256k1-keccak256");
  }
};

}  // namespace

std::string_view suite_name(SuiteId id) noexcept {
  return id == SuiteId::kSm2Sm3 ? "sm2-sm3" : "secp256k1-keccak256";
}

Result<SuiteId> suite_from_name(std::string_view name) {
  for (const SuiteId id : {SuiteId::kSecp256k1Keccak256, SuiteId::kSm2Sm3}) {
    if (suite_name(id) == name) return id;
  }
  return fail(Code::kData, "unknown suite").with_reason("suite");
}

Result<SuiteId> suite_from_number(std::uint8_t number) {
  if (number == 1) return SuiteId::kSecp256k1Keccak256;
  if (number == 2) return SuiteId::kSm2Sm3;
  return fail(Code::kData, "unknown suite").with_reason("suite");
}

const Suite& suite(SuiteId id) noexcept {
  static const Secp256k1Suite secp256k1;
  static const UnavailableSm2Suite sm2;
  if (id == SuiteId::kSm2Sm3) return sm2;
  return secp256k1;
}

}  // namespace emr::crypto
