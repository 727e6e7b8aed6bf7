// References with a query, "Patient?identifier=urn:oid:1.2|12": cut into what rules have to treat
// and what stays. The number in it is treated as the number of the resource that it names, so that
// the reference still finds it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "desensitize/value.h"

namespace emr::desensitize {

struct FhirQueryPiece {
  std::string before;           ///< stays in front of it: "Patient?identifier="
  std::string text;             ///< a rule treats it, spelt without percent signs
  const Field* field = nullptr; ///< whose rule; nullptr: the rule of the reference itself
};

/// Empty when the text has no query. What is behind the last piece is a piece without text.
std::vector<FhirQueryPiece> split_fhir_query(std::string_view text);

/// `text` as it stands in a query.
std::string percent_encoded(std::string_view text);
/// "%7C" is '|'; what is no code stays.
std::string percent_decoded(std::string_view text);

}  // namespace emr::desensitize
