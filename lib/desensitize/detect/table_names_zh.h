// Tables inside notes: a header line names its columns, the lines below have one cell for each.
// Columns are divided by '|', ';', tabs or runs of blanks.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The cells (start, stop) that stand under a header for people: 姓名, 签字, 护士, … Only what they
/// hold can tell whether they are names.
std::vector<std::pair<std::size_t, std::size_t>> table_name_cells(const DecodedText& text);

/// Is this the name of a column or field (性别, 年龄, 备注)?
bool is_column(const DecodedText& text, std::size_t start, std::size_t stop);

}  // namespace emr::desensitize
