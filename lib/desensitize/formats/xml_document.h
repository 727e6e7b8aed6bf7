// An XML document as a flat list of nodes with byte spans, so that a node can be replaced and every
// other byte stays. Parsed by expat without any DTD: a DOCTYPE is refused, so there are no entities
// to expand. Depth and size are bounded (limits.h). Input is UTF-8 without BOM.
//
// Nodes stand in document order; an element node is followed by its attributes and its content and
// knows the index behind its subtree. Value type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

struct XmlNode {
  enum class Kind : std::uint8_t { kElement, kAttribute, kText, kComment };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  Kind kind = Kind::kElement;
  /// Bytes of the node: a whole element with its tags; an attribute's value between its quotes; a
  /// run of text with its entities and CDATA sections; a whole comment.
  std::size_t start = 0;
  std::size_t stop = 0;
  /// Attribute: where the name begins. Element: where its start tag ends.
  std::size_t inner = 0;
  std::size_t end_index = 0;  ///< element: index behind its subtree
  std::uint32_t parent = kNone;  ///< index of the enclosing element
  std::string name;           ///< local name; "@extension" for an attribute; "#comment"
  std::string text;           ///< decoded value of attribute, text or comment
};

struct XmlDocument {
  std::vector<XmlNode> nodes;  ///< the root element is the first element node

  /// The value of attribute `name` ("@code") of the element at `index`, "" when absent.
  std::string_view attribute(std::size_t index, std::string_view name) const;
};

/// kData with line and reason: "xml_doctype", "xml_depth", "xml_size", "xml_syntax".
Result<XmlDocument> parse_xml(std::string_view text);

/// The same for what the policies of CDA are made for: FHIR, HL7 v2 and DICOM in XML, whose values
/// they would not know, are refused ("xml_other").
Result<XmlDocument> parse_cda_xml(std::string_view text);
/// Does a text that begins with '<' declare one of these? It is no plain text, whose fields nobody
/// knows.
bool declares_other_xml(std::string_view head);

/// The encoding named in the XML declaration, "" when there is none.
std::string_view xml_encoding(std::string_view text);

/// Appends text with & < > and quotes escaped.
void append_xml_text(std::string& out, std::string_view text);
/// A whole comment: nothing is escaped in one, and no "--" may stand there.
void append_xml_comment(std::string& out, std::string_view text);

}  // namespace emr::desensitize
