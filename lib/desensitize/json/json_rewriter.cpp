#include "desensitize/json/json_rewriter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"
#include "json/tokenizer_inline.h"

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

/// Is the new text written without quotes?
bool is_bare(const Outcome& outcome) {
  const bool flag = outcome.kind == ValueKind::kBool &&
                    (outcome.text == "true" || outcome.text == "false");
  return flag || (outcome.kind == ValueKind::kNumber && is_json_number(outcome.text));
}

/// A record is checked for UTF-8 as a whole, which is several times faster than string by string;
/// in one that fails, the tokenizer finds the string.
json::Limits limits_for(std::string_view record) {
  return {kMaxDocumentBytes, kMaxDepth, true, is_valid_utf8(record)};
}

}  // namespace

/// Written field by field where it stays: copying what was just written stalls the processor.
inline JsonRewriter::Item& JsonRewriter::add_item() {
  if (now_->used == now_->items.size()) {
    now_->items.resize(std::max<std::size_t>(64, 2 * now_->items.size()));
  }
  return now_->items[now_->used++];
}

/// The strings of one object whose keys stand where they stood in the record before.
class JsonRewriter::ExpectedStrings {
 public:
  /// A function of its own, so that its loop has the registers to itself.
  [[gnu::noinline]] static void read(json::Tokenizer& tokens, JsonRewriter& rewriter,
                                     FieldTransformer& with) {
    ExpectedStrings strings(rewriter, with);
    tokens.read_expected_strings(strings);
  }

  ExpectedStrings(JsonRewriter& rewriter, FieldTransformer& with)
      : rewriter_(rewriter), tree_(*rewriter.tree_), with_(with), open_(rewriter.open_.back()),
        guess_(tree_.expected(open_.node)) {}

  const json::WrittenKey& expected() const noexcept { return tree_.step(guess_).written; }
  void take(std::size_t key_start, std::size_t start, std::size_t stop) {
    const std::uint32_t node = tree_.follow(open_.node, guess_, ValueKind::kString);
    const PathStep& step = tree_.step(node);
    guess_ = step.next_guess;
    const std::uint32_t ordinal = open_.members++;
    Token token;
    token.start = start;
    token.stop = stop;
    if (const Rule* rule = rewriter_.kept_by(node, token, ValueKind::kString)) {
      with_.report().count_rule(*rule);
      return;
    }
    Item& item = rewriter_.add_item();
    item.node = node;
    item.member_start = static_cast<std::uint32_t>(key_start);
    item.start = static_cast<std::uint32_t>(start);
    item.stop = static_cast<std::uint32_t>(stop);
    item.ordinal = ordinal;
    item.kind = Item::Kind::kValue;
    item.value_kind = ValueKind::kString;
    item.escaped = false;
    item.action = Action::kKeep;
  }

 private:
  JsonRewriter& rewriter_;
  PathTree& tree_;
  FieldTransformer& with_;
  Open& open_;
  std::uint32_t guess_;
};

/// Walks the tokens once. Members of arrays have the node of the array. The usual member, a scalar
/// whose key stands where it stood in the record before, is dealt with here, in registers.
Status JsonRewriter::list_items(std::string_view record, FieldTransformer& with) {
  now_->used = 0;
  open_.assign(1, Open{PathTree::kRoot, 0});
  explains_ = with.explains();
  json::Tokenizer tokens(record, json::Profile::kForeign, limits_for(record));
  for (;;) {
    if (tokens.may_have_member() && expects_string()) {
      ExpectedStrings::read(tokens, *this, with);
    }
    if (tokens.take_stop()) {
      close_container();
      continue;
    }
    Open& open = open_.back();
    const std::uint32_t guess = tree_->expected(open.node);
    std::size_t member_start = 0;  // guess 0 is the root, whose key is none and is never taken
    const Token token = tokens.next_inline(tree_->step(guess).written, member_start);
    if (member_start == json::Tokenizer::kNoKey) {
      const Token other = tokens.next();
      if (other.kind == TokenKind::kEnd) {
        return {};
      }
      EMR_TRY(list_token(tokens, other, with));
      continue;
    }
    if (token.kind == TokenKind::kError) {
      return tokens.error();
    }
    const ValueKind kind = kind_of(token.kind);
    const std::uint32_t node = tree_->follow(open.node, guess, kind);
    if (!is_scalar(kind)) {
      EMR_TRY(list_value(tokens, token, member_start, node, with));
    } else if (const Rule* rule = kept_by(node, token, kind)) {
      ++open.members;
      with.report().count_rule(*rule);
    } else {
      fill(add_item(), token, kind, member_start, node, open.members++);
    }
  }
}

/// A token that nobody expected.
Status JsonRewriter::list_token(json::Tokenizer& tokens, const Token& token,
                                FieldTransformer& with) {
  const std::uint32_t container = open_.back().node;
  switch (token.kind) {
    case TokenKind::kError: return tokens.error();
    case TokenKind::kObjectStop:
    case TokenKind::kArrayStop: close_container(); return {};
    case TokenKind::kKey: return list_member(tokens, token, container, with);
    default: {
      const ValueKind kind = kind_of(token.kind);
      const std::uint32_t node = is_scalar(kind) ? tree_->element(container, kind) : container;
      return list_value(tokens, token, token.start, node, with);
    }
  }
}

inline void JsonRewriter::fill(Item& item, const Token& token, ValueKind kind,
                               std::size_t member_start, std::uint32_t node,
                               std::uint32_t ordinal) {
  item.node = node;
  item.member_start = static_cast<std::uint32_t>(member_start);
  item.start = static_cast<std::uint32_t>(token.start);
  item.stop = static_cast<std::uint32_t>(token.stop);
  item.ordinal = ordinal;
  item.kind = Item::Kind::kValue;
  item.value_kind = kind;
  item.escaped = token.escaped;
  item.action = Action::kKeep;
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
  const ValueKind kind = kind_of(token.kind);
  const std::uint32_t ordinal = open_.back().members++;
  const bool container = !is_scalar(kind);
  const Rule* const rule = container ? nullptr : kept_by(node, token, kind);
  if (rule != nullptr) {
    with.report().count_rule(*rule);
    return {};
  }
  Item& item = add_item();
  fill(item, token, kind, member_start, node, ordinal);
  if (!container) {
    return {};
  }
  item.kind = Item::Kind::kOpen;
  item.action = tree_->step(node).descends ? Action::kKeep : container_action(node, with);
  if (item.action == Action::kKeep) {
    open_.push_back({node, 0});
    return {};
  }
  const Token whole = tokens.skip_container();
  if (whole.kind == TokenKind::kError) {
    return tokens.error();
  }
  const std::string_view text = now_->record.substr(token.start, whole.stop - token.start);
  if (dialect_.stays != nullptr && !tree_->node(node).identifies && dialect_.stays(text)) {
    --now_->used;
    return {};
  }
  item.kind = Item::Kind::kSkipped;
  item.stop = static_cast<std::uint32_t>(whole.stop);
  return {};
}

/// A container without an item of its own is copied whole: its mark goes too.
inline void JsonRewriter::close_container() {
  const Open closed = open_.back();
  open_.pop_back();
  if (now_->items[now_->used - 1].kind == Item::Kind::kOpen) {
    --now_->used;
  } else {
    Item& item = add_item();
    item.node = closed.node;
    item.kind = Item::Kind::kClose;
    item.ordinal = closed.members;
  }
}

/// Items come in the order of their offsets, and so do the people's parts.
inline void JsonRewriter::select_person(std::size_t offset, FieldTransformer& with) {
  const std::vector<FhirPerson>& people = now_->people;
  if (people.size() < 2) return;
  while (next_person_ < people.size() && offset >= people[next_person_].stop) ++next_person_;
  const bool inside = next_person_ < people.size() && offset >= people[next_person_].start;
  with.patient().select_person(inside ? next_person_ : 0);
}

// Called once for each value, from one place.
[[gnu::always_inline]] inline void JsonRewriter::write_outcome(const Item& item) {
  switch (outcome_.action) {
    case Action::kKeep: return;
    case Action::kReplace:
      if (is_bare(outcome_)) {
        splicer_.replace(item.start, item.stop, outcome_.text);
      } else {
        splicer_.replace_quoted(item.start, item.stop, outcome_.text);
      }
      return;
    case Action::kNull:
      if (!dialect_.no_empties) break;
      [[fallthrough]];
    case Action::kDelete: {
      const bool whole_document = item.member_start == item.start && item.node == PathTree::kRoot;
      if (!whole_document) {
        splicer_.delete_member(item.member_start, item.stop, item.ordinal);
        return;
      }
    }
  }
  splicer_.replace(item.start, item.stop, "null");
}

[[gnu::always_inline]] inline Status JsonRewriter::write_value(std::string_view record,
                                                               const Item& item,
                                                               FieldTransformer& with) {
  const PathStep& step = tree_->step(item.node);
  if (item.kind == Item::Kind::kSkipped) {
    if (is_dropped(item.node, with)) EMR_TRY(drop_member(item, with));
    outcome_.action = item.action;
  } else if (step.kept && !with.explains()) {
    with.report().count_rule(*step.rule);
    return {};
  } else if (step.plain && with.is_plain()) {
    EMR_TRY(with.apply_plain(*step.rule, {text_of(record, item), item.value_kind}, outcome_));
  } else {
    EMR_TRY(transform(item, {text_of(record, item), item.value_kind}, with));
  }
  write_outcome(item);
  return {};
}

Status JsonRewriter::write_items(std::string_view record, FieldTransformer& with) {
  starts_.clear();
  next_person_ = 1;
  next_text_ = 0;
  for (const Item& item : items()) {
    switch (item.kind) {
      case Item::Kind::kOpen:
        splicer_.open(item.member_start, item.start, item.ordinal);
        starts_.push_back(item.start);
        break;
      case Item::Kind::kClose:
        starts_.pop_back();
        if (dialect_.no_empties && !with.restores()) {
          const bool known = dialect_.instead != nullptr;
          splicer_.close_or_delete(
              item.ordinal, known ? dialect_.instead(tree_->node(item.node).type) : "");
        } else {
          splicer_.close();
        }
        break;
      case Item::Kind::kSkipped:
      case Item::Kind::kValue: {
        select_person(item.start, with);
        Status done = write_value(record, item, with);
        if (!done) {
          return std::move(done).error().with_pointer(pointer_to(record, item));
        }
        break;
      }
    }
  }
  return {};
}

Status JsonRewriter::transform(const Item& item, Value value, FieldTransformer& with) {
  const PathNode& node = tree_->node(item.node);
  std::string unit;
  if (value.kind == ValueKind::kNumber && dialect_.unit != nullptr) {
    unit = unit_of(node);
    value.unit = unit;
  }
  if (is_dropped(item.node, with)) return drop_member(item, with);
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
  if (cut && dialect_.pieces != nullptr) {
    const std::vector<FhirQueryPiece> pieces = dialect_.pieces(node.type, value.text);
    if (!pieces.empty()) return transform_pieces(item, pieces, with);
  }
  if (!cut) {
    EMR_TRY(with.apply(field, node.decision, value, outcome_));
    remember_place(item.node, value);
    return {};
  }
  EMR_TRY(with.apply(field, node.decision, {part, value.kind}, outcome_));
  if (outcome_.action == Action::kReplace) {
    outcome_.text = dialect_.join(before, outcome_.text, after);
  }
  return {};
}

}  // namespace emr::desensitize
