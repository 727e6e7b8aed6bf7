// How typical a character is of Chinese given names.
#pragma once

namespace emr::desensitize {

inline constexpr int kTypicalPoints = 3;  ///< far more frequent in given names than in texts
inline constexpr int kOnlyPoints = 4;     ///< hardly written for anything but a name, in a note
/// One of these; 0: neither.
int given_points(char32_t c);
inline bool is_typical_given(char32_t c) { return given_points(c) > 0; }

}  // namespace emr::desensitize
