#include "desensitize/formats/cda.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/utf8.h"
#include "desensitize/clean_words.h"
#include "desensitize/dates.h"
#include "desensitize/detect/markup.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/limits.h"
#include "desensitize/formats/xml_document.h"

namespace emr::desensitize {
namespace {

using Kind = XmlNode::Kind;

constexpr std::string_view kBom = "\xef\xbb\xbf";
/// Text leaves are decided like their element, so a rule for "name" covers both.
constexpr std::string_view kBlank = " \t\r\n";

bool is_blank(const XmlNode& node) { return node.text.find_first_not_of(kBlank) == node.text.npos; }

class XmlFramer final : public Framer {
 public:
  Result<Frame> next(std::string_view buffer, bool at_end) override {
    return Frame{at_end ? buffer.size() : 0, FrameKind::kRecord};
  }
};

/// What the policy says about one node, worked out once per record. Paths and decisions are shared:
/// a document has millions of nodes and some hundred of each.
struct NodeRule {
  const std::string* path = nullptr;
  const Decision* decision = nullptr;
  std::string code;
};

/// Every distinct path once. Strings stay where they are.
class Paths {
 public:
  const std::string* root() { return &intern(std::string()); }
  const std::string* child(const std::string* parent, std::string_view name) {
    key_.assign(reinterpret_cast<const char*>(&parent), sizeof(parent)).append(name);
    const auto known = children_.find(key_);
    if (known != children_.end()) return known->second;
    std::string path(*parent);
    if (!path.empty()) path.push_back('.');
    path.append(name);
    const std::string* const made = &intern(std::move(path));
    children_.emplace(key_, made);
    return made;
  }
  std::size_t size() const noexcept { return children_.size(); }
  void clear() {
    children_.clear();
    texts_.clear();
  }

 private:
  const std::string& intern(std::string path) { return *texts_.insert(std::move(path)).first; }

  std::unordered_set<std::string> texts_;  ///< nodes of the set keep their place
  std::unordered_map<std::string, const std::string*> children_;
  std::string key_;
};

class CdaRewriter final : public Rewriter {
 public:
  explicit CdaRewriter(std::string charset) : charset_(std::move(charset)) {}

  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override;

 private:
  Status rewrite_text(std::string_view text, FieldTransformer& with, std::string& out);
  Result<std::string> choose_charset(std::string_view text) const;
  void decide_all(FieldTransformer& with);
  std::string code_of(std::size_t index) const;
  bool is_template(std::size_t index) const;
  bool is_typed_number(std::size_t index) const;
  bool passes_by_type(std::size_t index, const FieldTransformer& with) const;
  Field field(std::size_t index) const;
  Status write(std::string_view text, FieldTransformer& with, std::string& out);
  Status join_lines(FieldTransformer& with);
  Status redact_line(FieldTransformer& with);
  std::uint32_t block_of(std::size_t index) const;
  Status write_leaf(std::size_t index, std::string_view text, FieldTransformer& with,
                    std::string& out);
  bool write_element(std::size_t index, std::string_view text, FieldTransformer& with,
                     std::string& out);

  std::string charset_;
  XmlDocument document_;
  std::vector<NodeRule> rules_;  ///< one per node
  Paths paths_;
  std::unordered_map<std::string, Decision> known_;
  std::vector<std::size_t> line_;                        ///< text nodes that a reader sees as one
  std::unordered_map<std::size_t, std::string> lines_;   ///< the new texts of such nodes
  std::size_t copied_ = 0;       ///< input written so far
  Outcome outcome_;
};

Result<std::string> CdaRewriter::choose_charset(std::string_view text) const {
  if (!charset_.empty()) return charset_;
  const std::string_view declared = xml_encoding(text);
  if (declared.empty()) return std::string("UTF-8");
  return charset_name(declared);
}

Status CdaRewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  if (record.starts_with(kBom)) {
    out.append(kBom);
    record.remove_prefix(kBom.size());
  }
  EMR_ASSIGN(const std::string charset, choose_charset(record));
  if (charset == "UTF-8") return rewrite_text(record, with, out);
  EMR_ASSIGN(const std::string decoded, recode(record, "UTF-8", charset));
  std::string rewritten;
  EMR_TRY(rewrite_text(decoded, with, rewritten));
  EMR_ASSIGN(const std::string encoded, recode(rewritten, charset, "UTF-8"));
  out.append(encoded);
  return {};
}

Status CdaRewriter::rewrite_text(std::string_view text, FieldTransformer& with,
                                 std::string& out) {
  EMR_ASSIGN(document_, parse_cda_xml(text));
  with.begin_record();
  decide_all(with);
  const auto is_target = [](const XmlNode& node) {
    return node.kind == Kind::kElement && node.name == "recordTarget";
  };
  // A document about several people (a family, a group) is of nobody in particular: its dates keep
  // their year alone.
  const bool several =
      std::count_if(document_.nodes.begin(), document_.nodes.end(), is_target) > 1;
  for (std::size_t index = 0; index < document_.nodes.size(); ++index) {
    const XmlNode& node = document_.nodes[index];
    if (several && is_target(node)) with.patient().next_person();
    if (node.kind == Kind::kElement || is_blank(node)) continue;  // the white space between is none
    with.observe(*rules_[index].decision, Value{node.text});
  }
  with.bind();
  EMR_TRY(join_lines(with));
  return write(text, with, out);
}

/// The nearest element around a node that is no part of a line.
std::uint32_t CdaRewriter::block_of(std::size_t index) const {
  std::uint32_t block = document_.nodes[index].parent;
  while (block != XmlNode::kNone && is_inline_element(document_.nodes[block].name)) {
    block = document_.nodes[block].parent;
  }
  return block;
}

/// 138<content>0013</content>8000 are three nodes of one line: they are searched as one text.
Status CdaRewriter::join_lines(FieldTransformer& with) {
  lines_.clear();
  line_.clear();
  if (with.restores()) return {};
  for (std::size_t index = 0; index < document_.nodes.size(); ++index) {
    const XmlNode& node = document_.nodes[index];
    if (node.kind == Kind::kAttribute || node.kind == Kind::kComment) continue;
    if (node.kind == Kind::kElement) {
      if (!line_.empty() && !is_inline_element(node.name)) EMR_TRY(redact_line(with));
      continue;
    }
    const Decision& decision = *rules_[index].decision;
    // Who only looks (--check) has no rules.
    const bool searched =
        decision.conditional.empty() &&
        (decision.rule == nullptr ? with.explains() && with.policy().unknown() == Unknown::kKeep
                                  : decision.rule->spec->name == "redact-text");
    const bool same = searched && (line_.empty() || block_of(line_.back()) == block_of(index));
    if (!same) EMR_TRY(redact_line(with));
    if (searched) line_.push_back(index);
  }
  return redact_line(with);
}

/// The texts with a tag between them, which stays where it is whatever is found around it.
Status CdaRewriter::redact_line(FieldTransformer& with) {
  constexpr std::string_view kBetween = "<wbr/->";
  const std::vector<std::size_t> line = std::exchange(line_, {});
  if (line.size() < 2) return {};
  std::string text;
  bool blank = true;
  for (const std::size_t index : line) {
    blank = blank && is_blank(document_.nodes[index]);
    const std::string& part = document_.nodes[index].text;
    if (part.find(kBetween) != part.npos) return {};
    text.append(text.empty() && index == line.front() ? "" : kBetween).append(part);
  }
  if (blank) return {};
  std::string redacted;
  const bool looks = rules_[line.front()].decision->rule == nullptr;
  if (looks) with.note(field(line.front()), nullptr, Value{text}, Action::kKeep);
  EMR_ASSIGN(const bool changed, looks ? Result<bool>(false) : with.redact(text, redacted));
  std::string_view rest = changed ? redacted : text;
  for (const std::size_t index : line) {
    const std::size_t stop = std::min(rest.find(kBetween), rest.size());
    lines_[index] = rest.substr(0, stop);
    rest.remove_prefix(std::min(stop + kBetween.size(), rest.size()));
  }
  return {};
}

/// The data-element code or OID that says what a leaf means; B64: bytes, whatever they mean.
std::string CdaRewriter::code_of(std::size_t index) const {
  const XmlNode& node = document_.nodes[index];
  const bool named = node.name == "@extension";
  if (named) return std::string(document_.attribute(node.parent, "@root"));
  if (document_.attribute(index, "@representation") == "B64") return "B64";
  return rules_[node.parent].code;
}

/// The template that a document follows: an OID and the date of its version, nobody's.
bool CdaRewriter::is_template(std::size_t index) const {
  const XmlNode& node = document_.nodes[index];
  const bool dated = node.name == "@extension" && node.text.size() == 10 &&
                     parse_iso_date(node.text);
  return (dated || (node.name == "@root" && is_oid(node.text))) &&
         document_.nodes[node.parent].name == "templateId";
}

/// A measured value (PQ, REAL, INT) is no date ("20101212"); one of more digits may be a phone.
bool CdaRewriter::is_typed_number(std::size_t index) const {
  const XmlNode& node = document_.nodes[index];
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (node.name != "@value" || !has_shape(node.text, Shape::kNumber) ||
      node.text.find_last_of("+-") + 1 > 1 ||
      std::count_if(node.text.begin(), node.text.end(), is_digit) > 8) return false;
  const std::string_view type = document_.attribute(node.parent, "@type");
  const std::uint32_t around = document_.nodes[node.parent].parent;
  return type == "PQ" || type == "REAL" || type == "INT" ||
         (around != XmlNode::kNone && document_.attribute(around, "@type") == "IVL_PQ");
}

/// Would the value be looked through for finds, and has a type that holds none?
bool CdaRewriter::passes_by_type(std::size_t index, const FieldTransformer& with) const {
  const Decision& decision = *rules_[index].decision;
  const bool searched = decision.rule == nullptr ? with.policy().unknown() == Unknown::kScan
                                                 : decision.rule->spec->name == "redact-text";
  return searched && decision.conditional.empty() && is_typed_number(index);
}

Field CdaRewriter::field(std::size_t index) const {
  const XmlNode& node = document_.nodes[index];
  Field field;
  field.path = *rules_[index].path;
  field.key = node.kind == Kind::kText ? document_.nodes[node.parent].name : node.name;
  field.code = rules_[index].code;
  field.kind = node.kind == Kind::kElement ? ValueKind::kObject : ValueKind::kString;
  return field;
}

void CdaRewriter::decide_all(FieldTransformer& with) {
  // What is known from earlier documents is forgotten between documents only: nodes point to it.
  if (known_.size() + paths_.size() >= kMaxCachedPaths) {
    known_.clear();
    paths_.clear();
  }
  rules_.assign(document_.nodes.size(), NodeRule{});
  std::string key;
  for (std::size_t index = 0; index < document_.nodes.size(); ++index) {
    const XmlNode& node = document_.nodes[index];
    const bool root = node.parent == XmlNode::kNone;
    NodeRule& rule = rules_[index];
    rule.path = root ? paths_.root() : rules_[node.parent].path;
    if (node.kind != Kind::kText) rule.path = paths_.child(rule.path, node.name);
    if (!root) rule.code = code_of(index);
    const Decision* inherited = root ? nullptr : rules_[node.parent].decision;
    const Rule* above = inherited == nullptr ? nullptr : inherited->rule;
    key.assign(reinterpret_cast<const char*>(&rule.path), sizeof(rule.path));
    key.append(reinterpret_cast<const char*>(&above), sizeof(above));
    if (inherited != nullptr) {
      for (const Rule* asked : inherited->conditional) {
        key.append(reinterpret_cast<const char*>(&asked), sizeof(asked));
      }
    }
    key.push_back(node.kind == Kind::kElement ? 'e' : node.kind == Kind::kText ? 't' : 'l');
    key.append(rule.code);
    auto known = known_.find(key);
    if (known == known_.end()) {
      known = known_.emplace(key, with.decide(field(index), inherited)).first;
    }
    rule.decision = &known->second;
    // <code code="…"/> names its parent: what follows inside the parent carries that code.
    if (root || node.name != "@code" || document_.nodes[node.parent].name != "code") continue;
    const std::uint32_t named = document_.nodes[node.parent].parent;
    if (named != XmlNode::kNone) rules_[named].code = node.text;
  }
}

Status CdaRewriter::write(std::string_view text, FieldTransformer& with, std::string& out) {
  copied_ = 0;
  for (std::size_t index = 0; index < document_.nodes.size();) {
    const XmlNode& node = document_.nodes[index];
    if (node.kind == Kind::kElement) {
      index = write_element(index, text, with, out) ? index + 1 : node.end_index;
      continue;
    }
    EMR_TRY(write_leaf(index, text, with, out));
    ++index;
  }
  out.append(text.substr(copied_));
  return {};
}

/// True when the element stays and its content has to be looked at.
bool CdaRewriter::write_element(std::size_t index, std::string_view text, FieldTransformer& with,
                                std::string& out) {
  const XmlNode& node = document_.nodes[index];
  const Action action = with.container_action(field(index), *rules_[index].decision);
  if (action == Action::kKeep) return true;
  out.append(text.substr(copied_, node.start - copied_));
  if (action == Action::kNull || node.parent == XmlNode::kNone) {
    const std::size_t name_stop = text.find_first_of(" \t\r\n/>", node.start);
    out.append(text.substr(node.start, name_stop - node.start));
    out.append(" nullFlavor=\"MSK\"/>");
  }
  copied_ = node.stop;
  return false;
}

Status CdaRewriter::write_leaf(std::size_t index, std::string_view text, FieldTransformer& with,
                               std::string& out) {
  const XmlNode& node = document_.nodes[index];
  if (node.name == "@xmlns" || is_blank(node)) return {};
  outcome_.action = Action::kKeep;
  Status status;
  if (const auto line = lines_.find(index); line != lines_.end()) {
    outcome_.action = line->second == node.text ? Action::kKeep : Action::kReplace;
    outcome_.text = line->second;
    const Rule* const rule = rules_[index].decision->rule;
    if (rule != nullptr) with.note(field(index), rule, Value{node.text}, outcome_.action);
  } else if (is_template(index) || passes_by_type(index, with)) {
    const char* const why = is_template(index) ? "cda-template" : "cda-typed-number";
    with.note_kept(field(index), why, Value{node.text});
  } else {
    status = with.apply(field(index), *rules_[index].decision, Value{node.text}, outcome_);
  }
  if (!status) return std::move(status).error().with_pointer(*rules_[index].path);
  if (outcome_.action == Action::kKeep) return {};
  const bool whole = outcome_.action == Action::kDelete;
  std::size_t start = node.start;
  std::size_t stop = node.stop;
  if (node.kind == Kind::kAttribute && whole) {
    start = node.inner;
    while (start > copied_ && kBlank.find(text[start - 1]) != kBlank.npos) --start;
    stop = node.stop + 1;  // the closing quote
  }
  out.append(text.substr(copied_, start - copied_));
  if (outcome_.action == Action::kReplace) {
    node.kind == Kind::kComment ? append_xml_comment(out, outcome_.text)
                                : append_xml_text(out, outcome_.text);
  }
  copied_ = stop;
  return {};
}

bool recognises_cda(std::string_view head) {
  if (head.starts_with(kBom)) head.remove_prefix(kBom.size());
  head.remove_prefix(std::min(head.find_first_not_of(kBlank), head.size()));
  return head.starts_with("<?xml") || head.starts_with("<ClinicalDocument") ||
         (head.starts_with('<') &&
          (head.find("urn:hl7-org:v3") != head.npos || declares_other_xml(head)));
}

Result<std::unique_ptr<Framer>> make_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<XmlFramer>());
}

Result<std::unique_ptr<Rewriter>> make_rewriter(const FormatOptions& options) {
  std::string charset;
  if (!options.charset.empty()) {
    EMR_ASSIGN(charset, charset_name(options.charset));
  }
  return std::unique_ptr<Rewriter>(std::make_unique<CdaRewriter>(std::move(charset)));
}

constexpr FormatSpec kSpec{"cda",
                           "CDA, C-CDA, WS/T 500 documents and other XML",
                           "cda",
                           kMaxXmlBytes,
                           true,
                           &recognises_cda, &make_framer, &make_rewriter,
                           "a document is held in memory whole: "
                           "what it embeds can stand in files of their own"};

}  // namespace

const FormatSpec& cda_format() noexcept { return kSpec; }

}  // namespace emr::desensitize
