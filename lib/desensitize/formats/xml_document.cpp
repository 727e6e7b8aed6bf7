#include "desensitize/formats/xml_document.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <memory>

#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

std::string_view local_name(std::string_view qualified) {
  const std::size_t colon = qualified.rfind(':');
  return colon == qualified.npos ? qualified : qualified.substr(colon + 1);
}

/// Collects nodes during one parse. Expat calls the handlers with `this`.
class Builder {
 public:
  explicit Builder(std::string_view text)
      : text_(text), parser_(XML_ParserCreate("UTF-8"), &XML_ParserFree) {}

  Result<XmlDocument> build();

 private:
  static Builder& self(void* data) { return *static_cast<Builder*>(data); }
  static void on_open(void* data, const char* name, const char** attributes) {
    self(data).open(name, attributes);
  }
  static void on_close(void* data, const char*) { self(data).close(); }
  static void on_text(void* data, const char* text, int size) {
    self(data).characters({text, static_cast<std::size_t>(size)});
  }
  static void on_cdata(void* data) { self(data).characters({}); }
  static void on_cdata_end(void* data) { self(data).text_stop_ = self(data).next(); }
  static void on_comment(void* data, const char* text) { self(data).comment(text); }
  static void on_instruction(void* data, const char*, const char*) { self(data).end_text(); }
  static void on_doctype(void* data, const char*, const char*, const char*, int) {
    self(data).stop_with("document type declarations are refused", "xml_doctype");
  }

  void open(std::string_view name, const char** attributes);
  void add_attributes(std::size_t tag_start, std::size_t tag_stop, const char** attributes);
  void close();
  void characters(std::string_view text);
  void comment(std::string_view text);
  void end_text();
  void stop_with(std::string message, std::string reason);

  std::size_t position() const {
    return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get()));
  }
  std::size_t next() const {
    return position() + static_cast<std::size_t>(XML_GetCurrentByteCount(parser_.get()));
  }
  std::uint32_t parent() const {
    return open_.empty() ? XmlNode::kNone : static_cast<std::uint32_t>(open_.back());
  }

  std::string_view text_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  XmlDocument document_;
  std::vector<std::size_t> open_;  ///< indexes of the open elements
  std::string run_;                ///< decoded text of the current run
  std::size_t run_start_ = 0;
  std::size_t text_stop_ = 0;
  bool in_run_ = false;
  Error refusal_;
  bool refused_ = false;
};

void Builder::stop_with(std::string message, std::string reason) {
  refusal_ = fail(Code::kData, std::move(message)).with_reason(std::move(reason));
  refused_ = true;
  XML_StopParser(parser_.get(), XML_FALSE);
}

void Builder::characters(std::string_view text) {
  if (!in_run_) {
    in_run_ = true;
    run_start_ = position();
    run_.clear();
  }
  run_.append(text);
  text_stop_ = next();
}

void Builder::end_text() {
  if (!in_run_) return;
  in_run_ = false;
  XmlNode node;
  node.kind = XmlNode::Kind::kText;
  node.start = run_start_;
  node.stop = text_stop_;
  node.parent = parent();
  node.text = run_;
  document_.nodes.push_back(std::move(node));
}

void Builder::open(std::string_view name, const char** attributes) {
  end_text();
  if (open_.size() >= kMaxXmlDepth) {
    stop_with("elements are nested too deeply", "xml_depth");
    return;
  }
  XmlNode node;
  node.start = position();
  node.inner = next();
  node.parent = parent();
  node.name = std::string(local_name(name));
  const std::size_t start = node.start;
  const std::size_t stop = node.inner;
  open_.push_back(document_.nodes.size());
  document_.nodes.push_back(std::move(node));
  add_attributes(start, stop, attributes);
}

/// Expat gives the values; the places are read from the (well-formed) start tag.
void Builder::add_attributes(std::size_t tag_start, std::size_t tag_stop,
                             const char** attributes) {
  const std::string_view tag = text_.substr(0, tag_stop);
  std::size_t at = tag.find_first_of(" \t\r\n/>", tag_start);
  for (; *attributes != nullptr; attributes += 2) {
    at = tag.find_first_not_of(" \t\r\n", at);
    const std::size_t name_start = at;
    const std::size_t quote = tag.find_first_of("\"'", at);
    if (quote == tag.npos) return;
    const std::size_t stop = tag.find(tag[quote], quote + 1);
    if (stop == tag.npos) return;
    XmlNode node;
    node.kind = XmlNode::Kind::kAttribute;
    node.start = quote + 1;
    node.stop = stop;
    node.inner = name_start;
    node.parent = parent();
    node.name = "@" + std::string(local_name(attributes[0]));
    node.text = attributes[1];
    if (std::string_view(attributes[0]).starts_with("xmlns")) node.name = "@xmlns";
    document_.nodes.push_back(std::move(node));
    at = stop + 1;
  }
}

void Builder::close() {
  end_text();
  XmlNode& node = document_.nodes[open_.back()];
  node.stop = next();
  node.end_index = document_.nodes.size();
  open_.pop_back();
}

void Builder::comment(std::string_view text) {
  end_text();
  XmlNode node;
  node.kind = XmlNode::Kind::kComment;
  node.start = position();
  node.stop = next();
  node.parent = parent();
  node.name = "#comment";
  node.text = std::string(text);
  document_.nodes.push_back(std::move(node));
}

Result<XmlDocument> Builder::build() {
  if (text_.size() > kMaxXmlBytes) {
    return fail(Code::kData, "XML document is larger than the limit").with_reason("xml_size");
  }
  XML_Parser parser = parser_.get();
  EMR_CHECK(parser != nullptr);
  XML_SetUserData(parser, this);
  XML_SetElementHandler(parser, &on_open, &on_close);
  XML_SetCharacterDataHandler(parser, &on_text);
  XML_SetCdataSectionHandler(parser, &on_cdata, &on_cdata_end);
  XML_SetCommentHandler(parser, &on_comment);
  XML_SetProcessingInstructionHandler(parser, &on_instruction);
  XML_SetStartDoctypeDeclHandler(parser, &on_doctype);
  const XML_Status status =
      XML_Parse(parser, text_.data(), static_cast<int>(text_.size()), XML_TRUE);
  if (refused_) return std::move(refusal_).with_line(XML_GetCurrentLineNumber(parser));
  if (status != XML_STATUS_OK) {
    // Expat's words name the fault and quote nothing of the document.
    return fail(Code::kData, std::string("XML: ") + XML_ErrorString(XML_GetErrorCode(parser)))
        .with_line(XML_GetCurrentLineNumber(parser))
        .with_reason("xml_syntax");
  }
  return std::move(document_);
}

}  // namespace

static_assert(kMaxXmlBytes <= INT32_MAX, "expat takes an int");

std::string_view XmlDocument::attribute(std::size_t index, std::string_view name) const {
  for (std::size_t at = index + 1; at < nodes.size(); ++at) {
    if (nodes[at].kind != XmlNode::Kind::kAttribute || nodes[at].parent != index) break;
    if (nodes[at].name == name) return nodes[at].text;
  }
  return {};
}

Result<XmlDocument> parse_xml(std::string_view text) { return Builder(text).build(); }

namespace {

/// What the policies of CDA were not made for, by its namespace.
struct OtherXml {
  std::string_view space;
  std::string_view message;
  std::string_view hint;
};
constexpr std::array<OtherXml, 3> kOthers{{
    {"http://hl7.org/fhir", "FHIR in XML is not read", "convert it to JSON, one resource a line"},
    {"urn:hl7-org:v2xml", "HL7 v2 in XML is not read", "convert it to segments (ER7)"},
    {"http://dicom.nema.org/", "DICOM in XML is not read", "take the DICOM files themselves"},
}};

/// Of the root element. A CDA document is one whatever else it declares.
const OtherXml* other_of(const XmlDocument& document) {
  auto node = std::find_if(document.nodes.begin(), document.nodes.end(), [](const XmlNode& one) {
    return one.kind == XmlNode::Kind::kElement;  // comments may stand before it
  });
  if (node == document.nodes.end() || node->name == "ClinicalDocument") return nullptr;
  while (++node != document.nodes.end() && node->kind == XmlNode::Kind::kAttribute) {
    for (const OtherXml& other : kOthers) {
      if (node->text.starts_with(other.space)) return &other;
    }
  }
  return nullptr;
}

}  // namespace

bool declares_other_xml(std::string_view head) {
  return std::ranges::any_of(kOthers, [&](const OtherXml& other) {
    const std::size_t at = head.find(other.space);
    return at != head.npos && at > 1 && (head[at - 1] == '"' || head[at - 1] == '\'') &&
           head.substr(0, at).rfind("xmlns") != head.npos;
  });
}

Result<XmlDocument> parse_cda_xml(std::string_view text) {
  EMR_ASSIGN(XmlDocument document, parse_xml(text));
  if (const OtherXml* const other = other_of(document)) {
    return fail(Code::kData, std::string(other->message))
        .with_reason("xml_other")
        .with_hint(std::string(other->hint));
  }
  return document;
}

std::string_view xml_encoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  const std::string_view declaration = text.substr(0, text.find("?>"));
  const std::size_t at = declaration.find("encoding");
  if (at == declaration.npos) return {};
  const std::size_t quote = declaration.find_first_of("\"'", at);
  if (quote == declaration.npos) return {};
  const std::size_t stop = declaration.find(declaration[quote], quote + 1);
  return stop == declaration.npos ? std::string_view()
                                  : declaration.substr(quote + 1, stop - quote - 1);
}

void append_xml_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      case '\'': out.append("&apos;"); break;
      default: out.push_back(c);
    }
  }
}

void append_xml_comment(std::string& out, std::string_view text) {
  out.append("<!--");
  const std::size_t start = out.size();
  for (const char c : text) {
    if (c == '-' && out.size() > start && out.back() == '-') out.push_back(' ');
    out.push_back(c);
  }
  out.append(text.ends_with('-') ? " -->" : "-->");
}

}  // namespace emr::desensitize
