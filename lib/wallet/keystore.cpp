// The MAC of this format covers neither the IV nor the KDF parameters nor the address, so a changed
// IV yields another key with a valid MAC: the address is derived and compared whenever the file
// names one. scrypt comes from libsodium, because OpenSSL refuses r = 1 with large N, which the
// format's own example uses.
#include "wallet/keystore.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/hex.h"
#include "crypto/hash.h"
#include "json/access.h"
#include "json/json.h"
#include "wallet/limits.h"
#include "wallet/unicode.h"

namespace emr::wallet {
namespace {

using Json = nlohmann::json;
using crypto::SecretBytes;

constexpr std::size_t kDerivedBytes = 32;
constexpr std::size_t kIvBytes = 16;

Error malformed(std::string message, std::string pointer = "") {
  return fail(Code::kData, std::move(message))
      .with_reason("keystore")
      .with_pointer(std::move(pointer));
}

struct Sealed {
  Bytes ciphertext;
  Bytes iv;
  Bytes mac;
  Bytes salt;
  std::size_t derived_bytes = kDerivedBytes;
  bool is_scrypt = true;
  ScryptCost scrypt;
  std::uint64_t rounds = 0;
  std::optional<crypto::Address> address;
};

// Other programs write hex of either case; none writes 0x here.
Result<Bytes> hex_member(const Json& json, const char* key, std::size_t min, std::size_t max,
                         const std::string& where) {
  EMR_ASSIGN(const std::string text, json::get_string(json, key, {.max = 2 * max}, where));
  Result<Bytes> bytes = from_hex(text);
  if (!bytes || bytes->size() < min) {
    return malformed("a member of the keystore is not hex of the right length", where + "/" + key);
  }
  return bytes;
}

Status read_scrypt(const Json& json, const std::string& where, Sealed& sealed) {
  EMR_ASSIGN(sealed.scrypt.n, json::get_u64(json, "n", {.min = 2}, where));
  EMR_ASSIGN(const std::uint64_t r, json::get_u64(json, "r", {.min = 1, .max = UINT32_MAX}, where));
  EMR_ASSIGN(const std::uint64_t p, json::get_u64(json, "p", {.min = 1, .max = UINT32_MAX}, where));
  const std::uint64_t n = sealed.scrypt.n;
  if ((n & (n - 1)) != 0) return malformed("scrypt's n must be a power of two", where + "/n");
  if (r > kMaxScryptMemory / 128 || n > kMaxScryptMemory / (128 * r) || p > kMaxScryptParallel) {
    return malformed("the keystore asks for more memory or work than any wallet does", where);
  }
  sealed.scrypt.r = static_cast<std::uint32_t>(r);
  sealed.scrypt.p = static_cast<std::uint32_t>(p);
  return {};
}

Status read_kdf(const Json& crypto_json, const std::string& where, Sealed& sealed) {
  EMR_ASSIGN(const std::string kdf,
             json::get_choice(crypto_json, "kdf", {"scrypt", "pbkdf2"}, where));
  EMR_ASSIGN(const Json* params, json::get_object(crypto_json, "kdfparams", where));
  const std::string inside = where + "/kdfparams";
  EMR_ASSIGN(
      sealed.derived_bytes,
      json::get_u64(*params, "dklen", {.min = kDerivedBytes, .max = kMaxDerivedBytes}, inside));
  EMR_ASSIGN(sealed.salt, hex_member(*params, "salt", 1, kMaxSaltBytes, inside));
  sealed.is_scrypt = kdf == "scrypt";
  if (sealed.is_scrypt) return read_scrypt(*params, inside, sealed);
  EMR_TRY(json::get_choice(*params, "prf", {"hmac-sha256"}, inside));
  EMR_ASSIGN(sealed.rounds,
             json::get_u64(*params, "c", {.min = 1, .max = kMaxPbkdf2Rounds}, inside));
  return {};
}

Result<std::optional<crypto::Address>> read_address(const Json& json) {
  // Parity writes null when it is told to keep the address to itself.
  const auto found = json.find("address");
  const bool hidden = found != json.end() && (found->is_null() || *found == "");
  if (hidden) return std::optional<crypto::Address>();
  EMR_ASSIGN(const std::optional<std::string> text, json::find_string(json, "address"));
  if (!text) return std::optional<crypto::Address>();
  const bool has_prefix = text->rfind("0x", 0) == 0;
  Result<crypto::Address> address = crypto::parse_address(has_prefix ? *text : "0x" + *text);
  if (!address) return std::move(address).error().with_pointer("/address");
  return std::optional<crypto::Address>(*address);
}

Result<Json> read_document(std::string_view text) {
  if (text.size() > kMaxKeystoreBytes) return malformed("the keystore is too large");
  EMR_ASSIGN(Json json, json::parse_object(text));
  EMR_TRY(json::get_u64(json, "version", {.min = 3, .max = 3}));
  return json;
}

Result<Sealed> read_keystore(std::string_view text) {
  EMR_ASSIGN(const Json json, read_document(text));
  Sealed sealed;
  EMR_ASSIGN(sealed.address, read_address(json));
  const char* name = json.contains("crypto") ? "crypto" : "Crypto";
  const std::string where = std::string("/") + name;
  EMR_ASSIGN(const Json* crypto_json, json::get_object(json, name));
  EMR_TRY(json::get_choice(*crypto_json, "cipher", {"aes-128-ctr"}, where));
  EMR_ASSIGN(const Json* cipher, json::get_object(*crypto_json, "cipherparams", where));
  EMR_ASSIGN(sealed.iv, hex_member(*cipher, "iv", kIvBytes, kIvBytes, where + "/cipherparams"));
  EMR_ASSIGN(sealed.ciphertext, hex_member(*crypto_json, "ciphertext", 32, 32, where));
  EMR_ASSIGN(sealed.mac, hex_member(*crypto_json, "mac", 32, 32, where));
  EMR_TRY(read_kdf(*crypto_json, where, sealed));
  return sealed;
}

Result<SecretBytes> derive(const Sealed& sealed, ByteView passphrase) {
  SecretBytes key(sealed.derived_bytes);
  bool done = false;
  // An empty view may have no address, and both functions are promised one.
  static constexpr std::uint8_t kNothing = 0;
  if (passphrase.empty()) passphrase = ByteView(&kNothing, 0);
  if (sealed.is_scrypt) {
    done = crypto_pwhash_scryptsalsa208sha256_ll(passphrase.data(), passphrase.size(),
                                                 sealed.salt.data(), sealed.salt.size(),
                                                 sealed.scrypt.n, sealed.scrypt.r, sealed.scrypt.p,
                                                 key.span().data(), key.size()) == 0;
  } else {
    done = PKCS5_PBKDF2_HMAC(as_text(passphrase).data(), static_cast<int>(passphrase.size()),
                             sealed.salt.data(), static_cast<int>(sealed.salt.size()),
                             static_cast<int>(sealed.rounds), EVP_sha256(),
                             static_cast<int>(key.size()), key.span().data()) == 1;
  }
  if (!done) {
    return fail(Code::kUnavailable, "not enough memory to derive the key of the keystore")
        .with_reason("memory");
  }
  return key;
}

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

SecretBytes aes128_ctr(ByteView key16, ByteView iv, ByteView input) {
  const std::unique_ptr<EVP_CIPHER_CTX, ContextFree> context(EVP_CIPHER_CTX_new());
  SecretBytes output(input.size());
  int written = 0;
  EMR_CHECK(context != nullptr &&
            EVP_EncryptInit_ex2(context.get(), EVP_aes_128_ctr(), key16.data(), iv.data(),
                                nullptr) == 1 &&
            EVP_EncryptUpdate(context.get(), output.span().data(), &written, input.data(),
                              static_cast<int>(input.size())) == 1);
  return output;
}

Hash32 mac_of(const SecretBytes& derived, ByteView ciphertext) {
  return crypto::Keccak256().update(derived.view().subspan(16, 16)).update(ciphertext).finish();
}

// nullopt when the MAC does not fit.
Result<std::optional<crypto::Secret32>> try_passphrase(const Sealed& sealed, ByteView passphrase) {
  EMR_ASSIGN(const SecretBytes derived, derive(sealed, passphrase));
  if (!equal_constant_time(mac_of(derived, sealed.ciphertext), sealed.mac)) {
    return std::optional<crypto::Secret32>();
  }
  const SecretBytes plain = aes128_ctr(derived.view().first(16), sealed.iv, sealed.ciphertext);
  EMR_ASSIGN(crypto::Secret32 secret, crypto::Secret32::from_bytes(plain.view()));
  return std::optional<crypto::Secret32>(std::move(secret));
}

struct Unlocked {
  crypto::Secret32 secret;
  bool normalized = false;
};

Result<Unlocked> unlock(const Sealed& sealed, const SecretBytes& passphrase) {
  EMR_ASSIGN(std::optional<crypto::Secret32> secret, try_passphrase(sealed, passphrase.view()));
  if (secret) return Unlocked{std::move(*secret), false};
  const Result<SecretBytes> normalized = normalize(passphrase.view(), Form::kNfkc);
  if (normalized && !equal_constant_time(normalized->view(), passphrase.view())) {
    EMR_ASSIGN(secret, try_passphrase(sealed, normalized->view()));
    if (secret) return Unlocked{std::move(*secret), true};
  }
  return fail(Code::kDenied, "the passphrase does not open this keystore")
      .with_reason("passphrase");
}

// RFC 9562 version 4.
std::string random_uuid(crypto::RandomSource& random) {
  Bytes bytes = random.bytes(16);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text = to_hex(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

}  // namespace

Result<std::string> encode_keystore(const crypto::SigningKey& key, const SecretBytes& passphrase,
                                    ScryptCost cost, crypto::RandomSource& random) {
  Sealed sealed;
  sealed.scrypt = cost;
  sealed.salt = random.bytes(32);
  sealed.iv = random.bytes(kIvBytes);
  EMR_ASSIGN(const SecretBytes derived, derive(sealed, passphrase.view()));
  const SecretBytes ciphertext =
      aes128_ctr(derived.view().first(16), sealed.iv, key.secret().view());
  const Json json = {{"version", 3},
                     {"id", random_uuid(random)},
                     {"address", key.address().text().substr(2)},
                     {"crypto",
                      {{"cipher", "aes-128-ctr"},
                       {"cipherparams", {{"iv", to_hex(sealed.iv)}}},
                       {"ciphertext", to_hex(ciphertext.view())},
                       {"kdf", "scrypt"},
                       {"kdfparams",
                        {{"dklen", kDerivedBytes},
                         {"n", cost.n},
                         {"r", cost.r},
                         {"p", cost.p},
                         {"salt", to_hex(sealed.salt)}}},
                       {"mac", to_hex(mac_of(derived, ciphertext.view()))}}}};
  return json::canonical_checked(json) + "\n";
}

Result<OpenedKeystore> open_keystore(std::string_view text, const SecretBytes& passphrase) {
  EMR_ASSIGN(const Sealed sealed, read_keystore(text));
  EMR_ASSIGN(Unlocked unlocked, unlock(sealed, passphrase));
  EMR_ASSIGN(crypto::SigningKey key, crypto::SigningKey::from_secret(std::move(unlocked.secret)));
  if (sealed.address && *sealed.address != key.address()) {
    return fail(Code::kData, "the keystore holds another key than the address it names")
        .with_reason("address")
        .with_hint("the file was changed: do not use it");
  }
  return OpenedKeystore{std::move(key), unlocked.normalized, !sealed.address.has_value()};
}

Result<std::optional<crypto::Address>> keystore_address(std::string_view text) {
  EMR_ASSIGN(const Json json, read_document(text));
  if (!json.contains("crypto") && !json.contains("Crypto")) {
    return malformed("not a keystore: the member crypto is missing");
  }
  return read_address(json);
}

}  // namespace emr::wallet
