#include "left_values.h"

#include <algorithm>
#include <utility>

#include "desensitize/formats/fhir.h"
#include "desensitize/formats/fhir_query.h"
#include "inspect.h"

namespace emr::tool {
namespace {

/// Stands for a reference that holds no id, or one of ours.
constexpr std::string_view kReference = "\n";

std::string place(std::string_view path, std::string_view text) {
  return std::string(path).append(1, '\n').append(text);
}

/// The keys that hold a reference: a text elsewhere is no reference, whatever it looks like.
bool is_reference_path(std::string_view path) {
  return path.ends_with("reference") || path.ends_with("fullUrl") ||
         path.ends_with("request.url") || path.ends_with("ifNoneExist") ||
         path.ends_with("response.location");
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
  // Of these, a rule treats the id alone.
  if (desensitize::is_fhir_reference(field.fhir_type) && is_own(value.text)) {
    values_.insert(place(field.path, kReference));
  } else if (treated_.is_treated(field, value)) {
    values_.insert(place(field.path, value.text));
  }
}

bool LeftValues::holds(std::string_view path, std::string_view text) const {
  if (values_.contains(place(path, text)) || text == desensitize::kAbsentReason) return true;
  const auto pieces = desensitize::split_fhir_query(text);
  if (!pieces.empty()) {
    const auto is_left = [&](const desensitize::FhirQueryPiece& piece) {
      const std::string_view of = piece.field == nullptr ? path : piece.field->path;
      return is_own(piece.text) || values_.contains(place(of, piece.text));
    };
    return is_reference_path(path) && std::all_of(pieces.begin(), pieces.end(), is_left);
  }
  return values_.contains(place(path, kReference)) &&
         is_own(desensitize::split_fhir_reference(text).id);
}

}  // namespace emr::tool
