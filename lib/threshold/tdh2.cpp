// TDH2, in the notation of the paper's section 4 with scale(r, G) for G^r. Three shortcuts and why
// they are safe: the second generator is a fixed hash-to-group point instead of a part of the
// public key (nobody knows its logarithm either way); the mask hashes the group key and u beside
// the shared point (more binding, never less); nonces of proofs are a hash of the share, the
// statement and fresh randomness, so that a bad random source cannot reveal the share.
#include "threshold/tdh2.h"

#include <algorithm>

#include "base/wire.h"
#include "crypto/hash.h"
#include "threshold/limits.h"

namespace emr::threshold {
namespace {

const FixedBase& second_generator() {
  static const FixedBase generator(hash_to_element("emr/tdh2/generator/1", {}));
  return generator;
}

Hash32 mask(const Element& group_key, const Element& u, const Element& shared) {
  return crypto::tagged_hash("emr/tdh2/mask/1", {group_key.bytes, u.bytes, shared.bytes});
}

Hash32 exclusive_or(const Hash32& a, const Hash32& b) noexcept {
  Hash32 result;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  }
  return result;
}

Scalar ciphertext_challenge(const Element& group_key, ByteView label, const Ciphertext& c,
                            const Element& w, const Element& w_bar) {
  return Scalar::hash("emr/tdh2/ciphertext/1", {group_key.bytes, label, c.masked_key, c.u.bytes,
                                                w.bytes, c.u_bar.bytes, w_bar.bytes});
}

Scalar partial_challenge(const CheckedCiphertext& checked, ByteView context,
                         const Element& verification_key, const PartialDecryption& partial,
                         const Element& at_u, const Element& at_base) {
  return Scalar::hash("emr/tdh2/partial/1",
                      {checked.id(), context, WireWriter().u32(partial.index).bytes(),
                       verification_key.bytes, partial.part.bytes, at_u.bytes, at_base.bytes});
}

// response·base - challenge·image: the commitment of a proof that image = x·base.
Result<Element> commitment(const Scalar& response, const Element& base, const Scalar& challenge,
                           const Element& image) {
  EMR_ASSIGN(const Element left, scale(response, base));
  EMR_ASSIGN(const Element right, scale(challenge, image));
  return subtract(left, right);
}

Result<Element> base_commitment(const Scalar& response, const Scalar& challenge,
                                const Element& image) {
  EMR_ASSIGN(const Element left, scale_base(response));
  EMR_ASSIGN(const Element right, scale(challenge, image));
  return subtract(left, right);
}

Result<Element> base_bar_commitment(const Scalar& response, const Scalar& challenge,
                                    const Element& image) {
  EMR_ASSIGN(const Element left, second_generator().times(response));
  EMR_ASSIGN(const Element right, scale(challenge, image));
  return subtract(left, right);
}

bool equal(const Scalar& a, const Scalar& b) noexcept {
  return equal_constant_time(a.bytes(), b.bytes());
}

Error bad_partial() {
  return fail(Code::kNegative, "a partial decryption does not verify").with_reason("partial_proof");
}

Error bad_ciphertext() {
  return fail(Code::kNegative, "the ciphertext was made for another label or key, or was changed")
      .with_reason("ciphertext_proof");
}

}  // namespace

Bytes Ciphertext::encode() const {
  WireWriter writer;
  writer.raw(masked_key).raw(u.bytes).raw(u_bar.bytes);
  writer.raw(challenge.bytes()).raw(response.bytes());
  return std::move(writer).take();
}

Result<Ciphertext> Ciphertext::decode(ByteView bytes) {
  if (bytes.size() != kCiphertextBytes) {
    return fail(Code::kData, "a threshold ciphertext has 160 bytes").with_reason("length");
  }
  Ciphertext c;
  std::copy_n(bytes.begin(), c.masked_key.size(), c.masked_key.begin());
  EMR_ASSIGN(c.u, Element::decode(bytes.subspan(32, 32)));
  EMR_ASSIGN(c.u_bar, Element::decode(bytes.subspan(64, 32)));
  EMR_ASSIGN(c.challenge, Scalar::decode(bytes.subspan(96, 32)));
  EMR_ASSIGN(c.response, Scalar::decode(bytes.subspan(128, 32)));
  return c;
}

Bytes PartialDecryption::encode() const {
  WireWriter writer;
  writer.u32(index).raw(part.bytes).raw(challenge.bytes()).raw(response.bytes());
  return std::move(writer).take();
}

Result<PartialDecryption> PartialDecryption::decode(ByteView bytes) {
  if (bytes.size() != kPartialBytes) {
    return fail(Code::kData, "a partial decryption has 100 bytes").with_reason("length");
  }
  PartialDecryption partial;
  partial.index = WireReader(bytes).u32();
  EMR_ASSIGN(partial.part, Element::decode(bytes.subspan(4, 32)));
  EMR_ASSIGN(partial.challenge, Scalar::decode(bytes.subspan(36, 32)));
  EMR_ASSIGN(partial.response, Scalar::decode(bytes.subspan(68, 32)));
  return partial;
}

Result<Ciphertext> encrypt(const FixedBase& prepared, ByteView label,
                           const crypto::Secret32& content_key, crypto::RandomSource& random) {
  if (label.size() > kMaxLabelBytes) return fail(Code::kData, "the label is too long");
  const Element& group_key = prepared.element();
  const Scalar r = Scalar::random(random);
  const Scalar s = Scalar::random(random);
  EMR_ASSIGN(const Element shared, prepared.times(r));
  EMR_ASSIGN(const Element w, scale_base(s));
  EMR_ASSIGN(const Element w_bar, second_generator().times(s));
  Ciphertext c;
  EMR_ASSIGN(c.u, scale_base(r));
  EMR_ASSIGN(c.u_bar, second_generator().times(r));
  c.masked_key = exclusive_or(content_key.bytes(), mask(group_key, c.u, shared));
  c.challenge = ciphertext_challenge(group_key, label, c, w, w_bar);
  c.response = s + r * c.challenge;
  return c;
}

Result<CheckedCiphertext> check(const Element& group_key, const Ciphertext& c, ByteView label) {
  if (label.size() > kMaxLabelBytes) return bad_ciphertext();
  const Result<Element> w = base_commitment(c.response, c.challenge, c.u);
  const Result<Element> w_bar = base_bar_commitment(c.response, c.challenge, c.u_bar);
  if (!w || !w_bar || !equal(ciphertext_challenge(group_key, label, c, *w, *w_bar), c.challenge)) {
    return bad_ciphertext();
  }
  const Bytes named =
      std::move(WireWriter().raw(group_key.bytes).blob(label).raw(c.encode())).take();
  return CheckedCiphertext(c, crypto::tagged_hash("emr/tdh2/id/1", named));
}

Result<PartialDecryption> partial_decrypt(const KeyShare& share, const CheckedCiphertext& checked,
                                          ByteView context, crypto::RandomSource& random) {
  if (context.size() > kMaxContextBytes) return fail(Code::kData, "the context is too long");
  const Hash32 fresh = random.hash32();
  const Scalar nonce =
      Scalar::hash("emr/tdh2/nonce/1", {share.secret.bytes(), checked.id(), context, fresh});
  const Element& u = checked.value().u;
  EMR_ASSIGN(const Element verification_key, scale_base(share.secret));
  EMR_ASSIGN(const Element at_base, scale_base(nonce));
  EMR_ASSIGN(const Element at_u, scale(nonce, u));
  PartialDecryption partial;
  partial.index = share.index;
  EMR_ASSIGN(partial.part, scale(share.secret, u));
  partial.challenge = partial_challenge(checked, context, verification_key, partial, at_u, at_base);
  partial.response = nonce + share.secret * partial.challenge;
  return partial;
}

Status verify_partial(const KeySet& keys, const CheckedCiphertext& checked,
                      const PartialDecryption& partial, ByteView context) {
  if (partial.index == 0 || partial.index > keys.size() || context.size() > kMaxContextBytes) {
    return bad_partial();
  }
  const Element& key = keys.verification_key(partial.index);
  const Result<Element> at_base = base_commitment(partial.response, partial.challenge, key);
  const Result<Element> at_u =
      commitment(partial.response, checked.value().u, partial.challenge, partial.part);
  if (!at_base || !at_u ||
      !equal(partial_challenge(checked, context, key, partial, *at_u, *at_base),
             partial.challenge)) {
    return bad_partial();
  }
  return {};
}

namespace {

std::string list_of(const std::vector<std::uint32_t>& numbers) {
  std::string text;
  for (const std::uint32_t number : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  return text;
}

Error too_few(std::uint32_t good, std::uint32_t quorum,
              const std::vector<std::uint32_t>& rejected) {
  std::string message =
      std::to_string(good) + " of " + std::to_string(quorum) + " needed key parts are good";
  if (!rejected.empty()) message += "; refused the parts of index " + list_of(rejected);
  return fail(Code::kTempFail, std::move(message)).with_reason("too_few_parts");
}

// Sum of lagrange(i) · part(i): the point that encryption hid the key with.
Result<Element> interpolate(const std::vector<const PartialDecryption*>& parts) {
  std::vector<std::uint32_t> indices;
  for (const PartialDecryption* part : parts) indices.push_back(part->index);
  Result<Element> sum = fail(Code::kInternal, "no parts");
  for (const PartialDecryption* part : parts) {
    EMR_ASSIGN(const Element term, scale(lagrange_at_zero(part->index, indices), part->part));
    sum = sum ? add(*sum, term) : Result<Element>(term);
    if (!sum) return sum;
  }
  return sum;
}

}  // namespace

Result<Combined> combine(const KeySet& keys, const CheckedCiphertext& checked,
                         std::span<const PartialDecryption> partials, ByteView context) {
  Combined result;
  std::vector<const PartialDecryption*> good;
  for (const PartialDecryption& partial : partials) {
    const auto same = [&](const PartialDecryption* other) { return other->index == partial.index; };
    if (good.size() == keys.quorum() || std::any_of(good.begin(), good.end(), same)) continue;
    if (verify_partial(keys, checked, partial, context)) {
      good.push_back(&partial);
    } else {
      result.rejected.push_back(partial.index);
    }
  }
  std::sort(result.rejected.begin(), result.rejected.end());
  if (good.size() < keys.quorum()) {
    return too_few(static_cast<std::uint32_t>(good.size()), keys.quorum(), result.rejected);
  }
  EMR_ASSIGN(const Element shared, interpolate(good));
  const Ciphertext& c = checked.value();
  result.content_key =
      crypto::Secret32(exclusive_or(c.masked_key, mask(keys.group_key(), c.u, shared)));
  return result;
}

}  // namespace emr::threshold
