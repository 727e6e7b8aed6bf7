// Tags inside a text (HTML of reports, FHIR narrative): a reader does not see them, so they neither
// part a number (138<b>0013</b>8000) nor belong to it. Only names of HTML and CDA count as tags:
// "WBC<b and >a" of a note is none. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace emr::desensitize {

enum class TagKind : std::uint8_t {
  kInline,  ///< b, span, content, comments: what stands around it is one word
  kBlock,   ///< p, td, br: an edge
};
struct Tag {
  std::size_t size = 0;  ///< bytes from '<' to '>'; 0: none
  TagKind kind = TagKind::kInline;
};

/// The tag that `bytes` begin with.
Tag tag_at(std::string_view bytes) noexcept;
/// Is an element of this name, in any case, part of a line of text?
bool is_inline_element(std::string_view name);
/// May a tag begin at the '<' that stands before `next`? Wrong positives only.
constexpr bool may_be_tag(char next) noexcept {
  return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' || next == '!';
}
/// The text without its tags; their own text is appended to `tags`.
std::string without_tags(std::string_view text, std::string& tags);

}  // namespace emr::desensitize
