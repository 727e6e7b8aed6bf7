// Every limit of the de-identification layer, with its reason. Passing one is a clear error.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::desensitize {

/// A policy is written by people; the largest preset (DICOM, 621 rows) stays below 200 KB.
inline constexpr std::size_t kMaxPolicyBytes = std::size_t{1} << 20;
/// Rules of one policy: all 621 DICOM rows and a hospital's own, with room.
inline constexpr std::size_t kMaxRules = 8192;
/// One JSON line, HL7 message or CSV row is held in memory while it is rewritten. 16 MiB is three
/// times the largest Synthea bundle line; with the output beside it, two jobs stay below 100 MB.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;
/// One whole document (DICOM file, CDA, one huge Bundle): the formats that cannot stream.
inline constexpr std::size_t kMaxDocumentBytes = std::size_t{1} << 30;
/// Foreign JSON deeper than this is refused; FHIR questionnaires, the deepest seen, reach about 40.
inline constexpr std::size_t kMaxDepth = 256;
/// Distinct paths that the rule cache remembers; beyond it (keys that are data) rules are matched
/// again for each value, which is slower and stays correct.
inline constexpr std::size_t kMaxCachedPaths = 65536;
/// Values of a record that are searched in its free text (names, numbers, addresses of a family).
inline constexpr std::size_t kMaxOwnValues = 256;
/// Shorter own values would hit ordinary words; Chinese two-character names are 6 bytes.
inline constexpr std::size_t kMinOwnValueBytes = 4;
/// Nothing shorter can hold an identifier that is worth a scan ("WBC", "%").
inline constexpr std::size_t kMinScanBytes = 4;
/// Keyed techniques need a key that cannot be guessed: 256 bits.
inline constexpr std::size_t kMinKeyBytes = 32;
/// A key file larger than this is a mistake in the command line.
inline constexpr std::size_t kMaxKeyBytes = 4096;
/// SP 800-38G draft revision 1: a smaller domain lets FF1 be broken by enumeration.
inline constexpr std::uint64_t kMinFpeDomain = 1'000'000;
/// FF1 works on values, not documents.
inline constexpr std::size_t kMaxFpeDigits = 64;
/// A generalisation hierarchy is loaded whole.
inline constexpr std::size_t kMaxHierarchyRows = 1'000'000;
/// The index of persons is held in memory: two million rows of three identifiers.
inline constexpr std::size_t kMaxIdentityBytes = std::size_t{128} << 20;
/// Largest shift of a patient's dates in days, to either side: a year hides the season too.
inline constexpr int kMaxShiftDays = 365;

}  // namespace emr::desensitize
