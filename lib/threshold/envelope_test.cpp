#include "threshold/envelope.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "json/json.h"
#include "threshold/dealer.h"
#include "threshold/keypart.h"
#include "threshold/limits.h"

namespace emr::threshold {
namespace {

using crypto::SeededRandom;

Label example_label() {
  Label label;
  label.chain = crypto::sha256(as_bytes("genesis"));
  label.institution = "hosp-a";
  label.record = crypto::sha256(as_bytes("record"));
  label.content = crypto::sha256(as_bytes("content"));
  return label;
}

// Published in FORMAT.md, which must hold the same texts.
constexpr const char* kGroupKey =
    "a0b9002581e3b08dc71a907784ad2784232bd7a78fb3e865053b8fce6af9674b";
constexpr const char* kKeyId = "7975ce7e180c1d6a";
constexpr const char* kLabelText =
    R"({"chain":"aeebad4a796fcc2e15dc4c6061b45ed9b373f26adfc798ca7d2d8cc58182718e",)"
    R"("content":"ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73")"
    R"(,"institution":"hosp-a","part":"original","record":"70ce871f8a3d3fb449bc3c3a)"
    R"(ce6547cef02dfc74ffe48d912532a724bfdbe5b9"})";
constexpr const char* kNonce = "713c0279f3aa8698397f8d14";
constexpr const char* kConsortium =
    "7964e788f4ee83f5fd0254008132cfe8499d67ccd472e0f857d6b909ff2674694e70f024df04d214"
    "4ebe634e3e333c6b6e1cdfe906474a7bcf0ebf4128e74243ae64832730155aae0473d021172d2c81"
    "775f1f4c85f4fed962d0e8eb0cf22b3bd92ed1b766837d307ec42b4795b5cf3ec2b3486b75d664f0"
    "88ad8ae433c6ab01256118cfbf1f2bbc2253f02a523e55793032b3d79948ffc5e91112fed7a06d0b";
constexpr const char* kArchive =
    "8abd842f4bd73288246079e262d949a1deadb0e25e7141eeee7b11e654a5954ae8b9d18a6295277a"
    "8d5c973c821b6baee5a60b1b251cfb0416ae1395c89255bad5bd2e0f5f86f065fa57e033463c2429";
constexpr const char* kCiphertextHash =
    "6f4cca9c66c4a3fd454f473a427ab79bf97414ab4fea22b0d22ab31095131e4d";
constexpr const char* kContext = "5603d44061f88741fa5d05417f63e60759bf6dff2e30d5fd6c1b081bb5d0025c";
constexpr const char* kCheckedId =
    "ce76f6e40fa3417be4a97ed30388e052d175197fb04b99fa1d30613a62422e82";
constexpr const char* kPartial =
    "00000001b800ce3a07cee1663afab96a335a2a37b7eb9d72a42f1bcc5f533d762dd2cf6df9a2dcf7"
    "b3c3ed988559e0bfd3341e79d2b9c4bda2792c2e24aac7dee02bfb0c07c63f0d24fe2442c65de5f2"
    "bd34749bdd7898efa9a9c3fa8b24fe165a15b505";

// The world of the worked example in FORMAT.md: every byte comes from one seed.
struct Example {
  SeededRandom random{"emr/threshold/example"};
  Dealing dealing = *deal(3, 4, random);
  crypto::BoxKeyPair archive = crypto::generate_box_keys(random);
  crypto::BoxKeyPair session = crypto::generate_box_keys(random);
  Label label = example_label();
  Envelope envelope = *seal(as_bytes("hello"), label, dealing.keys.group_key(),
                            dealing.keys.key_id(), archive.public_key, random);
  Hash32 access = crypto::sha256(as_bytes("access"));
};

TEST_CASE("the worked example of FORMAT.md") {
  Example example;
  CHECK(to_hex(example.dealing.keys.group_key().bytes) == kGroupKey);
  CHECK(example.dealing.keys.key_id() == kKeyId);
  CHECK(example.label.canonical() == kLabelText);
  CHECK(to_hex(example.envelope.nonce) == kNonce);
  CHECK(to_hex(example.envelope.consortium.encode()) == kConsortium);
  CHECK(to_hex(example.envelope.archive) == kArchive);
  CHECK(example.envelope.ciphertext.size() == 1024 + 16);
  CHECK(to_hex(crypto::sha256(example.envelope.ciphertext)) == kCiphertextHash);
  CHECK(to_hex(release_context(example.access, Part::kOriginal)) == kContext);
  const CheckedCiphertext checked =
      *check_envelope(example.envelope, example.dealing.keys, example.label);
  CHECK(to_hex(checked.id()) == kCheckedId);
  const PartialDecryption partial =
      *partial_decrypt(example.dealing.shares[0], checked,
                       release_context(example.access, Part::kOriginal), example.random);
  CHECK(to_hex(partial.encode()) == kPartial);
}

TEST_CASE("FORMAT.md publishes exactly this example") {
  std::ifstream file(EMR_SOURCE_DIR "/lib/threshold/FORMAT.md");
  REQUIRE(file);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const char* published : {kGroupKey, kKeyId, kLabelText, kNonce, kConsortium, kArchive,
                                kCiphertextHash, kContext, kCheckedId, kPartial}) {
    CAPTURE(published);
    CHECK(text.find(published) != std::string::npos);
  }
  Example example;
  CHECK(text.find(to_hex(example.archive.secret.view())) != std::string::npos);
  CHECK(text.find(to_hex(example.dealing.shares[0].encode().view())) != std::string::npos);
  CHECK(text.find(to_base64(example.envelope.ciphertext).substr(0, 64)) != std::string::npos);
}

TEST_CASE("an envelope opens for the archive and for a quorum, through JSON (R-013)") {
  Example example;
  const std::string text = json::canonical_checked(example.envelope.to_json());
  const Envelope envelope = *Envelope::from_json(*json::parse_strict(text));
  CHECK(json::canonical_checked(envelope.to_json()) == text);
  CHECK(open_with_archive(envelope, example.archive.secret)->text() == "hello");
  CHECK_FALSE(open_with_archive(envelope, example.session.secret).ok());

  const CheckedCiphertext checked = *check_envelope(envelope, example.dealing.keys, example.label);
  std::vector<PartialDecryption> partials;
  for (std::size_t i = 1; i < 4; ++i) {
    const KeyPart sent =
        *make_key_part(example.dealing.shares[i], checked, "hosp-b", example.access,
                       Part::kOriginal, example.session.public_key, example.random);
    const KeyPart received = *KeyPart::from_json(*json::parse_strict(sent.to_json().dump()));
    partials.push_back(*open_key_part(received, example.session.secret));
    CHECK_FALSE(open_key_part(received, example.archive.secret).ok());
    KeyPart moved = received;
    moved.index = 1;
    CHECK(open_key_part(moved, example.session.secret).error().reason == "index");
  }
  const auto context = release_context(example.access, Part::kOriginal);
  const Result<Combined> combined = combine(example.dealing.keys, checked, partials, context);
  REQUIRE(combined.ok());
  CHECK(open_with_key(envelope, combined->content_key)->text() == "hello");
  // Parts released for another access or another part of the record are useless here.
  CHECK_FALSE(combine(example.dealing.keys, checked, partials,
                      release_context(example.access, Part::kManifest))
                  .ok());
  CHECK_FALSE(combine(example.dealing.keys, checked, partials,
                      release_context(crypto::sha256({}), Part::kOriginal))
                  .ok());
}

TEST_CASE("an envelope copied elsewhere does not open: every member of the label counts") {
  Example example;
  const auto refused = [&](auto change) {
    Label label = example.label;
    change(label);
    const Result<CheckedCiphertext> by_state =
        check_envelope(example.envelope, example.dealing.keys, label);
    Envelope relabelled = example.envelope;
    relabelled.label = label;
    const Result<CheckedCiphertext> by_proof =
        check_envelope(relabelled, example.dealing.keys, label);
    return !by_state.ok() && by_state.error().reason == "label" && !by_proof.ok() &&
           by_proof.error().reason == "ciphertext_proof" &&
           !open_with_archive(relabelled, example.archive.secret).ok();
  };
  CHECK(refused([](Label& l) { l.chain[0] ^= 1; }));
  CHECK(refused([](Label& l) { l.institution = "hosp-b"; }));
  CHECK(refused([](Label& l) { l.record[0] ^= 1; }));
  CHECK(refused([](Label& l) { l.content[0] ^= 1; }));
  CHECK(refused([](Label& l) { l.part = Part::kManifest; }));
  SeededRandom random(1);
  const Dealing other = *deal(3, 4, random);
  CHECK(check_envelope(example.envelope, other.keys, example.label).error().reason == "key_id");
}

TEST_CASE("padding hides the length up to the step and keeps every byte") {
  SeededRandom random(2);
  const Dealing dealing = *deal(1, 1, random);
  const crypto::BoxKeyPair archive = crypto::generate_box_keys(random);
  const auto sealed = [&](std::size_t size) {
    return seal(random.bytes(size), example_label(), dealing.keys.group_key(),
                dealing.keys.key_id(), archive.public_key, random);
  };
  for (const std::size_t size : {0, 1, 1019, 1020, 1021, 2044, 2045}) {
    const Envelope envelope = *sealed(size);
    CHECK(envelope.ciphertext.size() == (size + 4 + 1023) / 1024 * 1024 + 16);
    CHECK(open_with_archive(envelope, archive.secret)->size() == size);
    CHECK(Envelope::from_json(envelope.to_json()).ok());
  }
  CHECK(Envelope::from_json(sealed(kMaxEnvelopePlaintext)->to_json()).ok());
  CHECK(sealed(kMaxEnvelopePlaintext + 1).error().reason == "limit");
}

TEST_CASE("the reader of envelopes is strict") {
  Example example;
  const nlohmann::json good = example.envelope.to_json();
  REQUIRE(Envelope::from_json(good).ok());
  const auto refused = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json json = good;
    json[nlohmann::json::json_pointer(pointer)] = value;
    return !Envelope::from_json(json).ok();
  };
  for (const auto& [key, value] : good.items()) {
    CAPTURE(key);
    nlohmann::json json = good;
    json.erase(key);
    CHECK_FALSE(Envelope::from_json(json).ok());
    CHECK(refused(("/" + key).c_str(), nullptr));
  }
  CHECK(refused("/v", 2));
  CHECK(refused("/type", "emr.sealed"));
  CHECK(refused("/extra", 1));
  CHECK(refused("/label/extra", 1));
  CHECK(refused("/label/part", "other"));
  CHECK(refused("/label/institution", ""));
  CHECK(refused("/label/institution", std::string(65, 'a')));
  CHECK(refused("/aead", "AES-128-GCM"));
  CHECK(refused("/keyId", "0123"));
  CHECK(refused("/keyId", "ABCDEF0123456789"));
  CHECK(refused("/nonce", to_base64(Bytes(11))));
  CHECK(refused("/archive", to_base64(Bytes(79))));
  CHECK(refused("/consortium", to_base64(Bytes(160))));
  CHECK(refused("/ciphertext", to_base64(Bytes(1040 - 1))));
  CHECK(refused("/ciphertext", to_base64(Bytes(16))));
  CHECK(refused("/ciphertext", to_base64(Bytes(kMaxEnvelopePlaintext + 2048 + 16))));
}

TEST_CASE("a changed byte anywhere in the sealed content is found") {
  Example example;
  for (const std::size_t at : {std::size_t{0}, std::size_t{500}, std::size_t{1039}}) {
    Envelope changed = example.envelope;
    changed.ciphertext[at] ^= 1;
    CHECK(open_with_archive(changed, example.archive.secret).error().reason == "authentication");
  }
  Envelope changed = example.envelope;
  changed.nonce[0] ^= 1;
  CHECK_FALSE(open_with_archive(changed, example.archive.secret).ok());
  changed = example.envelope;
  changed.archive[40] ^= 1;
  CHECK_FALSE(open_with_archive(changed, example.archive.secret).ok());
}

}  // namespace
}  // namespace emr::threshold
