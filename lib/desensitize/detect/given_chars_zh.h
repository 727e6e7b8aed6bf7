// How typical a character is of Chinese given names.
#pragma once

namespace emr::desensitize {

/// Far more frequent in given names than in texts.
bool is_typical_given(char32_t c);
/// Hardly written for anything but a name, in a note.
bool is_only_given(char32_t c);

}  // namespace emr::desensitize
