#include "desensitize/detect/text.h"

#include <algorithm>
#include <array>
#include <bit>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "desensitize/detect/hidden.h"
#include "desensitize/detect/markup.h"

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

/// The code point of a valid sequence of three bytes, whose fixed bits are taken off at once.
char32_t three_bytes(const char* bytes) noexcept {
  const auto byte = [bytes](std::size_t i) {
    return char32_t{static_cast<unsigned char>(bytes[i])};
  };
  return (byte(0) << 12) + (byte(1) << 6) + byte(2) - 0xE2080;
}

/// Of U+4000..U+9FFF, nearly every character of a Chinese text.
constexpr bool is_ideograph_lead(unsigned char byte) noexcept {
  return byte >= 0xE4 && byte <= 0xE9;
}

/// A letter or digit behind something else begins a run.
std::uint32_t with_run_start(std::uint32_t marks, std::uint32_t before) noexcept {
  static_assert(kRunStart == kAlnum << 1);
  return marks | (marks & ~before & kAlnum) << 1;
}

#if defined(__SSE2__)
/// One byte of each of sixteen words, `shift` bits from their lowest.
__m128i bytes_of(const std::uint32_t* words, int shift) noexcept {
  const auto four = [&](std::size_t i) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words) + i);
    return _mm_and_si128(_mm_srli_epi32(here, shift), _mm_set1_epi32(0xFF));
  };
  return _mm_packus_epi16(_mm_packs_epi32(four(0), four(1)), _mm_packs_epi32(four(2), four(3)));
}

/// The highest bit of each byte; the next ones move up.
std::uint64_t take_highest(__m128i& bytes) noexcept {
  const auto bits = static_cast<unsigned>(_mm_movemask_epi8(bytes));
  bytes = _mm_add_epi8(bytes, bytes);
  return bits;
}

/// A word for each of the 32 marks of kGroups times sixteen code points.
template <std::size_t kGroups>
void slice(const std::uint32_t* marks, std::uint64_t* planes) noexcept {
#pragma GCC unroll 4
  for (int byte = 0; byte < 4; ++byte) {
    __m128i groups[kGroups];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kGroups; ++i) groups[i] = bytes_of(marks + 16 * i, 8 * byte);
#pragma GCC unroll 8
    for (int bit = 7; bit >= 0; --bit) {
      std::uint64_t plane = take_highest(groups[0]);
#pragma GCC unroll 4
      for (std::size_t i = 1; i < kGroups; ++i) plane |= take_highest(groups[i]) << (16 * i);
      planes[8 * byte + bit] = plane;
    }
  }
}
#endif

}  // namespace

void DecodedText::assign(std::string_view bytes) {
  bytes_ = bytes;
  make_room();
  const std::size_t before = size_;
  size_ = decode();
  if (size_ < before) {
    std::fill(points_.data() + size_, points_.data() + before, U'\0');
    std::fill(marks_.data() + size_, marks_.data() + before, 0U);
  }
  mask_ = std::bit_ceil(size_ + kOutside) - 1;
  make_prints();
  slice_marks();
}

void DecodedText::make_room() {
  if (offsets_.size() < bytes_.size() + 1) {
    points_.resize(std::bit_ceil(bytes_.size() + kOutside));
    marks_.resize(points_.size());
    point_ring_ = points_.data();
    mark_ring_ = marks_.data();
    prints_.resize(bytes_.size() + 2 * kStep);
    planes_.resize(kMarks * (bytes_.size() / 64 + 2));
    offsets_.resize(bytes_.size() + 1);
  }
}

/// The number of code points.
std::size_t DecodedText::decode() {
  const std::string_view bytes = bytes_;
  const std::uint32_t* const table = char_classes();
  char32_t* const points = points_.data();
  std::uint32_t* const offsets = offsets_.data();
  std::uint32_t* const all = marks_.data();
  std::uint32_t before = 0;
  std::uint32_t any = 0;
  bool hides = false;
  std::size_t count = 0;
  const auto put = [&](std::size_t at, char32_t point, std::uint32_t marks) {
    offsets[count] = static_cast<std::uint32_t>(at);
    points[count] = point;
    all[count] = marks;
    any |= marks;
    before = marks;
    ++count;
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const auto first = static_cast<unsigned char>(bytes[at]);
    if (is_ideograph_lead(first)) {
      const char32_t point = three_bytes(bytes.data() + at);
      at += 3;
      put(start, point, table[point - 0x3400]);
      continue;
    }
    char32_t point = first;
    if (first < 0x80) {
      ++at;
      hides |= first == '&' || (first == '<' && at < bytes.size() && may_be_tag(bytes[at]));
      const std::uint32_t marks = kAsciiMarks[first];
      put(start, point, with_run_start(marks, before));
      continue;
    }
    if ((first & 0xF0) == 0xE0) {
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
    hides |= first >= 0x80 && is_invisible(point);
    point = fold(point);
    put(start, point, with_run_start(other_marks(point), before));
  }
  all_marks_ = any;
  hides_ = hides;
  offsets[count] = static_cast<std::uint32_t>(bytes.size());
  return count;
}

void DecodedText::make_prints() {
#if defined(__SSE2__)
  for (std::size_t at = 0; at < size_; at += kStep) {  // CharFilter::print of sixteen
    const auto four = [points = points_.data() + at](std::size_t i) {
      const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(points) + i);
      const __m128i both = _mm_xor_si128(here, _mm_srli_epi32(here, 8));
      return _mm_and_si128(both, _mm_set1_epi32(0xFF));
    };
    const __m128i prints =
        _mm_packus_epi16(_mm_packs_epi32(four(0), four(1)), _mm_packs_epi32(four(2), four(3)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(prints_.data() + at), prints);
  }
#else
  std::transform(points_.begin(), points_.begin() + static_cast<std::ptrdiff_t>(size_),
                 prints_.begin(), CharFilter::print);
#endif
}

/// Turns the marks of 64 code points at a time: a word for each mark.
void DecodedText::slice_marks() {
  std::fill_n(planes_.begin() + kMarks * ((size_ + 63) / 64), kMarks, 0);
  for (std::size_t start = 0; start < size_; start += 64) {
    const std::uint32_t* const marks = marks_.data() + start;
    std::uint64_t* const planes = planes_.data() + kMarks * (start / 64);
#if defined(__SSE2__)
    const std::size_t left = size_ - start;  // behind the text the marks are 0
    left <= 16 ? slice<1>(marks, planes) : left <= 32 ? slice<2>(marks, planes)
                                                      : slice<4>(marks, planes);
#else
    std::fill_n(planes, kMarks, 0);
    for (std::size_t i = 0; i < 64; ++i) {
      for (std::uint32_t left = marks[i]; left != 0; left &= left - 1) {
        planes[std::countr_zero(left)] |= std::uint64_t{1} << i;
      }
    }
#endif
  }
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
