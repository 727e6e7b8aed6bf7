#include "desensitize/detect/field_gap_zh.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kLongestGap = 24;
constexpr std::size_t kLongestTag = 16;

}  // namespace

FieldGap field_gap(const DecodedText& text, std::size_t at, bool lines, bool greeting) {
  FieldGap gap{at, false};
  while (gap.stop - at < kLongestGap) {
    const char32_t c = text[gap.stop];
    const bool numbered = gap.marked && is_digit(c) && one_of<U".、">(text[gap.stop + 1]);
    if (c == U'\n' && !(gap.marked && lines)) {
      return {};
    }
    if (const std::size_t tag = behind_tag(text, gap.stop); tag > gap.stop) {
      gap = {tag, true};
    } else if (is_field_mark(c) || numbered || (c == U';' && lines)) {
      gap = {gap.stop + (numbered ? 2 : 1), true};
    } else if (is_blank(c) || one_of<U"(为是系“\"/!">(c) || (c == U')' && gap.stop > at) ||
               (c == U',' && greeting)) {
      ++gap.stop;
    } else {
      break;
    }
  }
  return gap;
}

std::size_t behind_tag(const DecodedText& text, std::size_t at) {
  std::size_t stop = at;
  while (text[at] == U'<' && stop - at < kLongestTag && text[stop] != U'>' && text[stop] != 0) {
    ++stop;
  }
  return stop > at && text[stop] == U'>' ? stop + 1 : at;
}

std::size_t before_tag(const DecodedText& text, std::size_t stop) {
  std::size_t at = stop;
  while (text[stop - 1] == U'>' && stop - at < kLongestTag && at > 0 && !is_cjk(text[at - 1])) {
    if (text[--at] == U'<') {
      return at;  // but <住院号> is the field's name
    }
  }
  return stop;
}

}  // namespace emr::desensitize
