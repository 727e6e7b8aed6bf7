// Of which patient does which part of a FHIR document speak? A resource belongs to the patient
// that it is, or that its subject, patient or beneficiary refers to; else to the one patient that
// another of its references names; else to the patient of its encounter. In a Bundle references are
// resolved by fullUrl and id, so that "urn:uuid:…" and "Patient/12" are one person. A resource of
// two patients, and one of none in a Bundle of several, has no patient: its dates keep their year
// alone (techniques/date_shift.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace emr::desensitize {

struct FhirPerson {
  std::size_t start = 0;  ///< byte offsets of the part
  std::size_t stop = 0;
  std::string identity;   ///< the id (or the identifier of a logical reference); "" when unknown
};

/// The document as a whole first, then the entries of its Bundle in the order of their offsets.
/// `record` may be malformed: what was read before the fault is used, and the rewriter refuses it.
std::vector<FhirPerson> fhir_people(std::string_view record);

}  // namespace emr::desensitize
