#include "crypto/eip191.h"

#include <string>

#include "crypto/hash.h"

namespace emr::crypto {

Hash32 personal_message_digest(ByteView message) {
  const std::string prefix =
      "\x19"
      "Ethereum Signed Message:\n" +
      std::to_string(message.size());
  return Keccak256().update(as_bytes(prefix)).update(message).finish();
}

}  // namespace emr::crypto
