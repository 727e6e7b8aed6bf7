// The two BIP-39 word lists: 2048 words each, one a line, LF behind every word.
#pragma once

#include <string_view>

namespace emr::wallet {

std::string_view english_words() noexcept;
/// Simplified Chinese; every word is one character.
std::string_view chinese_words() noexcept;

}  // namespace emr::wallet
