// CSV and TSV under a policy: the first row names the columns, a rule meets a column by its name
// (path and key) or by the data-element code that the name is. Line ends, quoting, order and the
// bytes of untouched fields stay. A deleted or nulled field becomes empty: the table keeps its
// shape. GB18030 goes in and comes out as GB18030.
#pragma once

#include "desensitize/format.h"

namespace emr::desensitize {

/// charset "" = UTF-8 where the bytes are valid UTF-8, else GB18030, row by row.
const FormatSpec& csv_format() noexcept;

}  // namespace emr::desensitize
