// The three text encodings of CIDs. Decoders accept exactly what the encoders write: one alphabet,
// no padding, no stray bits. Sizes are small (a CID), so base58's quadratic time does not matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace emr::content {

std::string base32_encode(ByteView bytes);
std::optional<Bytes> base32_decode(std::string_view text);

std::string base58_encode(ByteView bytes);
/// Texts longer than kMaxCidText are refused.
std::optional<Bytes> base58_decode(std::string_view text);

std::string base16_encode(ByteView bytes);
std::optional<Bytes> base16_decode(std::string_view text);

}  // namespace emr::content
