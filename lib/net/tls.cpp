#include "net/tls.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "net/mesh.h"

namespace emr::net {

namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using CertificatePtr = std::unique_ptr<X509, Free>;

KeyPtr private_key(const crypto::Secret32& seed) {
  return KeyPtr(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.view().data(),
                                             seed.view().size()));
}

std::optional<Hash32> raw_key(EVP_PKEY* key) {
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) return std::nullopt;
  Hash32 raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) {
    return std::nullopt;
  }
  return raw;
}

/// Self-signed and without an end: the registration of the key is what begins and ends, and a
/// certificate that expires at night would stop a hospital (FISCO-BCOS #1207).
CertificatePtr certificate_for(EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  if (!certificate) return nullptr;
  X509* x = certificate.get();
  X509_NAME* name = X509_get_subject_name(x);
  const auto* common_name = reinterpret_cast<const unsigned char*>("emr-node");
  const bool built =
      X509_set_version(x, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
      ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z") == 1 &&
      ASN1_TIME_set_string(X509_getm_notAfter(x), "99991231235959Z") == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
      X509_sign(x, key, nullptr) > 0;
  return built ? std::move(certificate) : nullptr;
}

/// Replaces OpenSSL's whole chain verification. The handshake itself proves possession of the key;
/// names, dates and issuers of a self-signed certificate mean nothing.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto* registered = static_cast<const RegisteredKeys*>(argument);
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  const auto key = leaf == nullptr ? std::nullopt : raw_key(X509_get0_pubkey(leaf));
  const bool known = key && registered->contains(*key);
  X509_STORE_CTX_set_error(store, known ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return known ? 1 : 0;
}

}  // namespace

Result<Hash32> transport_public_key(const crypto::Secret32& seed) {
  const KeyPtr key = private_key(seed);
  const auto raw = raw_key(key.get());
  if (!raw) return fail(Code::kInternal, "cannot derive the transport key");
  return *raw;
}

Result<std::unique_ptr<TlsContext>> TlsContext::make(const crypto::Secret32& seed,
                                                     const RegisteredKeys& registered) {
  std::unique_ptr<TlsContext> made(new TlsContext());
  EMR_TRY(made->set_up(seed, registered));
  return made;
}

Status TlsContext::set_up(const crypto::Secret32& seed, const RegisteredKeys& registered) {
  SSL_CTX* ctx = context_.native_handle();
  const KeyPtr key = private_key(seed);
  const CertificatePtr certificate = key ? certificate_for(key.get()) : nullptr;
  if (!certificate || SSL_CTX_use_certificate(ctx, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(ctx, key.get()) != 1 ||
      SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1) {
    return fail(Code::kInternal, "cannot set up TLS with the transport key");
  }
  // No resumption: every link proves the key anew, so that a removed member cannot come back on an
  // old ticket.
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ctx, 0);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, verify_pinned,
                                   const_cast<RegisteredKeys*>(&registered));
  return {};
}

std::optional<Hash32> peer_key(SSL* connection) {
  const CertificatePtr certificate(SSL_get1_peer_certificate(connection));
  return certificate ? raw_key(X509_get0_pubkey(certificate.get())) : std::nullopt;
}

}  // namespace emr::net
