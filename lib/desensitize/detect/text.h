// A text decoded once into code points with their byte offsets, so that the detectors can look
// left and right by index. Reading outside gives 0, which belongs to no class. Also the spelling
// folds that every detector needs: full-width ASCII counts as ASCII. Each code point has its marks
// (CharClass), so that a detector goes from one plausible place to the next instead of asking
// everywhere.
//
// Detectors look at some thousand characters of a short text, one by one, so a look must be cheap:
// the characters stand in a ring whose size is a power of two, with zeros between the end of the
// text and its start. An index is never compared with anything: its low bits are the place.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "desensitize/detect/char_set.h"
#include "desensitize/detect/chars_zh.h"
#include "desensitize/detect/first_chars.h"
#include "desensitize/span.h"

namespace emr::desensitize {

class DecodedText {
 public:
  DecodedText() = default;
  /// `bytes` must be valid UTF-8 and outlive the object.
  explicit DecodedText(std::string_view bytes) { assign(bytes); }
  DecodedText(const DecodedText&) = delete;
  DecodedText& operator=(const DecodedText&) = delete;
  /// Another text in the memory of the one before.
  void assign(std::string_view bytes);

  std::size_t size() const noexcept { return size_; }
  /// The code point at `index` with full-width ASCII folded; 0 outside, up to kOutside / 2 before
  /// the text (`index` may have wrapped below zero) and as far behind it.
  char32_t operator[](std::size_t index) const noexcept { return point_ring_[index & mask_]; }
  /// The CharClass bits of the code point at `index`; 0 outside.
  std::uint32_t marks(std::size_t index) const noexcept { return mark_ring_[index & mask_]; }
  static constexpr std::size_t kOutside = 256;
  /// Is something here that readers do not see, a '&' that may begin a character reference, or a
  /// '<' that may begin a tag?
  bool hides() const noexcept { return hides_; }
  /// Has any code point one of these marks?
  bool has(std::uint32_t wanted) const noexcept { return (all_marks_ & wanted) != 0; }
  /// Bit per code point of [64 * block, 64 * block + 64): has it one of these marks? The block
  /// behind the last may be asked for, too.
  std::uint64_t marked_block(std::uint32_t wanted, std::size_t block) const noexcept {
    std::uint64_t bits = 0;
    for (; wanted != 0; wanted &= wanted - 1) {
      bits |= planes_[kMarks * block + static_cast<std::size_t>(std::countr_zero(wanted))];
    }
    return bits;
  }
  /// The same of the code points that stand `before` characters further on.
  std::uint64_t marked_ahead(std::uint32_t wanted, std::size_t block, int before) const noexcept {
    return marked_block(wanted, block) >> before | marked_block(wanted, block + 1) << (64 - before);
  }
  /// CharFilter::print of every code point; 2 * kStep of them can be read at once, also the last.
  const std::uint8_t* prints() const noexcept { return prints_.data(); }
  static constexpr std::size_t kStep = 16;
  /// Byte offset of code point `index` (size() gives the end).
  std::size_t byte(std::size_t index) const noexcept { return offsets_[index]; }
  std::string_view bytes() const noexcept { return bytes_; }
  std::string_view bytes(std::size_t start, std::size_t stop) const noexcept {
    return bytes_.substr(byte(start), byte(stop) - byte(start));
  }

  bool starts(std::size_t at, std::u32string_view word) const noexcept {
    std::size_t i = 0;
    while (i < word.size() && (*this)[at + i] == word[i]) {
      ++i;
    }
    return i == word.size();
  }
  /// Does `word` stop right before `stop`?
  bool stops(std::size_t stop, std::u32string_view word) const noexcept {
    return stop >= word.size() && starts(stop - word.size(), word);
  }
  // The same of literals: the compiler knows their size, which a view would count at each call.
  template <std::size_t N>
  bool starts(std::size_t at, const char32_t (&word)[N]) const noexcept {
    return starts(at, std::u32string_view(word, N - 1));
  }
  template <std::size_t N>
  bool stops(std::size_t stop, const char32_t (&word)[N]) const noexcept {
    return stops(stop, std::u32string_view(word, N - 1));
  }
  /// Index of the code point that begins at byte `at`; the next one's when none does.
  std::size_t index_of(std::size_t at) const noexcept;

 private:
  static constexpr std::size_t kMarks = 32;  ///< bits of CharClass

  void make_room();
  std::size_t decode();
  void make_prints();
  void slice_marks();

  static constexpr char32_t kNoPoint = 0;
  static constexpr std::uint32_t kNoMarks = 0;

  std::string_view bytes_;
  std::size_t size_ = 0;
  std::size_t mask_ = 0;  ///< places of the rings - 1
  const char32_t* point_ring_ = &kNoPoint;
  const std::uint32_t* mark_ring_ = &kNoMarks;
  std::uint32_t all_marks_ = 0;
  bool hides_ = false;
  // They have room for more than the text: they only grow. What stands in points_ and marks_ from
  // size_ on is 0.
  std::vector<char32_t> points_;
  std::vector<std::uint32_t> marks_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint8_t> prints_;
  std::vector<std::uint64_t> planes_;  ///< of each block: a word for each mark
};

/// U+FF01..U+FF5E are ASCII in full width; the vertical lines of drawn tables are '|', hyphens and
/// the short dash '-', blanks of any width a blank.
constexpr char32_t fold(char32_t c) noexcept {
  if (c >= 0xFF01) return c <= 0xFF5E ? c - 0xFEE0 : c;
  if ((c >= 0x2010 && c <= 0x2013) || c == 0x2212) return U'-';
  if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F) return U' ';
  return c == 0x2502 || c == 0x2503 ? U'|' : c;
}

/// The places of a text with one of some marks, in order, found sixty-four characters at a time:
/// for (const std::size_t i : Places(text, kColon)).
class Places {
 public:
  Places(const DecodedText& text, std::uint32_t wanted) noexcept : text_(text), wanted_(wanted) {}

  /// The first of them from `from` on; `stop`, or a place behind it, when there is none before.
  std::size_t next(std::size_t from, std::size_t stop) noexcept {
    for (; from < stop; from = (from | 63) + 1) {
      read_block(from / 64);
      if (const std::uint64_t bits = bits_ >> (from % 64); bits != 0) {
        return from + static_cast<std::size_t>(std::countr_zero(bits));
      }
    }
    return stop;
  }
  /// The first of them from `from` on; the text's size when there is none.
  std::size_t next(std::size_t from) noexcept { return next(from, text_.size()); }
  /// The first place from `from` on that is none of them; the text's size when there is none.
  std::size_t next_other(std::size_t from) noexcept {
    for (; from < text_.size(); from = (from | 63) + 1) {
      read_block(from / 64);
      if (const std::uint64_t others = ~bits_ >> (from % 64); others != 0) {
        return from + static_cast<std::size_t>(std::countr_zero(others));
      }
    }
    return text_.size();
  }

  class Iterator {
   public:
    Iterator(Places& places, std::size_t at) noexcept : places_(places), at_(at) {}
    std::size_t operator*() const noexcept { return at_; }
    Iterator& operator++() noexcept {
      at_ = places_.next(at_ + 1);
      return *this;
    }
    bool operator!=(const Iterator& other) const noexcept { return at_ != other.at_; }

   private:
    Places& places_;
    std::size_t at_;
  };
  Iterator begin() noexcept { return {*this, next(0)}; }
  Iterator end() noexcept { return {*this, text_.size()}; }

 private:
  void read_block(std::size_t block) noexcept {
    if (block != block_) {
      block_ = block;
      bits_ = text_.marked_block(wanted_, block);
    }
  }

  const DecodedText& text_;
  std::uint32_t wanted_;
  std::size_t block_ = ~std::size_t{0};  ///< whose bits were read last
  std::uint64_t bits_ = 0;
};

/// use(place) for the places of a text in order, where bits_of(block) has a bit for each.
template <class BitsOf, class Use>
void for_each_place(const DecodedText& text, BitsOf bits_of, Use use) {
  for (std::size_t block = 0; 64 * block < text.size(); ++block) {
    for (std::uint64_t bits = bits_of(block); bits != 0; bits &= bits - 1) {
      use(64 * block + static_cast<std::size_t>(std::countr_zero(bits)));
    }
  }
}

/// use(place) wherever one of the texts that begin with these characters may stand.
template <class Use>
void for_each_first(const DecodedText& text, const FirstChars& firsts, Use use) {
  for_each_place(text, [&](std::size_t block) { return firsts.block(text, block); }, use);
}

/// A find in code points, before it becomes a Span of bytes. Larger `weight` wins an overlap.
struct Find {
  std::size_t start = 0;
  std::size_t stop = 0;
  SpanType type = SpanType::kName;
  int weight = 0;
};
using Finds = std::vector<Find>;

constexpr bool is_digit(char32_t c) noexcept { return c >= U'0' && c <= U'9'; }
constexpr bool is_letter(char32_t c) noexcept {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}
constexpr bool is_alnum(char32_t c) noexcept { return is_digit(c) || is_letter(c); }
/// An ideograph of those that have their place in the tables.
constexpr bool is_usual_cjk(char32_t c) noexcept { return c >= 0x3400 && c <= 0x9FFF; }
/// One of the compatibility forms or of the later planes, which stand in names: 𠮷, 𬎆.
constexpr bool is_rare_cjk(char32_t c) noexcept {
  return c >= 0xF900 && (c <= 0xFAFF || (c >= 0x20000 && c <= 0x323AF));
}
constexpr bool is_cjk(char32_t c) noexcept { return is_usual_cjk(c) || is_rare_cjk(c); }
constexpr bool is_blank(char32_t c) noexcept {
  return c == U' ' || c == U'\t' || c == U'\n' || c == U'\r' || c == 0x3000 || c == 0xA0;
}
/// Blank, punctuation or the edge of the text: something that cannot be inside a name.
bool is_separator(char32_t c) noexcept;

}  // namespace emr::desensitize
