// UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace emr {

/// Is the whole text valid UTF-8?
bool is_valid_utf8(std::string_view text) noexcept;

/// Decodes the code point that starts at `at` of a VALID text and moves `at` behind it.
char32_t next_code_point(std::string_view text, std::size_t& at) noexcept;

/// Appends one code point (must be a Unicode scalar value).
void append_utf8(std::string& text, char32_t code_point);

/// Number of code points of a VALID text.
std::size_t count_code_points(std::string_view text) noexcept;

}  // namespace emr
