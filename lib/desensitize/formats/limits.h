// Every limit of the format layer, with its reason. Passing one is a clear error, never a cut.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emr::desensitize {

/// One row of a table; a discharge summary in one field is well below 1 MiB, so a longer row means
/// a quote that was never closed.
inline constexpr std::size_t kMaxCsvRowBytes = std::size_t{16} << 20;
/// The first line must be this short for the delimiter to be guessed.
inline constexpr std::size_t kMaxCsvHeaderBytes = std::size_t{256} << 10;
/// WS 445's widest export has some 400 columns.
inline constexpr std::size_t kMaxCsvColumns = 4096;
/// The patients table and the look-up tables of a CSV map are held in memory (used columns only):
/// two million patients with eight columns are about 200 MiB.
inline constexpr std::size_t kMaxTableBytes = std::size_t{512} << 20;
/// A record identifier (emr.record schema).
inline constexpr std::size_t kMaxRecordIdBytes = 64;
/// Attachments named by one column of one row.
inline constexpr std::size_t kMaxRowAttachments = 64;

/// Plain text without empty lines is cut at a line end beyond this size.
inline constexpr std::size_t kMaxParagraphBytes = std::size_t{64} << 10;

/// One HL7 v2 message; base64 documents in OBX-5 reach some MiB.
inline constexpr std::size_t kMaxHl7MessageBytes = std::size_t{16} << 20;

/// One XML document; CDA with embedded PDF stays below 20 MiB.
inline constexpr std::size_t kMaxXmlBytes = std::size_t{64} << 20;
/// CDA nests some 20 elements; generated narrative tables a few more.
inline constexpr std::size_t kMaxXmlDepth = 128;

/// Nested sequences; structured reports reach 16.
inline constexpr std::size_t kMaxDicomDepth = 64;
/// Inflated size of a deflated data set: a bomb of zeros grows a thousandfold.
inline constexpr std::size_t kMaxDicomInflatedBytes = std::size_t{1} << 30;

/// Rows of a risk assessment: it needs all equivalence classes in memory.
inline constexpr std::size_t kMaxRiskRows = 20'000'000;
/// Bytes of the table under assessment, for the same reason.
inline constexpr std::size_t kMaxRiskBytes = std::size_t{2} << 30;

}  // namespace emr::desensitize
