// What flows between a format and the techniques: where a value stands (Field), the value (Value)
// and what is to become of it (Action). Plain data; views live as long as the record's buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace emr::desensitize {

enum class ValueKind : std::uint8_t { kString, kNumber, kBool, kNull, kObject, kArray };

/// The decoded value: unescaped UTF-8 for strings, the literal for numbers, "true"/"false".
struct Value {
  std::string_view text;
  ValueKind kind = ValueKind::kString;
  std::string_view unit = {};  ///< of a number, where the format says it
};

/// Where the value stands, in every vocabulary a policy can use. A format fills in what it knows
/// and leaves the rest empty.
struct Field {
  std::string_view path;       ///< "patient.contacts.name": keys without array indexes
  std::string_view key;        ///< last key, CSV column, XML element or @attribute
  std::string_view code;       ///< data-element code: "DE02.01.039.00", an OID, a LOINC code
  std::string_view fhir_type;  ///< "HumanName", "Address", "dateTime"
  std::string_view hl7;        ///< "PID-5" or "PID-5.1"
  std::string_view vr;         ///< DICOM value representation, "PN"
  std::uint32_t dicom_tag = 0; ///< group << 16 | element; meaningful when `vr` is not empty
  ValueKind kind = ValueKind::kString;
};

enum class Action : std::uint8_t {
  kKeep,     ///< the bytes stay as they are
  kReplace,  ///< the output text takes the place of the value
  kNull,     ///< JSON null; "" in formats without null
  kDelete,   ///< the member, element or field goes away
};

/// The result of a technique. `text` is decoded text; the format escapes it. It is written as a
/// bare number only when `kind` is kNumber (a generalised age in JSON).
struct Outcome {
  Action action = Action::kKeep;
  ValueKind kind = ValueKind::kString;
  std::string text;
  bool suppress_record = false;  ///< the record as a whole must not be written
};

}  // namespace emr::desensitize
