// Sealed boxes are put together here instead of calling crypto_box_seal, because that draws its
// ephemeral key from the operating system; the bytes are the same (libsodium opens them).
#include "crypto/agreed_box.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"

namespace emr::crypto {
namespace {

static_assert(crypto_box_SEALBYTES == kSealedBoxOverhead);
static_assert(crypto_box_NONCEBYTES == std::tuple_size_v<BoxNonce>);

Error not_authentic() {
  return fail(Code::kData, "the box does not open: not for this key, or changed")
      .with_reason("authentication");
}

Error not_a_key() {
  return fail(Code::kData, "not an X25519 public key").with_reason("public_key");
}

BoxNonce sealed_box_nonce(ByteView ephemeral, const BoxPublicKey& recipient) {
  BoxNonce nonce;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, nonce.size());
  crypto_generichash_update(&state, ephemeral.data(), ephemeral.size());
  crypto_generichash_update(&state, recipient.data(), recipient.size());
  crypto_generichash_final(&state, nonce.data(), nonce.size());
  return nonce;
}

}  // namespace

BoxPublicKey box_public_key(const Secret32& secret) noexcept {
  BoxPublicKey key;
  EMR_CHECK(crypto_scalarmult_base(key.data(), secret.view().data()) == 0);
  return key;
}

BoxKeyPair generate_box_keys(RandomSource& random) {
  BoxKeyPair pair{random.secret32(), {}};
  pair.public_key = box_public_key(pair.secret);
  return pair;
}

Result<Bytes> box(const Secret32& mine, const BoxPublicKey& theirs, const BoxNonce& nonce,
                  ByteView plaintext) {
  Bytes boxed(plaintext.size() + crypto_box_MACBYTES);
  if (crypto_box_easy(boxed.data(), plaintext.data(), plaintext.size(), nonce.data(), theirs.data(),
                      mine.view().data()) != 0) {
    return not_a_key();
  }
  return boxed;
}

Result<SecretBytes> open_box(const Secret32& mine, const BoxPublicKey& theirs,
                             const BoxNonce& nonce, ByteView boxed) {
  if (boxed.size() < crypto_box_MACBYTES) return not_authentic();
  SecretBytes plaintext(boxed.size() - crypto_box_MACBYTES);
  if (crypto_box_open_easy(plaintext.span().data(), boxed.data(), boxed.size(), nonce.data(),
                           theirs.data(), mine.view().data()) != 0) {
    return not_authentic();
  }
  return plaintext;
}

Result<Bytes> seal_box(const BoxPublicKey& recipient, ByteView plaintext, RandomSource& random) {
  const BoxKeyPair ephemeral = generate_box_keys(random);
  Secret32 shared;
  if (crypto_scalarmult(shared.span().data(), ephemeral.secret.view().data(), recipient.data()) !=
      0) {
    return not_a_key();
  }
  return seal_agreed_box(recipient, ephemeral, shared, plaintext);
}

Result<Bytes> seal_agreed_box(const BoxPublicKey& recipient, const BoxKeyPair& ephemeral,
                              const Secret32& shared, ByteView plaintext) {
  if (sodium_is_zero(shared.view().data(), shared.view().size()) != 0) return not_a_key();
  constexpr std::array<std::uint8_t, crypto_core_hsalsa20_INPUTBYTES> kZero{};
  Secret32 key;
  crypto_core_hsalsa20(key.span().data(), kZero.data(), shared.view().data(), nullptr);
  const BoxNonce nonce = sealed_box_nonce(ephemeral.public_key, recipient);
  Bytes sealed = to_bytes(ephemeral.public_key);
  sealed.resize(kSealedBoxOverhead + plaintext.size());
  crypto_box_easy_afternm(sealed.data() + ephemeral.public_key.size(), plaintext.data(),
                          plaintext.size(), nonce.data(), key.view().data());
  return sealed;
}

Result<SecretBytes> open_sealed_box(const Secret32& secret, ByteView sealed) {
  if (sealed.size() < kSealedBoxOverhead) return not_authentic();
  BoxPublicKey ephemeral;
  std::copy_n(sealed.begin(), ephemeral.size(), ephemeral.begin());
  const BoxNonce nonce = sealed_box_nonce(ephemeral, box_public_key(secret));
  return open_box(secret, ephemeral, nonce, sealed.subspan(ephemeral.size()));
}

}  // namespace emr::crypto
