// personal_sign (EIP-191 version 0x45): the digest that a wallet signs for a plain message.
#pragma once

#include "base/bytes.h"

namespace emr::crypto {

/// keccak256("\x19Ethereum Signed Message:\n" ‖ decimal length ‖ message). The bytes are signed as
/// they are; text that looks like hex is text.
Hash32 personal_message_digest(ByteView message);

}  // namespace emr::crypto
