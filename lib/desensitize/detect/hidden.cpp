#include "desensitize/detect/hidden.h"

#include <array>
#include <charconv>

#include "base/utf8.h"
#include "desensitize/detect/markup.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kLongestReference = 24;  // zeros may lead a number

struct Reference {
  std::size_t size = 0;  ///< bytes from '&' to ';'; 0: none
  char32_t character = 0;
};

/// "#24352", "#x5F20".
char32_t numbered(std::string_view name) {
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool character = error == std::errc{} && stop == name.data() + name.size() &&
                         code >= ' ' && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return character ? code : 0;
}

char32_t named(std::string_view name) {
  struct Named {
    std::string_view name;
    char32_t character;
  };
  static constexpr auto kNamed = std::to_array<Named>({
      {"nbsp", 0xA0},   {"amp", U'&'},    {"lt", U'<'},      {"gt", U'>'},      {"quot", U'"'},
      {"apos", U'\''}, {"middot", 0xB7}, {"ensp", U' '},    {"emsp", 0x3000},  {"thinsp", U' '},
      {"shy", 0xAD},    {"zwnj", 0x200C}, {"zwj", 0x200D},   {"lrm", 0x200E},   {"rlm", 0x200F},
      {"ndash", U'-'},  {"mdash", 0x2014},{"hyphen", U'-'},  {"dash", U'-'},    {"minus", U'-'},
      {"colon", U':'},  {"comma", U','},  {"period", U'.'},  {"commat", U'@'},  {"sol", U'/'},
      {"lpar", U'('},   {"rpar", U')'},   {"lowbar", U'_'},  {"num", U'#'},     {"plus", U'+'}});
  for (const Named& one : kNamed) {
    if (one.name == name) return one.character;
  }
  return 0;
}

/// The character reference that `bytes` begin with.
Reference reference(std::string_view bytes) {
  const std::size_t stop = bytes.substr(0, kLongestReference).find(';');
  if (stop == bytes.npos || stop < 3) return {};
  const std::string_view name = bytes.substr(1, stop - 1);
  const char32_t character = name.starts_with('#') ? numbered(name) : named(name);
  return {character == 0 ? 0 : stop + 1, character};
}

}  // namespace

void VisibleText::put(std::size_t start, std::size_t stop, std::string_view seen) {
  text.append(seen);
  starts.resize(text.size(), static_cast<std::uint32_t>(start));
  stops.resize(text.size(), static_cast<std::uint32_t>(stop));
}

std::optional<VisibleText> without_markup(std::string_view bytes) {
  VisibleText seen;
  std::size_t tag_start = bytes.find('<');
  Tag tag;
  while (tag_start != bytes.npos && (tag = tag_at(bytes.substr(tag_start))).size == 0) {
    tag_start = bytes.find('<', tag_start + 1);
  }
  if (tag_start == bytes.npos) return std::nullopt;
  seen.text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    tag = bytes[at] == '<' ? tag_at(bytes.substr(at)) : Tag{};
    if (tag.size == 0) {
      next_code_point(bytes, at);
      seen.put(start, at, bytes.substr(start, at - start));
      continue;
    }
    at += tag.size;
    if (tag.kind == TagKind::kBlock) seen.put(start, at, "\n");
  }
  return seen;
}

std::optional<VisibleText> visible(std::string_view bytes, Invisible invisible) {
  VisibleText seen;
  seen.text.reserve(bytes.size());
  bool any_hidden = false;
  bool any_reference = false;
  const auto put = [&](std::size_t start, std::size_t stop, char32_t c, std::string_view spelt) {
    const bool hidden = is_invisible(c);
    any_hidden = any_hidden || hidden;
    if (hidden && invisible == Invisible::kDropped) return;
    seen.put(start, stop, hidden ? " " : spelt);
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(bytes, at);
    const Reference written = c == U'&' ? reference(bytes.substr(start)) : Reference{};
    if (written.size == 0) {
      put(start, at, c, bytes.substr(start, at - start));
      continue;
    }
    any_reference = true;
    std::string character;
    append_utf8(character, written.character);
    at = start + written.size;
    put(start, at, written.character, character);
  }
  if (!any_hidden && (!any_reference || invisible == Invisible::kBlank)) return std::nullopt;
  return seen;
}

}  // namespace emr::desensitize
