// Hexadecimal and base64 text. Decoders are strict: one spelling only, errors are values.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace emr {

/// Lower-case hex without prefix.
std::string to_hex(ByteView bytes);
/// "0x" and lower-case hex.
std::string to_hex_0x(ByteView bytes);

/// Decodes hex of either case without prefix. An odd length or a foreign character is kData.
Result<Bytes> from_hex(std::string_view text);
/// Decodes "0x…" (lower-case x); the prefix is required.
Result<Bytes> from_hex_0x(std::string_view text);
/// Decodes exactly 64 lower- or upper-case hex characters.
Result<Hash32> hash_from_hex(std::string_view text);

/// RFC 4648 section 4, with padding.
std::string to_base64(ByteView bytes);
/// RFC 4648 section 4: padding required, non-zero trailing bits refused.
Result<Bytes> from_base64(std::string_view text);

}  // namespace emr
