// Plain text, searched as a whole. A record is a paragraph (up to an empty line), so that memory
// stays small; the record's own values are unknown here. GB18030 goes in and comes out as GB18030.
// The last resort of format recognition.
#pragma once

#include "desensitize/format.h"

namespace emr::desensitize {

/// charset "" = UTF-8 where the bytes are valid UTF-8, else GB18030, paragraph by paragraph.
const FormatSpec& text_format() noexcept;

}  // namespace emr::desensitize
