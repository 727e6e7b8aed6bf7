// The vote log as a damaged disk may return it: refused, or the records it was made of. Every input
// is taken once as it is and once with a valid seal, because a decoder must not need the seal.
#include <cstdlib>

#include "consensus/durable.h"
#include "crypto/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emr;
  using namespace emr::consensus;
  if (size == 0) return 0;
  Record record{static_cast<std::uint8_t>(data[0] % (kSlotCount + 1)), {data + 1, data + size}};
  (void)decode_records({record});
  const ByteView slot(&record.slot, 1);
  const Hash32 seal = crypto::tagged_hash("emr/vote-log/1", {slot, record.value});
  append(record.value, ByteView(seal).first(8));
  const auto state = decode_records({record});
  if (!state) return 0;
  // What was understood is written as the same record again.
  const auto check = [&record](const Record& again) {
    if (again.slot != record.slot || again.value != record.value) std::abort();
  };
  if (state.value().view) check(to_record(*state.value().view));
  if (state.value().accepted) check(to_record(*state.value().accepted));
  if (state.value().prepared) check(to_record(*state.value().prepared));
  if (state.value().checkpoint) check(to_record(*state.value().checkpoint));
  if (state.value().stable) check(stable_record(*state.value().stable));
  return 0;
}
