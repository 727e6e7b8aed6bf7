#include "threshold/envelope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/big_endian.h"
#include "base/check.h"
#include "base/hex.h"
#include "base/wire.h"
#include "json/access.h"
#include "json/json.h"
#include "threshold/limits.h"

namespace emr::threshold {
namespace {

constexpr const char* kAead = "AES-256-GCM";
constexpr std::size_t kArchiveBytes = 32 + crypto::kSealedBoxOverhead;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kMaxPadded = kMaxEnvelopePlaintext + kPadStep;
constexpr std::size_t kMaxCiphertext = kMaxPadded + crypto::kGcmTagBytes;
constexpr std::size_t kKeyIdChars = 16;

Error bad(const char* message, const char* pointer) {
  return fail(Code::kData, message).with_reason("envelope").with_pointer(pointer);
}

// u32 length ‖ plaintext ‖ zeros up to a multiple of kPadStep.
crypto::SecretBytes pad(ByteView plaintext) {
  const std::size_t used = kLengthBytes + plaintext.size();
  crypto::SecretBytes padded((used + kPadStep - 1) / kPadStep * kPadStep);
  const auto size = static_cast<std::uint32_t>(plaintext.size());
  const std::span<std::uint8_t> out = padded.span();
  static_assert(sizeof size == kLengthBytes);
  store_big_endian(out.data(), size);
  std::copy(plaintext.begin(), plaintext.end(), out.begin() + kLengthBytes);
  return padded;
}

Result<crypto::SecretBytes> unpad(const crypto::SecretBytes& padded) {
  WireReader reader(padded.view());
  const std::size_t size = reader.u32();
  const ByteView plaintext = reader.raw(size);
  const ByteView zeros = reader.raw(reader.remaining());
  const bool clean = std::all_of(zeros.begin(), zeros.end(), [](std::uint8_t b) { return b == 0; });
  if (!reader.finish() || !clean || zeros.size() >= kPadStep) {
    return bad("the padding inside the envelope is wrong", "/ciphertext");
  }
  return crypto::SecretBytes::copy_of(plaintext);
}

Status check_key_id(const std::string& key_id) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (key_id.size() != kKeyIdChars || !std::all_of(key_id.begin(), key_id.end(), is_hex)) {
    return bad("a key id has 16 hex characters", "/keyId");
  }
  return {};
}

Status read_sealed(const nlohmann::json& json, Envelope& envelope) {
  EMR_ASSIGN(const Bytes nonce, json::get_base64(json, "nonce", envelope.nonce.size()));
  if (nonce.size() != envelope.nonce.size()) return bad("a nonce has 12 bytes", "/nonce");
  std::copy(nonce.begin(), nonce.end(), envelope.nonce.begin());
  EMR_ASSIGN(envelope.ciphertext, json::get_base64(json, "ciphertext", kMaxCiphertext));
  const std::size_t size = envelope.ciphertext.size();
  if (size < kPadStep + crypto::kGcmTagBytes || (size - crypto::kGcmTagBytes) % kPadStep != 0) {
    return bad("the length of the ciphertext is not one that padding gives", "/ciphertext");
  }
  return {};
}

Status read_recipients(const nlohmann::json& json, Envelope& envelope) {
  EMR_ASSIGN(const Bytes consortium, json::get_base64(json, "consortium", kCiphertextBytes));
  Result<Ciphertext> decoded = Ciphertext::decode(consortium);
  if (!decoded) return std::move(decoded).error().with_pointer("/consortium");
  envelope.consortium = *std::move(decoded);
  EMR_ASSIGN(envelope.archive, json::get_base64(json, "archive", kArchiveBytes));
  if (envelope.archive.size() != kArchiveBytes) {
    return bad("a sealed content key has 80 bytes", "/archive");
  }
  return {};
}

}  // namespace

std::string_view part_name(Part part) noexcept {
  return part == Part::kManifest ? "manifest" : "original";
}

Result<Part> part_from_name(std::string_view name) {
  if (name == "original") return Part::kOriginal;
  if (name == "manifest") return Part::kManifest;
  return fail(Code::kData, "a part is original or manifest").with_reason("part");
}

nlohmann::json Label::to_json() const {
  return {{"chain", to_hex(chain)},
          {"institution", institution},
          {"record", to_hex(record)},
          {"content", to_hex(content)},
          {"part", part_name(part)}};
}

std::string Label::canonical() const { return json::canonical_checked(to_json()); }

Result<Label> Label::from_json(const nlohmann::json& json) {
  constexpr const char* kWhere = "/label";
  EMR_TRY(json::refuse_unknown_members(json, {"chain", "institution", "record", "content", "part"},
                                       kWhere));
  Label label;
  EMR_ASSIGN(label.chain, json::get_hex32(json, "chain", kWhere));
  EMR_ASSIGN(label.institution,
             json::get_string(json, "institution", {.max = kMaxIdBytes}, kWhere));
  EMR_ASSIGN(label.record, json::get_hex32(json, "record", kWhere));
  EMR_ASSIGN(label.content, json::get_hex32(json, "content", kWhere));
  EMR_ASSIGN(const std::string part,
             json::get_choice(json, "part", {"original", "manifest"}, kWhere));
  EMR_ASSIGN(label.part, part_from_name(part));
  return label;
}

nlohmann::json Envelope::to_json() const {
  return {{"type", "emr.envelope"},
          {"v", 1},
          {"keyId", key_id},
          {"label", label.to_json()},
          {"aead", kAead},
          {"nonce", to_base64(nonce)},
          {"ciphertext", to_base64(ciphertext)},
          {"consortium", to_base64(consortium.encode())},
          {"archive", to_base64(archive)}};
}

Result<Envelope> Envelope::from_json(const nlohmann::json& json) {
  EMR_TRY(json::expect_type(json, "emr.envelope"));
  EMR_TRY(json::refuse_unknown_members(json, {"type", "v", "keyId", "label", "aead", "nonce",
                                              "ciphertext", "consortium", "archive"}));
  Envelope envelope;
  EMR_ASSIGN(envelope.key_id, json::get_string(json, "keyId", {.max = kKeyIdChars}));
  EMR_TRY(check_key_id(envelope.key_id));
  EMR_ASSIGN(const nlohmann::json* label, json::get_object(json, "label"));
  EMR_ASSIGN(envelope.label, Label::from_json(*label));
  EMR_TRY(json::get_choice(json, "aead", {kAead}));
  EMR_TRY(read_sealed(json, envelope));
  EMR_TRY(read_recipients(json, envelope));
  return envelope;
}

Result<Envelope> seal(ByteView plaintext, const Label& label, const FixedBase& group_key,
                      std::string_view key_id, const BoxRecipient& archive,
                      crypto::RandomSource& random) {
  if (plaintext.size() > kMaxEnvelopePlaintext) {
    return fail(Code::kData, "the plaintext is too large for an envelope").with_reason("limit");
  }
  if (label.institution.empty() || label.institution.size() > kMaxIdBytes) {
    return bad("an institution id is missing or too long", "/label/institution");
  }
  Envelope envelope;
  envelope.key_id = key_id;
  EMR_TRY(check_key_id(envelope.key_id));
  envelope.label = label;
  const crypto::Secret32 content_key = random.secret32();
  random.fill(envelope.nonce);
  const std::string canonical = label.canonical();
  EMR_ASSIGN(envelope.consortium, encrypt(group_key, as_bytes(canonical), content_key, random));
  EMR_ASSIGN(envelope.archive, archive.seal(content_key.view(), random));
  envelope.ciphertext = crypto::aes256gcm_seal(content_key, envelope.nonce, as_bytes(canonical),
                                               pad(plaintext).view());
  return envelope;
}

Result<crypto::SecretBytes> open_with_key(const Envelope& envelope,
                                          const crypto::Secret32& content_key) {
  EMR_ASSIGN(const crypto::SecretBytes padded,
             crypto::aes256gcm_open(content_key, envelope.nonce,
                                    as_bytes(envelope.label.canonical()), envelope.ciphertext));
  return unpad(padded);
}

Result<crypto::SecretBytes> open_with_archive(const Envelope& envelope,
                                              const crypto::Secret32& archive_secret) {
  EMR_ASSIGN(const crypto::SecretBytes opened,
             crypto::open_sealed_box(archive_secret, envelope.archive));
  EMR_ASSIGN(const crypto::Secret32 content_key, crypto::Secret32::from_bytes(opened.view()));
  return open_with_key(envelope, content_key);
}

Result<CheckedCiphertext> check_envelope(const Envelope& envelope, const KeySet& keys,
                                         const Label& expected) {
  if (envelope.label != expected) {
    return fail(Code::kNegative, "the envelope is labelled for something else")
        .with_reason("label");
  }
  if (envelope.key_id != keys.key_id()) {
    return fail(Code::kNegative, "the envelope is sealed to another threshold key")
        .with_reason("key_id");
  }
  return check(keys.group_key(), envelope.consortium, as_bytes(expected.canonical()));
}

}  // namespace emr::threshold
