// bench-units: unit costs of the primitives, one thread. The other benchmarks compute their limits
// from these (field's method: a bound from the unit costs of the same run).
#include <sodium.h>

#include <string>

#include "crypto/hash.h"
#include "crypto/signing.h"
#include "figure.h"
#include "threshold/dealer.h"
#include "threshold/envelope.h"
#include "threshold/keypart.h"

namespace {

using namespace emr;
using bench::figure;
using bench::per_second;

void hashes() {
  const Bytes block(1 << 20, 7);
  const Bytes word(136, 7);
  figure("unit.sha256", per_second([&] { (void)crypto::sha256(block); }) * 1.048576, "MB/s");
  figure("unit.keccak256_136B", per_second([&] { (void)crypto::keccak256(word); }), "hashes/s");
  const crypto::HmacSha256 keyed(word);
  figure("unit.hmac_20B", per_second([&] { (void)keyed.mac(ByteView(word).first(20)); }), "macs/s");
}

void signatures() {
  crypto::SeededRandom random(1);
  const crypto::SigningKey key = crypto::SigningKey::generate(random);
  const Hash32 digest = crypto::sha256(as_bytes("digest"));
  const crypto::Signature signature = key.sign(digest);
  figure("unit.sign", per_second([&] { (void)key.sign(digest); }), "1/s");
  figure("unit.recover", per_second([&] { (void)crypto::recover(digest, signature).ok(); }), "1/s");
}

double ristretto_multiplications() {
  unsigned char scalar[crypto_core_ristretto255_SCALARBYTES];
  unsigned char point[crypto_core_ristretto255_BYTES];
  crypto_core_ristretto255_scalar_random(scalar);
  crypto_core_ristretto255_random(point);
  return per_second([&] { EMR_CHECK(crypto_scalarmult_ristretto255(point, scalar, point) == 0); });
}

void sealing() {
  crypto::SeededRandom random(2);
  const double multiplications = ristretto_multiplications();
  figure("unit.ristretto_multiplication", multiplications, "1/s");

  const threshold::Dealing dealing = threshold::deal(3, 4, random).value();
  threshold::Label label;
  label.institution = "hosp-a";
  const crypto::BoxKeyPair archive = crypto::generate_box_keys(random);
  const Bytes plaintext(1700, 'x');  // a typical record
  const threshold::FixedBase group_key(dealing.keys.group_key());
  const threshold::BoxRecipient recipient(archive.public_key);
  const auto seal_one = [&] {
    return threshold::seal(plaintext, label, group_key, dealing.keys.key_id(),
                           recipient, random);
  };
  const threshold::Envelope envelope = seal_one().value();
  // Seven multiplications of elements that never change, three of them of generators and one of the
  // archive key, one AES-GCM; multiplications/s stands above as the unit.
  bench::figure_with_goal("desensitize.seal", per_second([&] { EMR_CHECK(seal_one().ok()); }),
                          "envelopes/s", 5000, 1);
  const threshold::Scalar scalar = threshold::Scalar::random(random);
  figure("unit.fixed_base_multiplication",
         per_second([&] { EMR_CHECK(group_key.times(scalar).ok()); }), "1/s", multiplications);
  const threshold::CheckedCiphertext checked =
      threshold::check_envelope(envelope, dealing.keys, label).value();
  const Bytes context = to_bytes("bench");
  figure("threshold.partial", per_second([&] {
           EMR_CHECK(threshold::partial_decrypt(dealing.shares[0], checked, context, random).ok());
         }),
         "1/s", multiplications);
}

}  // namespace

int main() {
  if (sodium_init() < 0) return 70;
  hashes();
  signatures();
  sealing();
  return 0;
}
