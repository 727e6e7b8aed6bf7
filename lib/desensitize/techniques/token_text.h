// The text form of our tokens. One-way: "tk:" and 32 hex characters. Reversible:
// "tok:v1:<key id>:<class>:<base64url>==", which always ends in "==" (keyring.cpp), so that it can
// be found again inside a sentence.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "desensitize/keyring.h"

namespace emr::desensitize {

std::string one_way_token(const Hash32& mac);
void append_one_way_token(std::string& out, const Hash32& mac);
std::string reversible_token(const KeyRing& keys, std::string_view field_class,
                             std::string_view text);
/// Replaces every reversible token in `text` by what it stands for. kDenied with reason
/// "other_key" when a token names another key; kData when one was changed.
Result<std::string> restore_tokens(const KeyRing& keys, std::string_view text);

}  // namespace emr::desensitize
