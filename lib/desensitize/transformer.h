// The one place where rules meet values. A format walks its structure and asks the transformer what
// becomes of each value. One transformer per thread: it owns scratch buffers and its report.
//
// A format handles a record in two passes:
//   1. collect: for each leaf, `decide` and then `observe` (own values, patient identity); `bind`
//   2. rewrite: for each leaf, `apply` and act on the Outcome
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "desensitize/clean_words.h"
#include "desensitize/foretold_texts.h"
#include "desensitize/identities.h"
#include "desensitize/policy.h"
#include "desensitize/report.h"

namespace emr::desensitize {

/// Hears about every decision; used by --explain. Must not keep the views.
class ExplainSink {
 public:
  virtual ~ExplainSink() = default;
  /// `rule` is null for an unknown field; `action` is what happened to it. `value` is the value as
  /// it was (empty for containers): it must not leave the sink.
  virtual void explain(const Field& field, const Rule* rule, const Value& value,
                       Action action) = 0;
};

class FieldTransformer : private TextRedactor {
 public:
  /// `keys` may be null when the policy needs none (kDenied from `check_keys` otherwise).
  FieldTransformer(std::shared_ptr<const Policy> policy, std::shared_ptr<const KeyRing> keys);

  /// kDenied when the policy has keyed rules and there is no key. Call before the first record.
  Status check_keys() const;

  const Policy& policy() const noexcept { return *policy_; }
  RunReport& report() noexcept { return report_; }
  PatientContext& patient() noexcept { return now_->patient; }
  void set_explain(ExplainSink* sink) noexcept { explain_ = sink; }
  /// Which identifiers belong to one person (may be null).
  void set_identities(std::shared_ptr<const Identities> identities) {
    identities_ = std::move(identities);
  }
  /// The year of the run, for policies that tell no age over some limit.
  void set_this_year(int year) noexcept { this_year_ = year; }
  bool explains() const noexcept { return explain_ != nullptr; }
  /// Is apply_plain enough where one rule always applies? Not when somebody listens, in a run that
  /// restores, nor in a record that is given up.
  bool is_plain() const noexcept { return goes_ahead() && !now_->suppressed; }
  /// May the first pass over a record come before the second one over the record before it? Not
  /// when somebody listens, who hears of one record after the other, nor in a run that restores.
  bool goes_ahead() const noexcept { return explain_ == nullptr && !restoring_; }
  /// From now on `apply` undoes instead: reversible tokens anywhere, the fields of fpe and
  /// date-shift rules. Dates move back only when every rule that could have named the patient is
  /// reversible or keeps its value: otherwise nobody knows by how much they moved.
  void restore_values() noexcept { restoring_ = true; }

  Decision decide(const Field& field, const Decision* inherited = nullptr) const {
    return policy_->decide(field, inherited);
  }

  /// The rule that treats the value, unless one before it ends the record.
  const Rule* rule_for(const Decision& decision, const Value& value);

  /// Several records may be between their passes at once, each in a place of its own: what follows
  /// is about the record of this place. Formats that take one record at a time stay at place 0.
  void select_record(std::size_t place) {
    while (records_.size() <= place) records_.push_back(std::make_unique<RecordState>());
    now_ = records_[place].get();
  }
  /// Starts a record: forgets the previous patient. Who has checked that the record is valid UTF-8
  /// need not have its texts checked again.
  void begin_record(bool utf8_checked = false) {
    now_->utf8_checked = utf8_checked;
    now_->patient.clear();
    now_->foretold.clear();
    now_->suppressed = false;
  }
  /// Did a rule decide that this record must not be written? Known after the second pass.
  bool suppressed() const noexcept { return now_->suppressed; }
  /// First pass: remembers the value when its rule says that it names the patient or is personal.
  void observe(const Decision& decision, const Value& value);
  /// First pass, when everything was observed and before `bind`: the shift will be asked for.
  void foretell_shift();
  /// The same, when persons of a format's own are bound: apply_plain will be asked for this value,
  /// whose bytes outlive the record.
  void foretell(const Rule& rule, const Value& value) {
    const Scope scope{rule.field_class, keys_.get(), &now_->patient, this, nullptr,
                      &kept_keys_[rule.index]};
    rule.technique->foretell(value, scope, now_->foretold);
  }
  /// Before the first passes over some records, and behind them: their texts are scanned together.
  void forget_texts() noexcept { texts_.clear(); }
  void scan_texts() { texts_.scan(policy_->scanner()); }
  /// Closes the first pass: computes the date shift, of each person where there are several.
  void bind();
  /// Does the policy shift dates, and is there a key to do it?
  bool shifts_dates() const noexcept { return keys_ != nullptr && policy_->max_shift_days() != 0; }
  /// The next person of the record, for formats that know without rules whom a part is about.
  void add_person(std::string_view identity);

  /// Second pass: what becomes of this value. Unknown fields follow the policy; text that stays is
  /// searched by the second net. An error carries no value; the caller adds line and pointer.
  Status apply(const Field& field, const Decision& decision, const Value& value, Outcome& out);
  /// The same for a field whose only rule is this one, when is_plain().
  Status apply_plain(const Rule& rule, const Value& value, Outcome& out) {
    out.action = Action::kKeep;
    out.kind = ValueKind::kString;
    return apply_rule(rule, value, out);
  }
  /// decide + apply, for formats that do not cache.
  Status transform(const Field& field, const Value& value, Outcome& out);

  /// For an object or array (before its members): kKeep means "descend", kNull and kDelete act on
  /// the whole. Unknown containers are descended into.
  Action container_action(const Field& field, const Decision& decision);

  /// A member whose name tells a person, which no rule treats: it is deleted, or an error where the
  /// policy wants none of the unknown. `field` must not hold the name.
  Status drop_member(const Field& field);
  bool restores() const noexcept { return restoring_; }
  /// For a format that has treated a value without `apply`.
  void note(const Field& field, const Rule* rule, const Value& value, Action action) {
    if (rule != nullptr) report_.count_rule(*rule);
    if (explain_ != nullptr) explain_->explain(field, rule, value, action);
  }

  /// For what a format keeps whatever the policy says; `why` is the name of its own rule. Who only
  /// looks (--check) has no rules and is not told of any.
  void note_kept(const Field& field, std::string_view why, const Value& value);

  /// Free text: every find is treated by its text rule; `out` receives the new text. Returns
  /// whether anything changed.
  Result<bool> redact(std::string_view text, std::string& out) override;
  void foretell_text(std::string_view text) override;

 private:
  /// What is known of one record between the two passes over it.
  struct RecordState {
    PatientContext patient;
    Foretold foretold;
    bool suppressed = false;
    bool utf8_checked = false;
  };

  bool is_meant(const Match& match, const Value& value);
  bool has_clean_shape(std::string_view text, Shape shape);
  bool is_clean_label(std::string_view text);
  bool is_clean_wording(std::string_view text);
  bool is_known_clean(std::string_view text) const {
    return CleanWords::fits(text) && clean_.contains(text);
  }
  void find_spans(std::string_view text);
  Result<const Rule*> choose_rule(const Decision& decision, const Value& value, Outcome& out);
  Status apply_rule(const Rule& rule, const Value& value, Outcome& out) {
    report_.count_rule(rule);
    const Scope scope{rule.field_class, keys_.get(), &now_->patient, this, &now_->foretold,
                      nullptr, this_year_};
    return rule.technique->apply(value, scope, out);
  }
  Status restore(const Rule* rule, const Value& value, Outcome& out);
  bool knows_shift(int rank) const;
  /// Whose shift it is; "" where there is none.
  std::string_view shifted_person(const std::string& identity, int rank) const;
  int shift_of(const std::string& identity, int rank);
  Status apply_unknown(const Value& value, Outcome& out);
  Result<bool> replace_spans(std::string_view text, std::string& out);

  std::shared_ptr<const Policy> policy_;
  std::shared_ptr<const KeyRing> keys_;
  std::shared_ptr<const Identities> identities_;
  std::vector<std::unique_ptr<RecordState>> records_;  ///< by their places
  RecordState* now_;
  ForetoldTexts texts_;
  std::vector<const crypto::ShortHmac*> kept_keys_;  ///< per rule, of keys_
  RunReport report_;
  ExplainSink* explain_ = nullptr;
  std::vector<Span> spans_;
  Outcome span_outcome_;
  std::string redacted_;
  CleanWords clean_;
  CleanWords labels_;  ///< clean ones, but for the patient's own values
  int this_year_ = 0;
  bool restoring_ = false;
};

}  // namespace emr::desensitize
