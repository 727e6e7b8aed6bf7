#include "desensitize/detect/word_index.h"

#include <algorithm>

#include "base/check.h"

namespace emr::desensitize {
namespace {

std::u32string_view key_of(WordIndex::By by, std::u32string_view word) {
  EMR_CHECK(word.size() >= 2);
  return word.substr(by == WordIndex::By::kFirstTwo ? 0 : word.size() - 2, 2);
}

std::uint64_t number_of(WordIndex::By by, std::u32string_view word) {
  const std::u32string_view key = key_of(by, word);
  return word_number(key[0], key[1]);
}

}  // namespace

std::u32string_view WordIndex::find_at(const DecodedText& text, std::size_t at) const noexcept {
  for (const std::u32string_view word : of(text[at], text[at + 1])) {
    if (text.starts(at, word)) {
      return word;
    }
  }
  return {};
}

std::u32string_view WordIndex::find_before(const DecodedText& text,
                                           std::size_t stop) const noexcept {
  for (const std::u32string_view word : of(text[stop - 2], text[stop - 1])) {
    if (text.stops(stop, word)) {
      return word;
    }
  }
  return {};
}

WordIndex::WordIndex(By by, Words words)
    : filter_(words.size()),
      slots_(std::bit_ceil(4 * words.size() + 4)),
      words_(words.begin(), words.end()),
      shift_(64 - std::countr_zero(slots_.size())) {
  std::stable_sort(words_.begin(), words_.end(), [by](auto a, auto b) {
    const std::uint64_t number_a = number_of(by, a);
    const std::uint64_t number_b = number_of(by, b);
    return number_a != number_b ? number_a < number_b : a.size() > b.size();
  });
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::uint64_t number = number_of(by, words_[i]);
    std::size_t at = place(number);
    while (slots_[at].number != number && slots_[at].number != 0) {
      at = (at + 1) & (slots_.size() - 1);
    }
    if (slots_[at].number == 0) {
      slots_[at] = {number, static_cast<std::uint32_t>(i), 0};
    }
    ++slots_[at].count;
    const std::u32string_view key = key_of(by, words_[i]);
    filter_.add(key[0], key[1]);
  }
}

}  // namespace emr::desensitize
