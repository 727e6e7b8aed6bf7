#include "desensitize/detect/text.h"

#include <algorithm>
#include <array>
#include <bit>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

constexpr std::array<std::uint32_t, 128> kAsciiMarks = [] {
  std::array<std::uint32_t, 128> marks{};
  for (char32_t c = 0; c < marks.size(); ++c) {
    marks[c] = is_alnum(c) ? kAlnum : 0U;
    marks[c] |= is_digit(c) || is_blank(c) || one_of<U"|/(:;)">(c) ? kNameProof : 0U;
  }
  marks[0] |= kNameProof;
  marks[U'@'] = kAtSign;
  marks[U':'] |= kColon;
  marks[U','] = kComma;
  return marks;
}();

/// Of a code point (folded) outside U+3400..U+9FFF.
std::uint32_t other_marks(char32_t c) noexcept {
  if (c < 0x80) {
    return kAsciiMarks[c];
  }
  if (c == 0xB7 || c == 0x2022 || c == 0x2027) {
    return kNameDot;
  }
  if (c == U'、') {
    return kComma | kNameProof;
  }
  if (is_rare_cjk(c)) {
    return kIdeograph | kGivenName;
  }
  return c == U'〇' ? kChineseDigit : is_blank(c) ? kNameProof : 0U;
}

/// The code point of a valid sequence of three bytes.
char32_t three_bytes(const char* bytes) noexcept {
  const auto six = [bytes](std::size_t i) { return static_cast<char32_t>(bytes[i] & 0x3F); };
  return static_cast<char32_t>(bytes[0] & 0x0F) << 12 | six(1) << 6 | six(2);
}

}  // namespace

void DecodedText::assign(std::string_view bytes) {
  bytes_ = bytes;
  if (offsets_.size() < bytes.size() + 1) {
    points_.resize(bytes.size() + kStep);
    prints_.resize(bytes.size() + kStep);
    offsets_.resize(bytes.size() + 1);
    marks_.resize(bytes.size() + kStep);
  }
  const std::uint32_t* const table = char_classes();
  char32_t* const points = points_.data();
  std::uint32_t* const offsets = offsets_.data();
  std::uint32_t* const all = marks_.data();
  std::uint8_t* const prints = prints_.data();
  std::uint32_t before = 0;
  std::uint32_t any = 0;
  std::size_t count = 0;
  const auto put = [&](std::size_t at, char32_t point, std::uint32_t marks) {
    offsets[count] = static_cast<std::uint32_t>(at);
    points[count] = point;
    prints[count] = CharFilter::print(point);
    all[count] = marks;
    any |= marks;
    before = marks;
    ++count;
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const auto first = static_cast<unsigned char>(bytes[at]);
    char32_t point = first;
    if (first < 0x80) {
      ++at;
    } else if ((first & 0xF0) == 0xE0) {  // nearly every character of a Chinese text
      point = three_bytes(bytes.data() + at);
      at += 3;
      if (is_usual_cjk(point)) {
        put(start, point, classes_of(table, point));
        continue;
      }
    } else {
      std::size_t next = at;  // a copy: `at` stays in a register
      point = next_code_point(bytes, next);
      at = next;
    }
    point = fold(point);
    const std::uint32_t marks = other_marks(point);
    static_assert(kRunStart == kAlnum << 1);
    put(start, point, marks | (marks & ~before & kAlnum) << 1);
  }
  size_ = count;
  all_marks_ = any;
  offsets[count] = static_cast<std::uint32_t>(bytes.size());
}

std::uint64_t DecodedText::marked_block(std::uint32_t wanted, std::size_t block) const noexcept {
  const std::size_t start = 64 * block;
  const std::size_t stop = std::min(start + 64, size_);
  std::uint64_t bits = 0;
#if defined(__SSE2__)
  const __m128i mask = _mm_set1_epi32(static_cast<int>(wanted));
  const auto none_of_four = [&](std::size_t at) {
    const __m128i marks = _mm_loadu_si128(reinterpret_cast<const __m128i*>(marks_.data() + at));
    return _mm_cmpeq_epi32(_mm_and_si128(marks, mask), _mm_setzero_si128());
  };
  for (std::size_t at = start; at < stop; at += kStep) {
    const __m128i low = _mm_packs_epi32(none_of_four(at), none_of_four(at + 4));
    const __m128i high = _mm_packs_epi32(none_of_four(at + 8), none_of_four(at + 12));
    const auto none = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(low, high)));
    bits |= std::uint64_t{none ^ 0xFFFFU} << (at - start);
  }
  return stop - start == 64 ? bits : bits & ((std::uint64_t{1} << (stop - start)) - 1);
#else
  for (std::size_t at = start; at < stop; ++at) {
    bits |= std::uint64_t{(marks_[at] & wanted) != 0} << (at - start);
  }
  return bits;
#endif
}

std::size_t DecodedText::index_of(std::size_t at) const noexcept {
  const auto end = offsets_.begin() + static_cast<std::ptrdiff_t>(size_);
  return static_cast<std::size_t>(
      std::lower_bound(offsets_.begin(), end, static_cast<std::uint32_t>(at)) - offsets_.begin());
}

bool is_separator(char32_t c) noexcept {
  if (c < 0x80) {
    return !is_alnum(c) && c != U'_';
  }
  return c == 0x3000 || c == 0xA0 || (c >= 0x2010 && c <= 0x2027 && c != 0x2022 && c != 0x2027) ||
         (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) || c == 0xB7 || c == 0xD7 ||
         (c >= 0x3014 && c <= 0x301B) || (c >= 0x2500 && c <= 0x25FF);
}

}  // namespace emr::desensitize
