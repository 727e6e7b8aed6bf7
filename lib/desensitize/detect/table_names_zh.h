// Tables inside notes: a header line names its columns, the lines below have one cell for each.
// Columns are divided by '|', ';', ',', tabs or runs of
// blanks.
#pragma once

#include <cstddef>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

struct TableCell {
  std::size_t start = 0;
  std::size_t stop = 0;
  SpanType type = SpanType::kName;
};

/// The cells that stand under a header for people (姓名, 签字, 护士, …; only what they hold can tell
/// whether they are names), and the numbers under one for identifiers (床号, 住院号, 电话).
std::vector<TableCell> table_cells(const DecodedText& text);

/// Is this the name of a column or field (性别, 年龄, 备注)?
bool is_column(const DecodedText& text, std::size_t start, std::size_t stop);
/// The same of the run of ideographs that begins at `start`.
bool is_column_at(const DecodedText& text, std::size_t start);

}  // namespace emr::desensitize
