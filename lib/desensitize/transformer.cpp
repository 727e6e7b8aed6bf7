#include "desensitize/transformer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "desensitize/clock.h"
#include "desensitize/detect/fold.h"
#include "desensitize/detect/hidden.h"
#include "desensitize/detect/lone_names_zh.h"
#include "desensitize/detect/markup.h"
#include "desensitize/techniques/token_text.h"

namespace emr::desensitize {
namespace {

/// Rules that name patients have ranks below: what they treat is what the format reads here.
constexpr int kStructuralRank = 100;

}  // namespace

FieldTransformer::FieldTransformer(std::shared_ptr<const Policy> policy,
                                   std::shared_ptr<const KeyRing> keys)
    : policy_(std::move(policy)), keys_(std::move(keys)), kept_keys_(policy_->rules().size()),
      report_(*policy_) {
  select_record(0);
}

Status FieldTransformer::check_keys() const {
  if (policy_->needs_key() && keys_ == nullptr) {
    return fail(Code::kDenied, "the policy has keyed rules and there is no key")
        .with_reason("no_key")
        .with_hint("give --key-file FILE (32 bytes or more, mode 0600)");
  }
  return {};
}

const Rule* FieldTransformer::rule_for(const Decision& decision, const Value& value) {
  for (const Rule* conditional : decision.conditional) {
    if (conditional->spec->reach == Reach::kValue && is_meant(conditional->match, value)) {
      return conditional;
    }
  }
  return decision.rule;
}

void FieldTransformer::observe(const Decision& decision, const Value& value) {
  const Rule* rule = decision.conditional.empty() ? decision.rule : rule_for(decision, value);
  if (rule == nullptr || value.text.empty() ||
      (value.kind != ValueKind::kString && value.kind != ValueKind::kNumber)) {
    return;
  }
  if (rule->own_type && policy_->search_own_values()) {
    now_->patient.add_own(*rule->own_type, value.text);
  }
  if (rule->patient_rank > 0) {
    std::string_view text = value.text;
    Outcome restored;
    if (restoring_ && restore(rule, value, restored) && restored.action == Action::kReplace) {
      text = restored.text;
    }
    now_->patient.offer_identity(rule->patient_rank, fold_identifier(text, redacted_));
  }
}

/// In a run that restores: is the identity that was found the one that the first run used?
bool FieldTransformer::knows_shift(int rank) const {
  for (const Rule& rule : policy_->rules()) {
    const bool better = rule.patient_rank > 0 && rule.patient_rank <= rank;
    const bool kept = rule.spec->name == "encrypt" || rule.spec->name == "fpe" ||
                      rule.spec->name == "keep";
    if (better && !kept) {
      return false;
    }
  }
  return true;
}

std::string_view FieldTransformer::shifted_person(const std::string& identity, int rank) const {
  if (!shifts_dates() || identity.empty() || (restoring_ && !knows_shift(rank))) {
    return {};
  }
  const std::string* person = identities_ == nullptr ? nullptr : identities_->find(identity);
  return person == nullptr ? identity : *person;
}

int FieldTransformer::shift_of(const std::string& identity, int rank) {
  const std::string_view person = shifted_person(identity, rank);
  if (person.empty()) {
    return 0;
  }
  const Hash32* foretold = now_->foretold.find(keys_.get(), person);
  return foretold == nullptr ? keys_->shift_days(person, policy_->max_shift_days(),
                                                 policy_->shift_whole_weeks())
                             : KeyRing::shift_days(*foretold, policy_->max_shift_days(),
                                                   policy_->shift_whole_weeks());
}

void FieldTransformer::foretell_shift() {
  const PatientContext& patient = now_->patient;
  const std::string_view person = shifted_person(patient.identity(), patient.identity_rank());
  if (!person.empty()) {
    now_->foretold.add(keys_.get(), person, keys_->shift_key(), person);
  }
}

void FieldTransformer::add_person(std::string_view identity) {
  std::string text(identity);
  if (restoring_ && keys_ != nullptr && has_reversible_token(text)) {
    auto restored = restore_tokens(*keys_, text);
    text = restored ? std::move(restored->text) : std::string();
  }
  now_->patient.people().push_back({fold_identifier(text), kStructuralRank, 0});
}

void FieldTransformer::bind() {
  std::vector<PatientContext::Person>& people = now_->patient.people();
  if (people.empty()) {
    now_->patient.shift_days = shift_of(now_->patient.identity(), now_->patient.identity_rank());
    return;
  }
  if (people.front().rank != kStructuralRank) {
    now_->patient.next_person();
  }
  for (PatientContext::Person& person : people) {
    person.shift_days = shift_of(person.identity, person.rank);
  }
  // What is of nobody in particular is of the one person that there is.
  const int first = people.back().shift_days;
  const bool same = std::all_of(people.begin() + 1, people.end(), [&](const auto& person) {
    return person.shift_days == first;
  });
  if (people.front().identity.empty() && same) {
    people.front().shift_days = first;
  }
  now_->patient.select_person(0);
}

Status FieldTransformer::apply(const Field& field, const Decision& decision, const Value& value,
                               Outcome& out) {
  out.action = Action::kKeep;
  out.kind = ValueKind::kString;
  if (restoring_) {
    return restore(rule_for(decision, value), value, out);
  }
  const Rule* rule = decision.rule;
  if (!decision.conditional.empty()) {
    EMR_ASSIGN(rule, choose_rule(decision, value, out));
  }
  if (!now_->suppressed) {
    EMR_TRY(rule != nullptr ? apply_rule(*rule, value, out) : apply_unknown(value, out));
  }
  if (explain_ != nullptr) {
    explain_->explain(field, rule, value, out.action);
  }
  return {};
}

/// The rule that treats the value. Rules that look at it first may end the record instead: nothing
/// of a suppressed record is written, so its other values are no longer treated.
Result<const Rule*> FieldTransformer::choose_rule(const Decision& decision, const Value& value,
                                                  Outcome& out) {
  for (const Rule* conditional : decision.conditional) {
    if (!is_meant(conditional->match, value)) {
      continue;
    }
    if (conditional->spec->reach == Reach::kValue) {
      return conditional;
    }
    if (now_->suppressed) {
      continue;
    }
    const Scope scope{conditional->field_class, keys_.get(), &now_->patient, nullptr};
    EMR_TRY(conditional->technique->apply(value, scope, out));
    if (std::exchange(out.suppress_record, false)) {
      now_->suppressed = true;
      report_.count_rule(*conditional);
      return conditional;
    }
  }
  return decision.rule;
}

Status FieldTransformer::restore(const Rule* rule, const Value& value, Outcome& out) {
  if (value.kind != ValueKind::kString && value.kind != ValueKind::kNumber) {
    return {};
  }
  if (rule != nullptr) {
    const Scope scope{rule->field_class, keys_.get(), &now_->patient, nullptr};
    EMR_TRY(rule->technique->restore(value, scope, out));
  }
  const std::string_view text = out.action == Action::kReplace ? out.text : value.text;
  if (keys_ != nullptr && has_reversible_token(text)) {
    EMR_ASSIGN(Restored restored, restore_tokens(*keys_, text));
    out.action = Action::kReplace;
    out.text = std::move(restored.text);
    out.kind = restored.kind;
  }
  return {};
}

Status FieldTransformer::transform(const Field& field, const Value& value, Outcome& out) {
  return apply(field, decide(field), value, out);
}

Action FieldTransformer::container_action(const Field& field, const Decision& decision) {
  const Rule* rule = decision.rule;
  if (restoring_ || rule == nullptr || !rule->spec->whole || rule->spec->name == "keep") {
    return Action::kKeep;
  }
  report_.count_rule(*rule);
  const Action action = rule->spec->name == "null" ? Action::kNull : Action::kDelete;
  if (explain_ != nullptr) {
    explain_->explain(field, rule, Value{{}, field.kind}, action);
  }
  return action;
}

Status FieldTransformer::drop_member(const Field& field) {
  report_.count_unknown();
  if (policy_->unknown() == Unknown::kFail) {
    return fail(Code::kData, "the name of a member tells a person")
        .with_reason("member_name")
        .with_hint("what tells a person has to be a value: {\"phone\":…}, not the name of one");
  }
  if (explain_ != nullptr) {
    explain_->explain(field, nullptr, Value{{}, field.kind}, Action::kDelete);
  }
  return {};
}

void FieldTransformer::note_kept(const Field& field, std::string_view why, const Value& value) {
  if (explain_ == nullptr || policy_->unknown() == Unknown::kKeep) return;
  Rule rule;
  rule.id = why;
  rule.field_class = "CODE";
  rule.spec = find_technique("keep");
  explain_->explain(field, &rule, value, Action::kKeep);
}

Status FieldTransformer::apply_unknown(const Value& value, Outcome& out) {
  report_.count_unknown();
  if (policy_->unknown() == Unknown::kDrop) {
    out.action = Action::kDelete;
    return {};
  }
  if (policy_->unknown() == Unknown::kFail) {
    return fail(Code::kData, "the policy does not name this field").with_reason("unknown_field");
  }
  if (value.kind != ValueKind::kString && value.kind != ValueKind::kNumber) {
    return {};
  }
  if (policy_->unknown() == Unknown::kScan && value.kind == ValueKind::kString) {
    EMR_ASSIGN(const bool changed, redact(value.text, out.text));
    out.action = changed ? Action::kReplace : Action::kKeep;
    return {};
  }
  policy_->scanner().scan_check_digits(value.text, spans_);
  if (spans_.empty()) {
    return {};
  }
  if (value.kind == ValueKind::kNumber) {
    out.action = Action::kNull;
    return {};
  }
  EMR_ASSIGN(const bool changed, replace_spans(value.text, out.text));
  out.action = changed ? Action::kReplace : Action::kKeep;
  return {};
}

Result<bool> FieldTransformer::redact(std::string_view text, std::string& out) {
  if (is_known_clean(text) && !now_->patient.may_stand_in(text)) {
    return false;
  }
  if (!now_->utf8_checked && !is_valid_utf8(text)) {
    return fail(Code::kData, "text is not valid UTF-8").with_reason("utf8");
  }
  find_spans(text);
  // What is hidden in a text may be this record's in one and another's own value in the next.
  if (CleanWords::fits(text) && spans_.empty() && !visible(text) && !without_markup(text)) {
    clean_.insert(text);
  }
  return replace_spans(text, out);
}

void FieldTransformer::find_spans(std::string_view text) {
  if (is_oid(text)) {
    policy_->scanner().scan_check_digits(text, spans_);
    return;
  }
  if (std::vector<Span>* known = texts_.take(text)) {
    spans_.swap(*known);
  } else {
    policy_->scanner().scan(text, &now_->patient, spans_);
  }
  if (spans_.empty() && is_lone_name_zh(text)) {
    spans_.push_back({0, text.size(), SpanType::kName});
  }
}

void FieldTransformer::foretell_text(std::string_view text) {
  if (now_->utf8_checked && !is_known_clean(text) && !is_oid(text)) {
    texts_.add(text, now_->patient);
  }
}

Result<bool> FieldTransformer::replace_spans(std::string_view text, std::string& out) {
  redacted_.clear();
  std::size_t done = 0;
  bool changed = false;
  std::optional<bool> in_chinese;  // asked for dates alone
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    Span span = spans_[i];
    report_.count_span(span.type);
    const Rule& rule = policy_->text_rule(span.type);
    if (span.type == SpanType::kDate) {  // a date that is cut to its year has no time of day
      const std::size_t stop = span.stop + clock_size(text, span.start, span.stop);
      const bool free = i + 1 == spans_.size() || stop <= spans_[i + 1].start;
      span.stop = free ? stop : span.stop;
    }
    std::string_view find = text.substr(span.start, span.stop - span.start);
    std::string tags;  // those inside of the find stay, so that each has its other half
    std::string plain;
    if (find.find('<') != find.npos) {
      plain = without_tags(find, tags);
      find = plain;
    }
    const Value value{find, ValueKind::kString};
    Scope scope{rule.field_class, keys_.get(), &now_->patient, nullptr};
    if (span.type == SpanType::kDate && !in_chinese) in_chinese = has_ideograph(text);
    scope.this_year = this_year_;
    scope.in_chinese = in_chinese.value_or(false);
    span_outcome_.action = Action::kKeep;
    EMR_TRY(rule.technique->apply(value, scope, span_outcome_));
    if (span_outcome_.action == Action::kKeep) {
      continue;
    }
    redacted_.append(text.substr(done, span.start - done));
    if (span_outcome_.action == Action::kReplace) {
      redacted_.append(span_outcome_.text);
    }
    redacted_.append(tags);
    done = span.stop;
    changed = true;
  }
  if (changed) {
    redacted_.append(text.substr(done));
    out.swap(redacted_);
  }
  return changed;
}

}  // namespace emr::desensitize
