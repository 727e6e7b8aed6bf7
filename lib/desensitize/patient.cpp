#include "desensitize/patient.h"

#include <algorithm>

#include "desensitize/limits.h"

namespace emr::desensitize {

void PatientContext::clear() {
  own_.clear();
  identity_.clear();
  identity_rank_ = 0;
  shift_days = 0;
}

void PatientContext::add_own(SpanType type, std::string_view text) {
  if (text.size() < kMinOwnValueBytes || own_.size() >= kMaxOwnValues) {
    return;
  }
  const bool known = std::any_of(own_.begin(), own_.end(),
                                 [&](const OwnValue& value) { return value.text == text; });
  if (!known) {
    own_.push_back({std::string(text), type});
  }
}

void PatientContext::offer_identity(int rank, std::string_view text) {
  if (text.empty() || (identity_rank_ != 0 && rank >= identity_rank_)) {
    return;
  }
  identity_ = text;
  identity_rank_ = rank;
}

}  // namespace emr::desensitize
