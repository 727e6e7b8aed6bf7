// How typical a character is of Chinese given names.
#pragma once

#include <cstdint>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

inline constexpr int kTypicalPoints = 3;  ///< far more frequent in given names than in texts
inline constexpr int kOnlyPoints = 4;     ///< hardly written for anything but a name, in a note

/// The points of the characters from U+4E00 on; 0: none of these.
const std::uint8_t* given_points_table();
inline int given_points(const std::uint8_t* table, char32_t c) {
  // Who meets a character of the later planes in a record meets it in a name.
  return c >= 0x4E00 && c < 0xA000 ? table[c - 0x4E00] : is_rare_cjk(c) ? kTypicalPoints : 0;
}
inline bool is_typical_given(char32_t c) { return given_points(given_points_table(), c) > 0; }

}  // namespace emr::desensitize
