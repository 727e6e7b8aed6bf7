// HL7 v2 under a policy: bare messages, batches (FHS BHS BTS FTS) and MLLP frames (0x0B … 0x1C
// 0x0D), streamed message by message. Delimiters, segment ends, framing and untouched leaves keep
// their bytes; the character set of MSH-18 is kept.
//
// What a rule sees: `hl7` is "PID-5.1" for every sub-component of that component (a rule for
// "PID-5" covers it); for OBX-5 `key` is the value type of OBX-2 ("TX", "DT", "ED") and `code` the
// code of OBX-3.1. Z segments are dropped unless a rule names them. Errors point to "PID-5.1".
#pragma once

#include "desensitize/format.h"

namespace emr::desensitize {

const FormatSpec& hl7_format() noexcept;

}  // namespace emr::desensitize
