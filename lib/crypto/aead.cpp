// The EVP ciphers are fetched once: a fetch per call costs more than sealing a small token.
#include "crypto/aead.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/limits.h"

namespace emr::crypto {
namespace {

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextFree>;

const EVP_CIPHER* fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  EMR_CHECK(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* gcm() {
  static const EVP_CIPHER* const cipher = fetch("AES-256-GCM");
  return cipher;
}

const EVP_CIPHER* siv() {
  static const EVP_CIPHER* const cipher = fetch("AES-256-SIV");
  return cipher;
}

Error not_authentic() {
  return fail(Code::kData, "cannot be decrypted: another key, or the data were changed")
      .with_reason("authentication");
}

int length(ByteView bytes) {
  EMR_CHECK(bytes.size() <= kMaxAeadBytes);
  return static_cast<int>(bytes.size());
}

// An empty span may have a null pointer, which OpenSSL reads as "no buffer given".
const std::uint8_t* pointer(ByteView bytes) {
  static const std::uint8_t nothing = 0;
  return bytes.empty() ? &nothing : bytes.data();
}

Context start_gcm(bool encrypt, const Secret32& key, const GcmNonce& nonce, ByteView aad) {
  Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  EMR_CHECK(context != nullptr);
  EMR_CHECK(EVP_CipherInit_ex2(context.get(), gcm(), key.view().data(), nonce.data(),
                               encrypt ? 1 : 0, nullptr));
  if (!aad.empty()) {
    EMR_CHECK(EVP_CipherUpdate(context.get(), nullptr, &written, aad.data(), length(aad)));
  }
  return context;
}

// OpenSSL 3.0 never runs S2V for an empty plaintext and answers with a zero tag for every input, so
// the token of the empty text is made apart: 16 bytes of an HMAC over the associated data.
Bytes empty_token(const SecretBytes& key, ByteView aad) {
  const Hash32 tag =
      HmacSha256(hkdf_sha256(key.view(), {}, as_bytes("emr/siv-empty/1"), 32).view()).mac(aad);
  return to_bytes(ByteView(tag).first(kSivTagBytes));
}

}  // namespace

Bytes aes256gcm_seal(const Secret32& key, const GcmNonce& nonce, ByteView aad, ByteView plaintext) {
  const Context context = start_gcm(true, key, nonce, aad);
  Bytes sealed(plaintext.size() + kGcmTagBytes);
  std::uint8_t* const tag = sealed.data() + plaintext.size();
  int written = 0;
  EMR_CHECK(EVP_CipherUpdate(context.get(), sealed.data(), &written, pointer(plaintext),
                             length(plaintext)));
  EMR_CHECK(EVP_CipherFinal_ex(context.get(), tag, &written));
  EMR_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes, tag));
  return sealed;
}

Result<SecretBytes> aes256gcm_open(const Secret32& key, const GcmNonce& nonce, ByteView aad,
                                   ByteView sealed) {
  if (sealed.size() < kGcmTagBytes || sealed.size() > kMaxAeadBytes) return not_authentic();
  const Context context = start_gcm(false, key, nonce, aad);
  const ByteView body = sealed.first(sealed.size() - kGcmTagBytes);
  Bytes tag = to_bytes(sealed.last(kGcmTagBytes));
  SecretBytes plaintext(body.size());
  std::uint8_t end = 0;
  int written = 0;
  EMR_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes, tag.data()));
  if (!body.empty()) {
    EMR_CHECK(EVP_CipherUpdate(context.get(), plaintext.span().data(), &written, body.data(),
                               length(body)));
  }
  if (EVP_CipherFinal_ex(context.get(), &end, &written) != 1) return not_authentic();
  return plaintext;
}

Aes256Siv::Aes256Siv(const Secret32& master, std::string_view purpose)
    : key_(hkdf_sha256(master.view(), {}, as_bytes(purpose), 64)) {}

Result<Aes256Siv> Aes256Siv::from_key(ByteView key64) {
  if (key64.size() != 64) {
    return fail(Code::kData, "an AES-256-SIV key has 64 bytes").with_reason("key_length");
  }
  return Aes256Siv(SecretBytes::copy_of(key64));
}

Bytes Aes256Siv::seal(ByteView aad, ByteView plaintext) const {
  if (plaintext.empty()) return empty_token(key_, aad);
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  EMR_CHECK(context != nullptr);
  EMR_CHECK(EVP_CipherInit_ex2(context.get(), siv(), key_.view().data(), nullptr, 1, nullptr));
  EMR_CHECK(EVP_CipherUpdate(context.get(), nullptr, &written, pointer(aad), length(aad)));
  Bytes sealed(kSivTagBytes + plaintext.size());
  EMR_CHECK(EVP_CipherUpdate(context.get(), sealed.data() + kSivTagBytes, &written,
                             pointer(plaintext), length(plaintext)));
  EMR_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kSivTagBytes, sealed.data()));
  return sealed;
}

Result<SecretBytes> Aes256Siv::open(ByteView aad, ByteView sealed) const {
  if (sealed.size() < kSivTagBytes || sealed.size() > kMaxAeadBytes) return not_authentic();
  if (sealed.size() == kSivTagBytes) {
    if (!equal_constant_time(sealed, empty_token(key_, aad))) return not_authentic();
    return SecretBytes();
  }
  const Context context(EVP_CIPHER_CTX_new());
  const ByteView body = sealed.subspan(kSivTagBytes);
  Bytes tag = to_bytes(sealed.first(kSivTagBytes));
  SecretBytes plaintext(body.size());
  std::uint8_t end = 0;
  int written = 0;
  EMR_CHECK(context != nullptr);
  EMR_CHECK(EVP_CipherInit_ex2(context.get(), siv(), key_.view().data(), nullptr, 0, nullptr));
  EMR_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kSivTagBytes, tag.data()));
  EMR_CHECK(EVP_CipherUpdate(context.get(), nullptr, &written, pointer(aad), length(aad)));
  if (EVP_CipherUpdate(context.get(), plaintext.span().data(), &written, pointer(body),
                       length(body)) != 1 ||
      EVP_CipherFinal_ex(context.get(), &end, &written) != 1) {
    return not_authentic();
  }
  return plaintext;
}

std::string Aes256Siv::key_check() const { return crypto::key_check(key_.view()); }

}  // namespace emr::crypto
