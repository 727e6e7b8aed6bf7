// People in columns without a header: lines of the same cells, one of which holds names in most.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "desensitize/detect/text.h"

namespace emr::desensitize {

/// The cells of columns that hold a name in two lines and in half of all lines; `names` are those
/// found so far, sorted.
std::vector<std::pair<std::size_t, std::size_t>> cells_among_names(
    const DecodedText& text, const std::vector<std::pair<std::size_t, std::size_t>>& names);

/// "04-09 12:10 BP 160/92 … 向往": the last cells of lines that begin with a day or a clock, where
/// another such line stops with one of `names`: nurses sign so.
std::vector<std::pair<std::size_t, std::size_t>> signatures_among_names(
    const DecodedText& text, const std::vector<std::pair<std::size_t, std::size_t>>& names);

}  // namespace emr::desensitize
