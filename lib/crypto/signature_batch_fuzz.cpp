// Batches of right signatures with any bytes changed: the verdicts are those of one by one. And
// numbers of any 32 bytes: what reads as an element of the field is written in one way.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "crypto/secp256k1_field.h"
#include "crypto/signature_batch.h"

namespace {

using namespace emr;

std::vector<crypto::NamedSignature> right_batch() {
  crypto::SeededRandom random("fuzz");
  std::vector<crypto::NamedSignature> batch;
  for (int i = 0; i < 2; ++i) {
    const crypto::SigningKey key = crypto::SigningKey::generate(random);
    for (int k = 0; k < 10; ++k) {
      const Hash32 digest = random.hash32();
      batch.push_back({digest, key.sign(digest), key.address()});
    }
  }
  (void)crypto::verify_signatures(batch);  // for their points
  return batch;
}

/// place, field and byte, what to put there.
void change(crypto::NamedSignature& named, std::uint8_t where, std::uint8_t value) {
  if (where < 65) {
    named.signature[where] = value;
  } else if (where < 65 + 32) {
    named.digest[where - 65U] = value;
  } else if (where < 65 + 32 + 20) {
    named.by.bytes[where - 97U] = value;
  } else if (where < 65 + 32 + 20 + 32) {
    named.point_y[where - 117U] = value;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto right = right_batch();
  auto batch = right;
  for (std::size_t i = 0; i + 3 <= size && i < 3 * 64; i += 3) {
    change(batch[data[i] % batch.size()], data[i + 1], data[i + 2]);
  }
  const std::vector<bool> verdicts = crypto::verify_signatures(batch);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto signer = crypto::recover(batch[i].digest, batch[i].signature);
    EMR_CHECK(verdicts[i] == (signer.ok() && *signer == batch[i].by));
  }
  if (size >= 32) {
    const auto element = crypto::element_from_bytes(ByteView(data, 32));
    EMR_CHECK(!element || element->limbs == crypto::canonical(*element).limbs);
  }
  return 0;
}
