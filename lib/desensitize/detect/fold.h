// Spelling that must not matter: full-width forms, letter case, blanks and separators. Pure.
#pragma once

#include <string>
#include <string_view>

namespace emr::desensitize {

/// NFKC, trimmed, every run of white space one blank. Ill-formed UTF-8 is returned unchanged.
std::string normalise_text(std::string_view text);
/// For identifiers: NFKC, ASCII letters in upper case, blanks and '-' left out.
std::string fold_identifier(std::string_view text);
/// The same without a new string for text that needs no change: a view of `text` or of `room`.
std::string_view fold_identifier(std::string_view text, std::string& room);
/// For code words: NFKC, ASCII letters in lower case, trimmed.
std::string fold_word(std::string_view text);
/// Does the text hold a CJK ideograph (U+3400..U+9FFF)?
bool has_ideograph(std::string_view text) noexcept;

}  // namespace emr::desensitize
