// The input formats and the recogniser behind `--in auto`. It looks at the first bytes only and
// never fails: what nothing else claims is plain text, which is scanned as a whole, so a wrong
// guess hides less, never more.
#pragma once

#include <optional>
#include <string_view>

namespace emr::desensitize {

enum class Format {
  kJson,   ///< any JSON document or JSON Lines
  kRecord, ///< JSON Lines of emr.record
  kFhir,   ///< FHIR R4 JSON: resource, Bundle or bulk NDJSON
  kCsv,    ///< comma, semicolon or TAB separated
  kHl7,    ///< HL7 v2, bare, batched or MLLP framed
  kCda,    ///< CDA, C-CDA, WS/T 500 or other XML
  kDicom,  ///< DICOM file or DICOMDIR, with or without preamble
  kText,   ///< plain text
};

/// How many first bytes sniff() can make use of.
inline constexpr std::size_t kSniffBytes = 4096;

/// Recognises a format from the first bytes of the input (kSniffBytes or all there is).
Format sniff(std::string_view head);

/// "csv", "fhir", … as in `--in`; and back.
std::string_view format_name(Format format) noexcept;
std::optional<Format> format_from_name(std::string_view name) noexcept;

}  // namespace emr::desensitize
