// Validation of UTF-8 thirty-two bytes at a time, on processors that have AVX2. Internal to
// lib/base: is_valid_utf8 (base/utf8.h) decides when it is worth it.
#pragma once

#include <string_view>

namespace emr {

/// May is_valid_utf8_wide be called on this processor?
bool has_wide_utf8() noexcept;
bool is_valid_utf8_wide(std::string_view text) noexcept;

}  // namespace emr
