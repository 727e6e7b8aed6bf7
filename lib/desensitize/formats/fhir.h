// FHIR R4 without a schema: the data type of a member by its key, the type of the object it stands
// in and the shape of its value. The JSON engine asks once per path and puts the answer into
// Field::fhir_type, so that rules speak of "HumanName" and need no list of 700 paths.
//
// A resource is an object of type "Resource"; a Bundle entry's `resource` and a `contained` item
// are resources again. Leaves have their primitive type ("dateTime", "id", …); four leaves that
// carry a resource's id are singled out: "reference" (Reference.reference), "fullUrl",
// "requestUrl" (Bundle.entry.request.url, ifNoneExist, response.location) and "referenceDisplay".
// Pure tables: usable from every thread.
#pragma once

#include <string>
#include <string_view>

#include "desensitize/policy.h"
#include "desensitize/value.h"

namespace emr::desensitize {

/// Does the input look like FHIR JSON (a resource, a Bundle, bulk NDJSON)?
bool recognises_fhir(std::string_view head);

/// The type of member `key` inside an object of type `parent` ("" or "Resource" at the top of a
/// resource). "" when nothing is known: the type of an unknown object is "BackboneElement".
std::string_view fhir_type_of(std::string_view parent, std::string_view key,
                              ValueKind kind) noexcept;

/// Are values of this type references or URLs with an id in them?
bool is_fhir_reference(std::string_view type) noexcept;

/// A reference or URL cut at the id that has to be replaced: "Patient/" + id + "/_history/1".
/// `id` is empty where there is none ("#", "Patient"); a query ("Patient?identifier=…") is an id
/// where the path has none.
struct FhirReference {
  std::string_view before;
  std::string_view id;
  std::string_view after;
};
FhirReference split_fhir_reference(std::string_view text) noexcept;
/// "Patient": what ends the path of a query where no id does.
bool is_fhir_type_name(std::string_view text) noexcept;
/// The text with another id in its place. A URN says what its id is: "urn:uuid:", "urn:oid:".
std::string join_fhir_reference(const FhirReference& reference);

inline constexpr std::string_view kAbsentReason =
    "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
/// Is this JSON text nothing but the extension that says why a value is not there? Where the value
/// is required, it stands for it (FHIR R4 "data-absent-reason").
bool is_absent_reason(std::string_view json);
/// What stands for an object of this type when nothing of it is left: an attachment says that it
/// was masked, because DocumentReference, Media and others must have theirs.
std::string_view fhir_stand_in(std::string_view type);

}  // namespace emr::desensitize
