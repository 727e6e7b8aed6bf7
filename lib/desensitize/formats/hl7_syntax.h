// The grammar of HL7 v2 ("ER7"): delimiters, which every message declares for itself in MSH-1 and
// MSH-2, and escape sequences. Pure functions on UTF-8 text.
//
//   message  = segment { end segment }            end: CR (also LF or CR LF, kept as they are)
//   segment  = name { | field }                   field = repetition { ~ repetition }
//   repetition = component { ^ component }        component = sub { & sub }
//   escapes: F field, S component, T sub-component, R repetition, E escape, Xhhhh bytes, .br line
//   break, H and N highlighting, C and M character set switches; each between two escape characters
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace emr::desensitize {

struct Hl7Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';         ///< 0 when the message declares none
  char subcomponent = '&';    ///< 0 when the message declares none
};

/// MSH, FHS or BHS: the segments that declare delimiters.
bool is_hl7_header(std::string_view segment) noexcept;
/// Any of MSH, FHS, BHS, BTS, FTS: where a message or a batch frame begins.
bool starts_hl7_unit(std::string_view text) noexcept;
/// Three capitals or digits, beginning with a capital.
bool is_hl7_segment_name(std::string_view name) noexcept;

/// Reads the delimiters of a header segment; kData, reason "hl7_delimiters", when they are missing,
/// repeated or letters.
Result<Hl7Delimiters> read_hl7_delimiters(std::string_view header_segment);
/// Does the segment look like a header with delimiters, usable or not? A broken message must not be
/// taken for plain text, whose fields nobody knows.
bool declares_hl7_delimiters(std::string_view header);

/// Field `number` (MSH-18: 18) of a header segment, raw.
std::string_view hl7_header_field(std::string_view header_segment, std::size_t number);

/// The text of a leaf. Sequences that only format become line breaks or vanish; a sequence that is
/// not closed is taken literally. `charset` is what \X..\ bytes are written in.
void hl7_unescape(std::string_view raw, const Hl7Delimiters& delimiters, const std::string& charset,
                  std::string& out);
/// The reverse: delimiters and line breaks become sequences (a blank where the message has none).
void hl7_escape(std::string_view text, const Hl7Delimiters& delimiters, std::string& out);

}  // namespace emr::desensitize
