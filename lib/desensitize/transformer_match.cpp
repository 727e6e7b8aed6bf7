// What the rules of a policy ask of a value itself: what it holds, and that it is clean where they
// keep it.
#include <algorithm>

#include "desensitize/detect/english_alone.h"
#include "desensitize/detect/fold.h"
#include "desensitize/detect/lone_names_zh.h"
#include "desensitize/detect/own_values.h"
#include "desensitize/techniques/generalise.h"
#include "desensitize/transformer.h"

namespace emr::desensitize {
namespace {

/// Does one find of a wanted type make up the whole value?
bool is_whole_find(const std::vector<Span>& spans, std::size_t size,
                   const std::vector<SpanType>& wanted) {
  if (spans.size() != 1 || spans[0].start != 0 || spans[0].stop != size) {
    return false;
  }
  for (const SpanType type : wanted) {
    if (type == spans[0].type) {
      return true;
    }
  }
  return false;
}

/// Does a value of the patient stand in this text? One word of a Western name may be a word of the
/// language as well ("White"); two of them, and a word that no list has, are the name.
bool holds_own_value(std::string_view text, const PatientContext& patient) {
  const DecodedText decoded(text);
  Finds finds;
  find_own_values(decoded, patient, finds);
  return finds.size() > 1 || std::any_of(finds.begin(), finds.end(), [&](const Find& find) {
    return !is_ordinary_word(decoded.bytes(find.start, find.stop));
  });
}

}  // namespace

/// What a rule asks of the value itself.
bool FieldTransformer::is_meant(const Match& match, const Value& value) {
  if (!match.detectors.empty()) {
    policy_->scanner().scan(value.text, nullptr, spans_);
    if (!is_whole_find(spans_, value.text.size(), match.detectors)) {
      return false;
    }
  }
  const bool text = value.kind == ValueKind::kString || value.kind == ValueKind::kNumber;
  if (match.shapes.empty() || !text || value.text.empty()) {
    return true;
  }
  const bool label = match.shapes.back() == Shape::kLabel && CleanWords::fits(value.text);
  if (label && labels_.contains(value.text) && !now_->patient.may_stand_in(value.text)) {
    return true;
  }
  for (const Shape shape : match.shapes) {
    if (shape == Shape::kOldAge && generalise_old_age(value.text, value.unit)) return true;
    if (has_clean_shape(value.text, shape)) {
      if (label && shape == Shape::kLabel) labels_.insert(value.text);
      return true;
    }
  }
  return false;
}

/// A number that proves to be somebody's may look like a code, too.
bool FieldTransformer::has_clean_shape(std::string_view text, Shape shape) {
  if (!has_shape(text, shape)) {
    return false;
  }
  if (shape == Shape::kLabel) {
    return is_clean_label(text);
  }
  if (shape == Shape::kWording) {
    return is_clean_wording(text);
  }
  if (shape == Shape::kDate) {
    return true;
  }
  if (shape == Shape::kUri) {
    text.remove_prefix(std::min(text.find(':') + 1, text.size()));  // it is one: that is no find
  }
  policy_->scanner().scan_check_digits(text, spans_);
  return spans_.empty();
}

/// Neither the patient nor a find: in Chinese any, in English one that proves itself, because every
/// other word of a dictionary could be a name ("Primary Care", "White").
bool FieldTransformer::is_clean_label(std::string_view text) {
  if (now_->patient.may_stand_in(text) && holds_own_value(text, now_->patient)) {
    return false;
  }
  if (is_lone_name_zh(text)) {
    return false;
  }
  if (has_ideograph(text)) {
    policy_->scanner().scan(text, nullptr, spans_);
  } else if (has_given_name(text)) {
    return is_clean_wording(text);  // "John Smith", and no "Frank Starling"
  } else {
    policy_->scanner().scan_check_digits(text, spans_);
  }
  return spans_.empty();
}

/// Neither the patient nor a find, but for an English one that could be a term (no "Odom, Zeb").
bool FieldTransformer::is_clean_wording(std::string_view text) {
  if (now_->patient.may_stand_in(text) && holds_own_value(text, now_->patient)) {
    return false;
  }
  if (is_lone_name_zh(text)) {
    return false;
  }
  policy_->scanner().scan(text, nullptr, spans_);
  return spans_.size() < 2 && std::all_of(spans_.begin(), spans_.end(), [&](const Span& span) {
    return span.type == SpanType::kName && !has_ideograph(text) &&
           could_be_term(text, span.start, span.stop);
  });
}

}  // namespace emr::desensitize
