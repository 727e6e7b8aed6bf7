// The text form of our tokens. One-way: "tk:" and 32 hex characters, or a UUID where the format has
// no other form for an identifier (FHIR). Reversible:
// "tok:v1:<key id>:<class>:<base64url>==", which always ends in "==" (keyring.cpp), so that it can
// be found again inside a sentence. A number's body begins with "n.", a boolean's with "b.":
// restored as a whole value it becomes a number or boolean again.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "desensitize/keyring.h"
#include "desensitize/value.h"

namespace emr::desensitize {

std::string one_way_token(const Hash32& mac);
/// The same into room that is there: a token is made for nearly every value.
inline constexpr std::size_t kOneWayTokenBytes = 35;
/// The same bits as a UUID of version 8, whose making is our own affair (RFC 9562 5.8).
std::string uuid_token(const Hash32& mac);
void write_one_way_token(const Hash32& mac, std::span<char, kOneWayTokenBytes> token);
std::string reversible_token(const KeyRing& keys, std::string_view field_class,
                             std::string_view text, ValueKind kind = ValueKind::kString);
bool has_reversible_token(std::string_view text) noexcept;

struct Restored {
  std::string text;
  ValueKind kind = ValueKind::kString;  ///< of the value, when the token was all of the text
};
/// Replaces every reversible token in `text` by what it stands for. kDenied with reason
/// "other_key" when a token names another key; kData when one was changed.
Result<Restored> restore_tokens(const KeyRing& keys, std::string_view text);

}  // namespace emr::desensitize
