// The seam between the engine and the formats. A Framer cuts a byte stream into records, a Rewriter
// turns one record into its de-identified form. The driver (in the tool) reads, calls the framer,
// hands records to one or more rewriters (one per thread, with its own FieldTransformer) and writes
// the results in input order. Everything here is pure: bytes in, bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "desensitize/limits.h"
#include "desensitize/transformer.h"

namespace emr::desensitize {

enum class FrameKind : std::uint8_t {
  kRecord,
  kPrologue,  ///< seen by every rewriter before any record (the CSV header row)
};

struct Frame {
  std::size_t size = 0;  ///< bytes from the front of the buffer; 0: more input is needed
  FrameKind kind = FrameKind::kRecord;
  /// The first bytes of the frame that belong to what the records stand in ("[", ",", "]" and the
  /// white space around them) and not to the record. Behind a comma that is not wanted because no
  /// record was written before it, they pass as they are; see write_glue.
  std::size_t glue = 0;
  std::uint64_t element = 0;  ///< number of the record in its array, where there is glue
};

/// Appends the glue of a record to `out`: brackets always, a comma only between two records that
/// are written. `follows`: was a record of this array written already? (kept up to date).
void write_glue(std::string_view glue, bool has_record, bool& follows, std::string& out);

class Framer {
 public:
  virtual ~Framer() = default;
  /// Where does the record at the front of `buffer` end? With `at_end` no more bytes will come, so
  /// a non-empty buffer must give a frame or an error. The driver enforces kMaxRecordBytes (or
  /// FormatSpec::max_record_bytes) and counts lines.
  virtual Result<Frame> next(std::string_view buffer, bool at_end) = 0;
  /// No more bytes will come, and all were framed: was that the end of a document?
  virtual Status end() const { return {}; }
  /// Does every record end with its line, so that one that is too long can be passed over?
  virtual bool line_records() const { return false; }
};

class Rewriter {
 public:
  virtual ~Rewriter() = default;
  /// The prologue, given to every rewriter; the driver writes `out` of the first one only.
  virtual Status prologue(std::string_view bytes, FieldTransformer& with, std::string& out);
  /// Appends the new form of one record to `out`. On error nothing of `out` is used. Errors carry
  /// a pointer in the format's own language ("/patient/name", "PID-5", "(0010,0010)").
  virtual Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) = 0;
  /// The next calls of `rewrite` will be for these records, in this order, with this transformer;
  /// their bytes stay as they are until then. Doing each step for several short records at once
  /// is faster: the code of all steps is larger than the processor's first cache. Whoever has
  /// called this calls it again (with no records, if need be) before others come.
  virtual void expect(std::span<const std::string_view>, FieldTransformer&) {}
};

/// Options of the command line that a format may need.
struct FormatOptions {
  std::string charset;    ///< "" = find out; "gb18030", "utf-8"
  char delimiter = 0;     ///< CSV: 0 = find out
  bool allow_pixels = false;  ///< DICOM: pass images that may carry burned-in text
  std::string extra;      ///< format-specific JSON text ("" = none)
};

struct FormatSpec {
  std::string_view name;            ///< "json"
  std::string_view summary;
  std::string_view default_policy;  ///< preset used when --policy is absent
  std::size_t max_record_bytes = kMaxRecordBytes;
  bool parallel = true;             ///< may records be rewritten out of order?
  /// Is this the format of an input that begins with `head` (up to 4 KiB)?
  bool (*recognises)(std::string_view head) = nullptr;
  Result<std::unique_ptr<Framer>> (*make_framer)(const FormatOptions&) = nullptr;
  Result<std::unique_ptr<Rewriter>> (*make_rewriter)(const FormatOptions&) = nullptr;
  /// What to do about a record beyond max_record_bytes.
  std::string_view too_large_hint = "a record is held in memory whole: split it";
};

/// All formats in the order in which `recognises` is asked (formats/registry.cpp).
std::span<const FormatSpec* const> formats() noexcept;
const FormatSpec* find_format(std::string_view name) noexcept;
/// The format of the input, or nullptr.
const FormatSpec* recognise_format(std::string_view head) noexcept;

}  // namespace emr::desensitize
