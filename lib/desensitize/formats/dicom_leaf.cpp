// What becomes of the leaves of a DICOM data set: texts value by value, numbers as a whole.
#include <algorithm>
#include <array>

#include "desensitize/formats/dicom_file.h"
#include "desensitize/formats/dicom_profile.h"
#include "desensitize/formats/dicom_writer.h"

namespace emr::desensitize {
namespace {

constexpr std::uint32_t kFileId = 0x00041500;
/// First and last record of the root, next record, lower level.
constexpr std::array<std::uint32_t, 4> kOffsetTags{0x00041200, 0x00041202, 0x00041400, 0x00041420};

bool is_offset(std::uint32_t tag) {
  return std::find(kOffsetTags.begin(), kOffsetTags.end(), tag) != kOffsetTags.end();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

}  // namespace

Status DicomWalk::binary(const DicomElement& element) {
  const Known& rule = known(element);
  if (out_ == nullptr) return {};
  if (is_offset(element.tag) && element.length == 4) {
    copy(element);
    offsets_.emplace_back(out_->size() - 4, reader_.u32(element.value));
    return {};
  }
  outcome_.action = Action::kKeep;
  const Value value{"0", ValueKind::kNumber};
  Status status = with_.apply(field(element, rule), rule.decision, value, outcome_);
  if (!status) return std::move(status).error().with_pointer(rule.path);
  if (outcome_.action == Action::kKeep) copy(element);
  if (outcome_.action == Action::kNull) {
    append_header(*out_, element.tag, element.vr_text(), 0, reader_.syntax());
  }
  if (outcome_.action == Action::kReplace) {
    append_header(*out_, element.tag, element.vr_text(), element.length, reader_.syntax());
    out_->append(binary_dummy(element.length));
  }
  return {};
}

Status DicomWalk::text(const DicomElement& element) {
  const std::string_view raw = trimmed(reader_.text(element.value, element.length));
  lossy_ = false;
  std::string_view value = raw;
  if (has_charset(element.vr_text())) {
    lossy_ = !charset_.decode(raw, decoded_);
    value = decoded_;
  }
  if (out_ == nullptr) {
    with_.observe(known(element).decision, Value{value});
    return {};
  }
  return transform_text(element, value);
}

/// Applies the rule to each of the values between backslashes.
Status DicomWalk::transform_text(const DicomElement& element, std::string_view value) {
  const bool multiple = is_multi_valued_vr(element.vr_text());
  assembled_.clear();
  bool changed = false;
  Action worst = Action::kKeep;
  std::size_t start = 0;
  while (true) {
    const std::size_t stop = multiple ? std::min(value.find('\\', start), value.size())
                                      : value.size();
    const std::string_view part = value.substr(start, stop - start);
    Action action = Action::kKeep;
    EMR_TRY(transform_part(element, part, action));
    if (start > 0) assembled_.push_back('\\');
    if (action == Action::kKeep) {
      assembled_.append(part);
    } else if (action == Action::kReplace) {
      assembled_.append(element.tag == kFileId ? dicom_file_id(outcome_.text)
                                               : fit_to_vr(element.vr_text(), outcome_.text));
    }
    changed = changed || action != Action::kKeep;
    if (action == Action::kDelete || action == Action::kNull) worst = std::max(worst, action);
    if (stop == value.size()) break;
    start = stop + 1;
  }
  end_text(element, worst, changed);
  return {};
}

Status DicomWalk::transform_part(const DicomElement& element, std::string_view part,
                                 Action& action) {
  const Known& rule = known(element);
  outcome_.action = Action::kKeep;
  Status status = with_.apply(field(element, rule), rule.decision, Value{part}, outcome_);
  if (!status) return std::move(status).error().with_pointer(rule.path);
  action = outcome_.action;
  const bool by_rule = rule.decision.rule != nullptr && rule.decision.rule->spec->name == "keep";
  if (action == Action::kKeep && lossy_ && !by_rule) action = Action::kNull;
  return {};
}

void DicomWalk::end_text(const DicomElement& element, Action action, bool changed) {
  if (action == Action::kDelete) return;
  if (!changed) {
    copy(element);
    return;
  }
  const std::string_view vr = element.vr_text();
  if (action == Action::kNull) assembled_.clear();
  append_element(*out_, element.tag, vr,
                 has_charset(vr) ? charset_.encode(assembled_) : assembled_, reader_.syntax());
}

}  // namespace emr::desensitize
