#include "desensitize/detect/markup.h"

#include <algorithm>
#include <array>

namespace emr::desensitize {
namespace {

/// A tag with a picture in it is none for us: to look far behind each '<' would take its time.
constexpr std::size_t kLongestTag = 1024;
constexpr std::size_t kLongestName = 10;

// Sorted.
constexpr std::array<std::string_view, 36> kInline = {
    "a",     "abbr",  "acronym", "b",      "bdi",    "bdo",  "big",  "cite",   "code",
    "content", "del", "dfn",     "em",     "font",   "i",    "img",  "ins",    "kbd",
    "label", "linkhtml", "mark", "nobr",   "o:p",    "q",    "s",    "samp",   "small",
    "span",  "strike", "strong", "sub",    "sup",    "tt",   "u",    "var",    "wbr"};
constexpr std::array<std::string_view, 50> kBlock = {
    "address", "article", "aside",   "blockquote", "body",   "br",      "button",  "caption",
    "center",  "col",     "colgroup", "dd",        "div",    "dl",      "dt",      "fieldset",
    "figure",  "footer",  "form",    "h1",         "h2",     "h3",      "h4",      "h5",
    "h6",      "head",    "header",  "hr",         "html",   "item",    "li",      "link",
    "list",    "main",    "meta",    "ol",         "option", "p",       "paragraph", "pre",
    "section", "style",   "table",   "tbody",      "td",     "tfoot",   "th",      "thead",
    "title",   "tr"};
static_assert(std::is_sorted(kInline.begin(), kInline.end()));
static_assert(std::is_sorted(kBlock.begin(), kBlock.end()));

template <std::size_t N>
bool has(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  return std::binary_search(names.begin(), names.end(), name);
}

/// Behind the '>' that ends the tag, quoted attributes passed over; 0: it does not end.
std::size_t tag_stop(std::string_view bytes) noexcept {
  char quote = 0;
  for (std::size_t at = 1; at < std::min(bytes.size(), kLongestTag); ++at) {
    const char c = bytes[at];
    if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (c == '>') {
      return at + 1;
    } else if (c == '<') {
      return 0;
    } else if ((c == '"' || c == '\'') && bytes[at - 1] == '=') {
      quote = c;
    }
  }
  return 0;
}

}  // namespace

Tag tag_at(std::string_view bytes) noexcept {
  if (bytes.size() < 3 || bytes[0] != '<' || !may_be_tag(bytes[1])) return {};
  if (bytes.starts_with("<!--")) {
    const std::size_t stop = bytes.substr(0, kLongestTag).find("-->", 4);
    return {stop == bytes.npos ? 0 : stop + 3, TagKind::kInline};
  }
  std::array<char, kLongestName> room{};
  std::size_t size = 0;
  std::size_t at = bytes[1] == '/' ? 2 : 1;
  for (; at < bytes.size() && size < room.size(); ++at) {
    const char c = bytes[at];
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '1' && c <= '6') && c != ':') break;
    room[size++] = upper ? static_cast<char>(c + 32) : c;
  }
  const char behind = at < bytes.size() ? bytes[at] : '\0';
  if (std::string_view(" \t\r\n/>").find(behind) == std::string_view::npos) return {};
  const std::string_view name(room.data(), size);
  const bool is_inline = has(kInline, name);
  if (!is_inline && !has(kBlock, name)) return {};
  return {tag_stop(bytes), is_inline ? TagKind::kInline : TagKind::kBlock};
}

bool is_inline_element(std::string_view name) {
  if (name.size() > kLongestName) return false;
  const Tag tag = tag_at("<" + std::string(name) + ">");
  return tag.size != 0 && tag.kind == TagKind::kInline;
}

std::string without_tags(std::string_view text, std::string& tags) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const Tag tag = text[at] == '<' ? tag_at(text.substr(at)) : Tag{};
    if (tag.size == 0) {
      plain.push_back(text[at++]);
      continue;
    }
    tags.append(text.substr(at, tag.size));
    at += tag.size;
  }
  return plain;
}

}  // namespace emr::desensitize
