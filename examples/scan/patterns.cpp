#include "patterns.h"

#include <iconv.h>

#include <cstring>

#include "base/check.h"
#include "base/hex.h"

namespace demo {
namespace {

constexpr std::size_t kMinRawBytes = 6;     // 48 bits
constexpr std::size_t kMinBase64Chars = 8;  // 48 bits

std::string converted(std::string_view text, const char* charset) {
  iconv_t converter = iconv_open(charset, "UTF-8");
  EMR_CHECK(converter != reinterpret_cast<iconv_t>(-1));
  std::string source(text);
  std::string result(text.size() * 4, '\0');
  char* in = source.data();
  char* out = result.data();
  std::size_t in_left = source.size();
  std::size_t out_left = result.size();
  EMR_CHECK(iconv(converter, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1));
  iconv_close(converter);
  result.resize(result.size() - out_left);
  return result;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

/// Base64 of `raw` as it looks inside a longer text, when `shift` bytes stand before it: only the
/// characters that depend on `raw` alone.
std::string base64_inner(std::string_view raw, std::size_t shift) {
  const std::string text =
      emr::to_base64(emr::as_bytes(std::string(shift, '\0') + std::string(raw)));
  const std::size_t first = (shift * 8 + 5) / 6;
  const std::size_t last = (shift + raw.size()) * 8 / 6;
  return last > first ? text.substr(first, last - first) : std::string();
}

void add_spellings(std::vector<Pattern>& patterns, const std::string& raw, const char* plain,
                   const char* hex, const char* base64, std::uint32_t index) {
  if (raw.size() < kMinRawBytes) return;
  patterns.push_back({raw, plain, index});
  const std::string digits = emr::to_hex(emr::as_bytes(raw));
  patterns.push_back({digits, hex, index});
  if (upper(digits) != digits) patterns.push_back({upper(digits), hex, index});
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string inner = base64_inner(raw, shift);
    if (inner.size() >= kMinBase64Chars) patterns.push_back({inner, base64, index});
  }
}

}  // namespace

std::vector<Pattern> spellings(std::string_view value, std::uint32_t index) {
  std::vector<Pattern> patterns;
  const std::string utf8(value);
  const std::string gb18030 = converted(value, "GB18030");
  add_spellings(patterns, utf8, "utf-8", "hex", "base64", index);
  if (gb18030 != utf8) {
    add_spellings(patterns, gb18030, "gb18030", "hex of gb18030", "base64 of gb18030", index);
  }
  for (const char* charset : {"UTF-16LE", "UTF-16BE"}) {
    const std::string wide = converted(value, charset);
    if (wide.size() >= kMinRawBytes) patterns.push_back({wide, charset, index});
  }
  return patterns;
}

Searcher::Searcher(std::vector<Pattern> patterns)
    : patterns_(std::move(patterns)), maybe_(std::size_t{1} << 24) {
  for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
    EMR_CHECK(patterns_[i].bytes.size() >= kPrefix);
    const std::uint32_t key = prefix_key(patterns_[i].bytes.data());
    maybe_[key & (maybe_.size() - 1)] = true;
    table_.emplace(key, i);
  }
}

std::uint32_t Searcher::prefix_key(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kPrefix);
  return static_cast<std::uint32_t>((word * 0x9e3779b97f4a7c15ULL) >> 32);
}

}  // namespace demo
