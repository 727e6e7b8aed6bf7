// Whatever bytes arrive: the decoder refuses them or gives a message whose encoding is those bytes.
#include <algorithm>
#include <cstdlib>

#include "consensus/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const emr::ByteView bytes(data, size);
  const auto message = emr::consensus::decode(bytes);
  if (!message) return 0;
  const emr::Bytes again = emr::consensus::encode(message.value());
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
  return 0;
}
