// Between the bytes of a JSON string literal and the text that it stands for.
#include <array>
#include <cstdint>

#include "base/utf8.h"
#include "json/scan.h"
#include "json/tokenizer.h"

namespace emr::json {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

char32_t hex_unit(std::string_view digits) noexcept {
  char32_t value = 0;
  for (const char c : digits) {
    const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

bool is_high(char32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(char32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Reads the \u escape (or pair of them) at `at` and moves behind it.
char32_t read_unicode_escape(std::string_view content, std::size_t& at) noexcept {
  const char32_t unit = hex_unit(content.substr(at + 2, 4));
  at += 6;
  if (!is_high(unit)) return is_low(unit) ? kReplacement : unit;
  if (content.substr(at, 2) != "\\u") return kReplacement;
  const char32_t low = hex_unit(content.substr(at + 2, 4));
  if (!is_low(low)) return kReplacement;
  at += 6;
  return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

char short_escape(char letter) noexcept {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0xF];
}

}  // namespace

void append_unescaped(std::string& out, std::string_view content) {
  std::size_t at = 0;
  while (at < content.size()) {
    const std::size_t slash = std::min(content.find('\\', at), content.size());
    out.append(content, at, slash - at);
    at = slash;
    if (at == content.size()) return;
    if (content[at + 1] == 'u') {
      append_utf8(out, read_unicode_escape(content, at));
    } else {
      out += short_escape(content[at + 1]);
      at += 2;
    }
  }
}

std::string unescape(std::string_view content) {
  std::string out;
  out.reserve(content.size());
  append_unescaped(out, content);
  return out;
}

bool copy_plain(char* to, std::string_view text) noexcept {
  return copy_without_stops(to, text);
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  bool non_ascii = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t stop = find_string_stop(text, at, non_ascii);
    out.append(text, at, stop - at);
    at = stop;
    if (at < text.size()) append_escape(out, text[at++]);
  }
  out += '"';
}

}  // namespace emr::json
