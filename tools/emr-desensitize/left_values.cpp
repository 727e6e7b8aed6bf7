#include "left_values.h"

#include <utility>

#include "desensitize/formats/fhir.h"
#include "inspect.h"

namespace emr::tool {
namespace {

/// Stands for a reference that holds no id, or one of ours.
constexpr std::string_view kReference = "\n";

std::string place(std::string_view path, std::string_view text) {
  return std::string(path).append(1, '\n').append(text);
}

/// Of these, a rule treats the id alone.
bool is_reference(std::string_view type) {
  return type == "reference" || type == "fullUrl" || type == "requestUrl";
}

bool is_own(std::string_view id) { return id.empty() || without_own(id) == "—"; }

}  // namespace

LeftValues::LeftValues(std::shared_ptr<const desensitize::Policy> policy,
                       std::shared_ptr<const desensitize::Policy> look)
    : treated_(std::move(policy)), with_(std::move(look), nullptr) {
  with_.set_explain(this);
}

Result<std::unique_ptr<LeftValues>> LeftValues::create(
    const desensitize::FormatSpec& format, std::shared_ptr<const desensitize::Policy> policy) {
  EMR_ASSIGN(auto look, look_policy());
  auto left = std::unique_ptr<LeftValues>(new LeftValues(std::move(policy), std::move(look)));
  EMR_ASSIGN(left->rewriter_, format.make_rewriter({}));
  return left;
}

void LeftValues::read(std::string_view record) {
  values_.clear();
  dropped_.clear();
  // A record that cannot be read is told by who looks at its values.
  static_cast<void>(rewriter_->rewrite(record, with_, dropped_).ok());
}

void LeftValues::explain(const desensitize::Field& field, const desensitize::Rule*,
                         const desensitize::Value& value, desensitize::Action) {
  if (is_reference(field.fhir_type) && is_own(value.text)) {
    values_.insert(place(field.path, kReference));
  } else if (treated_.is_treated(field, value)) {
    values_.insert(place(field.path, value.text));
  }
}

bool LeftValues::holds(std::string_view path, std::string_view text) const {
  if (values_.contains(place(path, text)) || text == desensitize::kAbsentReason) return true;
  return values_.contains(place(path, kReference)) &&
         is_own(desensitize::split_fhir_reference(text).id);
}

}  // namespace emr::tool
