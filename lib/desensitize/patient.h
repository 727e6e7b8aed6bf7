// What one record says about its patient: the values that are searched in its own free text, the
// identity that decides the date shift. Filled by a format's first pass over a record, bound by
// FieldTransformer::bind, cleared before the next record. Holds personal data: never printed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "desensitize/span.h"

namespace emr::desensitize {

class PatientContext {
 public:
  struct OwnValue {
    std::string text;
    SpanType type = SpanType::kName;
  };

  void clear();
  /// Remembers a value to be searched in free text (duplicates and very short values are ignored).
  void add_own(SpanType type, std::string_view text);
  /// Offers an identity of the patient; the smallest rank wins (1 = ID number, 2 = record number).
  void offer_identity(int rank, std::string_view text);

  const std::vector<OwnValue>& own_values() const noexcept { return own_; }
  /// "" when the record named no patient.
  const std::string& identity() const noexcept { return identity_; }

  /// Days added to every date of this patient; set by FieldTransformer::bind.
  int shift_days = 0;

 private:
  std::vector<OwnValue> own_;
  std::string identity_;
  int identity_rank_ = 0;
};

}  // namespace emr::desensitize
