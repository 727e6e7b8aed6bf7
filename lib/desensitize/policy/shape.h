// What a value looks like. A rule that keeps a value is made for a code, a number or a date; where
// free text stands in such a place (a telephone number as the type of a message), the rule is not
// meant, and the field is treated as if the rule were not there. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace emr::desensitize {

enum class Shape : std::uint8_t {
  kWord,     ///< a word of a standard: 40 letters, digits, '_', '-', '.'; no more than 8 digits
  kCode,     ///< 64 visible ASCII characters, no '@'
  kUri,      ///< http:, https: or urn:, without a query
  kOid,
  kUrnOid,   ///< "urn:oid:" and an OID, as FHIR writes DICOM's UIDs
  kNumber,   ///< digits with signs, points and comparators
  kSamples,  ///< numbers of up to 8 signs, E, U and L, a blank between them
  kDate,     ///< a date, a time of day, or both
  kAge,      ///< "48", "48岁", "048Y"
  kOldAge,   ///< a number with a unit that can only be an age over 89
  kPlace,    ///< the name of a country or a state: 32 letters of any script, no digit
  kTerm,     ///< as DICOM writes codes: 16 capitals, digits, '_' and blanks; no more than 8 digits
  kCharset,  ///< a character set that is known here
  kLabel,    ///< what a dictionary calls a code: 256 bytes, no more than 8 digits. Rules of names
             ///< know no word of medicine from a name there, so it is searched for less; it stands
             ///< last in a rule
  kWording,  ///< what somebody wrote for a code: a label that is searched as a text, but in English
             ///< a lone capitalised word or phrase is a term, unless it proves to be a person
};

std::optional<Shape> shape_from(std::string_view word) noexcept;
/// Plain codes, which are most of what is kept: up to 64 visible ASCII characters without '@' and
/// with so few digits that no detector finds anything in them. A URI is one where `uri` says so.
bool is_plain_code(std::string_view text, bool uri) noexcept;

/// Has the text this shape? Whether a detector finds something in it is asked elsewhere.
bool has_shape(std::string_view text, Shape shape);

}  // namespace emr::desensitize
