// The first pass over a record, members whose names tell a person, and values of several parts.
#include "desensitize/json/json_rewriter.h"

namespace emr::desensitize {
namespace {

/// Of a text with escapes that is kept between the passes over its record.
constexpr std::size_t kMostKeptBytes = 4096;

}  // namespace

void JsonRewriter::observe(std::string_view record, FieldTransformer& with) {
  const bool foretells = with.is_plain();
  now_->foretold.clear();
  for (const Item& item : items()) {
    if (item.kind != Item::Kind::kValue) continue;
    const PathStep& step = tree_->step(item.node);
    if (foretells && step.foretold) {
      now_->foretold.push_back(static_cast<std::uint32_t>(&item - items().data()));
    }
    if (!step.observed) continue;
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

/// Binds the persons of the record, and gives away what is made for several values at once.
void JsonRewriter::bind(std::string_view record, FieldTransformer& with) {
  const bool one_person = now_->people.empty();
  if (one_person) {
    with.foretell_shift();
  } else {
    with.bind();
  }
  for (const std::uint32_t index : now_->foretold) {
    const Item& item = now_->items[index];
    if (item.escaped && item.stop - item.start > kMostKeptBytes) continue;  // the second pass can
    const std::string_view text =
        item.escaped ? kept_text(record, item) : text_of(record, item);
    with.foretell(*tree_->step(item.node).rule, {text, item.value_kind});
  }
  if (one_person) with.bind();
}

/// The text of an item with escapes, where it stays until the record is written.
std::string_view JsonRewriter::kept_text(std::string_view record, const Item& item) {
  if (now_->texts_used == now_->texts.size()) now_->texts.emplace_back();
  Unescaped& kept = now_->texts[now_->texts_used++];
  kept.start = item.start;
  kept.text.clear();
  json::append_unescaped(kept.text, record.substr(item.start + 1, item.stop - item.start - 2));
  return kept.text;
}

/// Items come in the order of their offsets, and so do the texts that were kept.
std::string_view JsonRewriter::unescaped(const Item& item, std::string_view content) {
  while (next_text_ < now_->texts_used && now_->texts[next_text_].start < item.start) ++next_text_;
  if (next_text_ < now_->texts_used && now_->texts[next_text_].start == item.start) {
    return now_->texts[next_text_].text;
  }
  scratch_.clear();
  json::append_unescaped(scratch_, content);
  return scratch_;
}

void JsonRewriter::find_people(std::string_view record, FieldTransformer& with) {
  now_->people.clear();
  if (dialect_.people == nullptr || !with.shifts_dates()) return;
  now_->people = dialect_.people(record);
  for (const FhirPerson& person : now_->people) with.add_person(person.identity);
}

Action JsonRewriter::container_action(std::uint32_t node, FieldTransformer& with) const {
  if (is_dropped(node, with)) return Action::kDelete;
  return with.container_action(tree_->node(node).field(), tree_->node(node).decision);
}

Status JsonRewriter::drop_member(const Item& item, FieldTransformer& with) {
  outcome_.action = Action::kDelete;
  std::string room;
  Field field = tree_->node(item.node).field_without_key(room);
  field.kind = item.value_kind;
  return with.drop_member(field);
}

std::string JsonRewriter::unit_of(const PathNode& node) const {
  const auto unit = dialect_.unit(node.type, node.key);
  if (!unit || starts_.empty()) return {};
  json::Tokenizer tokens(now_->record.substr(starts_.back()), json::Profile::kForeign,
                         {kMaxDocumentBytes, kMaxDepth, true, true});
  std::string found;
  std::string_view key;
  tokens.next();  // '{'
  for (json::Token token = tokens.next(); token.kind != json::TokenKind::kObjectStop;
       token = tokens.next()) {
    switch (token.kind) {
      case json::TokenKind::kError:
      case json::TokenKind::kEnd: return {};
      case json::TokenKind::kKey: key = tokens.content(token); break;
      case json::TokenKind::kObjectStart:
      case json::TokenKind::kArrayStart: tokens.skip_container(); break;
      case json::TokenKind::kString:
        if (key == "code") return json::unescape(tokens.content(token));
        if (key == "unit") found = json::unescape(tokens.content(token));
        break;
      default: break;
    }
  }
  return found.empty() ? std::string(*unit) : found;
}

/// What a rule deletes leaves an empty place.
Status JsonRewriter::transform_pieces(const Item& item,
                                      const std::vector<FhirQueryPiece>& pieces,
                                      FieldTransformer& with) {
  const PathNode& node = tree_->node(item.node);
  const Decision& own = node.decision;
  if (own.rule != nullptr && own.conditional.empty() && own.rule->spec->whole) {
    return with.apply(node.field(), own, {pieces.front().text, item.value_kind}, outcome_);
  }
  std::string text;
  for (const FhirQueryPiece& piece : pieces) {
    text.append(piece.before);
    if (piece.text.empty()) continue;
    const Field field = piece.field == nullptr ? node.field() : *piece.field;
    const Decision decision = piece.field == nullptr ? own : with.decide(field);
    EMR_TRY(with.apply(field, decision, {piece.text, item.value_kind}, outcome_));
    if (outcome_.action == Action::kKeep) text.append(percent_encoded(piece.text));
    if (outcome_.action == Action::kReplace) text.append(percent_encoded(outcome_.text));
  }
  outcome_.action = Action::kReplace;
  outcome_.kind = ValueKind::kString;
  outcome_.text = std::move(text);
  return {};
}

/// Of a member whose name must not be told, its container.
std::string JsonRewriter::pointer_to(std::string_view record, const Item& item) const {
  std::string pointer = json::pointer_at(record, item.start);
  if (!tree_->node(item.node).identifies) return pointer;
  return pointer.substr(0, pointer.rfind('/'));
}

}  // namespace emr::desensitize
