// What stands between the name of a field and its value: the colons, lines to fill in, arrows,
// cells, brackets, tags and list numbers of other people's forms.
#pragma once

#include <cstddef>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// Does it part a field from its value as a colon does?
inline bool is_field_mark(char32_t c) noexcept {
  return one_of<U":=]】|\t_→*…『「〈《>~—–-">(c) || (c >= 0x2460 && c <= 0x2473);  // ① to ⑳
}

struct FieldGap {
  std::size_t stop = 0;  ///< where the value begins; 0: it does not follow
  bool marked = false;   ///< more than blanks, brackets and 为 stand between
};

/// Behind a field's name that stops before `at`. With `lines` the value may stand on the next line,
/// behind a mark, or behind a semicolon; with `greeting` behind a comma.
FieldGap field_gap(const DecodedText& text, std::size_t at, bool lines, bool greeting);

/// Behind the tag that begins at `at`, as in "<td>"; `at` when none does.
std::size_t behind_tag(const DecodedText& text, std::size_t at);
/// Before the tag that stops before `stop`; `stop` when none does.
std::size_t before_tag(const DecodedText& text, std::size_t stop);

}  // namespace emr::desensitize
