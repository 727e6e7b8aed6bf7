#include "desensitize/json/json_rewriter.h"

#include <array>
#include <optional>
#include <cstring>

#include "desensitize/formats/fhir.h"

namespace emr::desensitize {
namespace {

using json::Token;
using json::TokenKind;

/// In the order of TokenKind.
constexpr std::array<ValueKind, 12> kKinds = {
    ValueKind::kObject, ValueKind::kNull, ValueKind::kArray, ValueKind::kNull,
    ValueKind::kNull,   ValueKind::kString, ValueKind::kNumber, ValueKind::kBool,
    ValueKind::kBool,   ValueKind::kNull, ValueKind::kNull, ValueKind::kNull};

ValueKind kind_of(TokenKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

bool is_scalar(ValueKind kind) { return kind != ValueKind::kObject && kind != ValueKind::kArray; }

/// A bare number may only be written when it is one: a technique's text is not trusted.
bool is_json_number(std::string_view text) {
  json::Tokenizer tokens(text, json::Profile::kForeign);
  return tokens.next().kind == TokenKind::kNumber && tokens.next().kind == TokenKind::kEnd;
}

constexpr json::Limits kForeignLimits{kMaxDocumentBytes, kMaxDepth, true};

}  // namespace

Status JsonRewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  const std::size_t first = record.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    out.append(record);
    return {};
  }
  if (dialect_.objects_only && record[first] != '{') {
    return fail(Code::kData, "a resource is a JSON object")
        .with_reason("not_an_object")
        .with_hint("one resource a line: jq -c '.[]' takes an array apart");
  }
  if (policy_ != &with.policy()) {
    policy_ = &with.policy();
    tree_ = std::make_unique<PathTree>(*policy_, dialect_);
  }
  tree_->trim();
  with.begin_record();
  EMR_TRY(list_items(record, with));
  observe(record, with);
  find_people(record, with);
  with.bind();
  splicer_.begin(record, out);
  EMR_TRY(write_items(record, with));
  splicer_.finish();
  return {};
}

/// Walks the tokens once. Members of arrays have the node of the array.
Status JsonRewriter::list_items(std::string_view record, FieldTransformer& with) {
  items_.clear();
  open_.assign(1, Open{PathTree::kRoot, 0});
  const bool explains = with.explains();
  json::Tokenizer tokens(record, json::Profile::kForeign, kForeignLimits);
  for (;;) {
    const std::uint32_t container = open_.back().node;
    const std::uint32_t guess = tree_->expected(container);
    std::size_t member_start = 0;  // guess 0 is the root, whose key is none and is never taken
    const Token token = tokens.next(tree_->step(guess).written, member_start);
    if (member_start != json::Tokenizer::kNoKey && token.kind != TokenKind::kError) {
      const ValueKind kind = kind_of(token.kind);
      const std::uint32_t node = tree_->follow(container, guess, kind);
      const PathStep& step = tree_->step(node);
      if (step.kept && !step.observed && !explains && is_scalar(kind)) {
        ++open_.back().members;
        with.report().count_rule(*step.rule);
      } else {
        EMR_TRY(list_value(tokens, token, member_start, node, with));
      }
      continue;
    }
    switch (token.kind) {
      case TokenKind::kError: return tokens.error();
      case TokenKind::kEnd: return {};
      case TokenKind::kObjectStop:
      case TokenKind::kArrayStop: close_container(); break;
      case TokenKind::kKey: EMR_TRY(list_member(tokens, token, container, with)); break;
      default: EMR_TRY(list_value(tokens, token, token.start, container, with)); break;
    }
  }
}

/// A member whose key was read, not guessed.
Status JsonRewriter::list_member(json::Tokenizer& tokens, const Token& key,
                                 std::uint32_t container, FieldTransformer& with) {
  std::string_view name = tokens.content(key);
  if (key.escaped) {
    scratch_.clear();
    json::append_unescaped(scratch_, name);
    name = scratch_;
  }
  const Token value = tokens.next();
  if (value.kind == TokenKind::kError) {
    return tokens.error();
  }
  const std::uint32_t node = tree_->child(container, name, kind_of(value.kind));
  return list_value(tokens, value, key.start, node, with);
}

Status JsonRewriter::list_value(json::Tokenizer& tokens, const Token& token,
                                std::size_t member_start, std::uint32_t node,
                                FieldTransformer& with) {
  const PathStep& step = tree_->step(node);
  const ValueKind kind = kind_of(token.kind);
  const std::uint32_t ordinal = open_.back().members++;
  const bool container = !is_scalar(kind);
  if (!container && step.kept && !step.observed && !with.explains()) {
    with.report().count_rule(*step.rule);
    return {};
  }
  Item& item = items_.emplace_back();
  item.node = node;
  item.member_start = static_cast<std::uint32_t>(member_start);
  item.start = static_cast<std::uint32_t>(token.start);
  item.stop = static_cast<std::uint32_t>(token.stop);
  item.ordinal = ordinal;
  item.value_kind = kind;
  item.escaped = token.escaped;
  if (!container) {
    return {};
  }
  item.kind = Item::Kind::kOpen;
  item.action = step.descends ? Action::kKeep
                              : with.container_action(tree_->node(node).field(),
                                                      tree_->node(node).decision);
  if (item.action == Action::kKeep) {
    open_.push_back({node, 0});
    return {};
  }
  const Token whole = tokens.skip_container();
  if (whole.kind == TokenKind::kError) {
    return tokens.error();
  }
  item.kind = Item::Kind::kSkipped;
  item.stop = static_cast<std::uint32_t>(whole.stop);
  return {};
}

/// A container without an item of its own is copied whole: its mark goes too.
void JsonRewriter::close_container() {
  open_.pop_back();
  if (items_.back().kind == Item::Kind::kOpen) {
    items_.pop_back();
  } else {
    items_.emplace_back().kind = Item::Kind::kClose;
  }
}

std::string_view JsonRewriter::text_of(std::string_view record, const Item& item) {
  if (item.value_kind != ValueKind::kString) {
    return record.substr(item.start, item.stop - item.start);
  }
  const std::string_view content = record.substr(item.start + 1, item.stop - item.start - 2);
  if (!item.escaped) {
    return content;
  }
  scratch_.clear();
  json::append_unescaped(scratch_, content);
  return scratch_;
}

void JsonRewriter::observe(std::string_view record, FieldTransformer& with) {
  for (const Item& item : items_) {
    if (item.kind != Item::Kind::kValue || !tree_->step(item.node).observed) continue;
    const PathNode& node = tree_->node(item.node);
    std::string_view text = text_of(record, item);
    std::string_view before;
    std::string_view part;
    std::string_view after;
    // "Patient/12" and the id "12" must name one patient, so only the treated part is observed.
    if (dialect_.split != nullptr && item.value_kind == ValueKind::kString &&
        dialect_.split(node.type, text, before, part, after)) {
      text = part;
    }
    with.observe(node.decision, {text, item.value_kind});
  }
}

void JsonRewriter::find_people(std::string_view record, FieldTransformer& with) {
  people_.clear();
  next_person_ = 1;
  if (dialect_.people == nullptr || !with.shifts_dates()) return;
  people_ = dialect_.people(record);
  for (const FhirPerson& person : people_) with.add_person(person.identity);
}

/// Items come in the order of their offsets, and so do the people's parts.
void JsonRewriter::select_person(std::size_t offset, FieldTransformer& with) {
  if (people_.size() < 2) return;
  while (next_person_ < people_.size() && offset >= people_[next_person_].stop) ++next_person_;
  const bool inside = next_person_ < people_.size() && offset >= people_[next_person_].start;
  with.patient().select_person(inside ? next_person_ : 0);
}

Status JsonRewriter::write_items(std::string_view record, FieldTransformer& with) {
  for (const Item& item : items_) {
    switch (item.kind) {
      case Item::Kind::kOpen: splicer_.open(); break;
      case Item::Kind::kClose: splicer_.close(); break;
      case Item::Kind::kSkipped:
      case Item::Kind::kValue: {
        select_person(item.start, with);
        Status done = write_value(record, item, with);
        if (!done) {
          return std::move(done).error().with_pointer(json::pointer_at(record, item.start));
        }
        break;
      }
    }
  }
  return {};
}

Status JsonRewriter::write_value(std::string_view record, const Item& item,
                                 FieldTransformer& with) {
  if (item.kind == Item::Kind::kSkipped) {
    outcome_.action = item.action;
  } else if (tree_->step(item.node).kept && !with.explains()) {
    with.report().count_rule(*tree_->step(item.node).rule);
    return {};
  } else {
    EMR_TRY(transform(item, {text_of(record, item), item.value_kind}, with));
  }
  const bool whole_document = item.member_start == item.start && item.node == PathTree::kRoot;
  if (outcome_.action == Action::kDelete && !whole_document) {
    splicer_.delete_member(item.member_start, item.stop, item.ordinal);
    return {};
  }
  if (outcome_.action == Action::kNull || outcome_.action == Action::kDelete) {
    splicer_.replace(item.start, item.stop, "null");
  } else if (outcome_.action == Action::kReplace) {
    const bool flag = outcome_.kind == ValueKind::kBool &&
                      (outcome_.text == "true" || outcome_.text == "false");
    if (flag || (outcome_.kind == ValueKind::kNumber && is_json_number(outcome_.text))) {
      splicer_.replace(item.start, item.stop, outcome_.text);
    } else {
      scratch_.clear();
      json::append_quoted(scratch_, outcome_.text);
      splicer_.replace(item.start, item.stop, scratch_);
    }
  }
  return {};
}

Status JsonRewriter::transform(const Item& item, const Value& value, FieldTransformer& with) {
  const PathNode& node = tree_->node(item.node);
  std::string_view before;
  std::string_view part;
  std::string_view after;
  const bool cut = dialect_.split != nullptr && value.kind == ValueKind::kString &&
                   dialect_.split(node.type, value.text, before, part, after);
  // The node is decided: only --explain needs to know the field.
  static const Field kUnused;
  std::optional<Field> explained;
  if (with.explains()) {
    explained = node.field();
    explained->kind = value.kind;
  }
  const Field& field = explained ? *explained : kUnused;
  if (!cut) {
    return with.apply(field, node.decision, value, outcome_);
  }
  EMR_TRY(with.apply(field, node.decision, {part, value.kind}, outcome_));
  if (outcome_.action == Action::kReplace) {
    outcome_.text = std::string(before).append(outcome_.text).append(after);
  }
  return {};
}

namespace {

bool recognises_json(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
}

Result<std::unique_ptr<Framer>> make_json_framer(const FormatOptions&) {
  return std::unique_ptr<Framer>(std::make_unique<JsonFramer>());
}
Result<std::unique_ptr<Rewriter>> make_json_rewriter(const FormatOptions&) {
  return std::unique_ptr<Rewriter>(std::make_unique<JsonRewriter>());
}

bool split_reference(std::string_view type, std::string_view text, std::string_view& before,
                     std::string_view& part, std::string_view& after) {
  if (type != "reference" && type != "fullUrl" && type != "requestUrl") {
    return false;
  }
  const FhirReference reference = split_fhir_reference(text);
  before = reference.before;
  part = reference.id;
  after = reference.after;
  return true;
}

Result<std::unique_ptr<Rewriter>> make_fhir_rewriter(const FormatOptions&) {
  return std::unique_ptr<Rewriter>(
      std::make_unique<JsonRewriter>(
          JsonDialect{fhir_type_of, split_reference, fhir_people, true}));
}

}  // namespace

const FormatSpec& json_format() noexcept {
  static const FormatSpec kSpec{.name = "json",
                                .summary = "JSON Lines or JSON documents of any shape",
                                .default_policy = "strict",
                                .max_record_bytes = kMaxRecordBytes,
                                .parallel = true,
                                .recognises = recognises_json,
                                .make_framer = make_json_framer,
                                .make_rewriter = make_json_rewriter};
  return kSpec;
}

/// A patient's whole history in one Bundle reaches 100 MB. It is held whole, with its output and 40
/// bytes for each member: about five times its size. NDJSON needs one line at a time.
constexpr std::size_t kMaxBundleBytes = kMaxDocumentBytes / 4;

const FormatSpec& fhir_format() noexcept {
  static const FormatSpec kSpec{.name = "fhir",
                                .summary = "FHIR R4: resources, Bundles, bulk NDJSON",
                                .default_policy = "fhir-r4",
                                .max_record_bytes = kMaxBundleBytes,
                                .parallel = true,
                                .recognises = recognises_fhir,
                                .make_framer = make_json_framer,
                                .make_rewriter = make_fhir_rewriter};
  return kSpec;
}

}  // namespace emr::desensitize
