// Trees for our own records: strict reading into nlohmann::json (built from the tokenizer, never by
// nlohmann's own parser) and the canonical text that is hashed and signed.
//
// Canonical JSON of this house: UTF-8; object members sorted by the bytes of their names; no white
// space; integers only, in plain decimal; strings with the two-character escapes \" \\ \b \f \n \r
// \t where they exist, \u00xx (lower-case hex) for the other control characters, everything else
// raw. A text is canonical exactly if canonical(parse_strict(text)) equals it.
//
// Include <nlohmann/json.hpp> in the .cpp that touches a tree (1.2 s per translation unit).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/tokenizer.h"

namespace emr::json {

using Json = nlohmann::json;

/// Reads one document. Errors are kData with pointer, reason (fault_word) and "byte N" in the
/// message; the input is never quoted. Duplicate keys are refused after unescaping.
Result<Json> parse_strict(std::string_view text, const Limits& limits = {});
/// The same, and the document must be an object.
Result<Json> parse_object(std::string_view text, const Limits& limits = {});

/// Canonical text. A float anywhere is kData, reason "fraction"; so is ill-formed UTF-8 ("utf8"),
/// an integer beyond 2^53-1 ("integer_range") and nesting beyond kMaxDepthStrict ("depth").
Result<std::string> canonical(const Json& tree);
/// Canonical text of a tree that the caller built itself or got from parse_strict: a refusal
/// would be a bug and stops the program.
std::string canonical_checked(const Json& tree);
/// The same spelling and key order, but floats are written in their shortest form. For output
/// that nobody hashes or signs (reports, benches).
Result<std::string> write(const Json& tree);

}  // namespace emr::json
