#include "desensitize/detect/column_names_zh.h"

#include <algorithm>
#include <string_view>

#include "desensitize/detect/name_evidence_zh.h"

namespace emr::desensitize {
namespace {

using Cell = std::pair<std::size_t, std::size_t>;
using Line = std::vector<Cell>;

constexpr std::size_t kMostCells = 16;
constexpr std::size_t kFewestLines = 3;
constexpr std::size_t kFewestNames = 2;

bool parts_cells(char32_t c) { return c == 0 || is_blank(c) || one_of<U"|,;">(c); }

/// The cells of the line [start, stop): between blanks, bars and commas. None when there are many:
/// that is a sentence.
Line cells_of(const DecodedText& text, std::size_t start, std::size_t stop) {
  Line cells;
  for (std::size_t i = start; i < stop;) {
    while (i < stop && parts_cells(text[i])) ++i;
    std::size_t end = i;
    while (end < stop && !parts_cells(text[end])) ++end;
    if (end > i) cells.emplace_back(i, end);
    if (cells.size() > kMostCells) return {};
    i = end;
  }
  return cells;
}

bool is_name(const std::vector<Cell>& names, const Cell& cell) {
  return std::binary_search(names.begin(), names.end(), cell);
}

/// Two or three ideographs that no name forbids.
bool could_be_name(const DecodedText& text, const Cell& cell) {
  const std::size_t length = cell.second - cell.first;
  if (length < 2 || length > 3 || table_word_at(text, cell.first)) return false;
  for (std::size_t i = cell.first; i < cell.second; ++i) {
    if (!is_cjk(text[i]) || (text.marks(i) & kNeverInName) != 0) return false;
  }
  return true;
}

/// Do two names fill cells of different lines?
bool lines_apart(const DecodedText& text, const std::vector<Cell>& names) {
  std::size_t last = text.size();
  for (const auto& [start, stop] : names) {
    if (!parts_cells(text[start - 1]) || !parts_cells(text[stop])) continue;
    if (last < start && text.bytes(last, start).find('\n') != std::string_view::npos) return true;
    last = stop;
  }
  return false;
}

/// `lines` have the same number of cells.
void read_block(const DecodedText& text, const std::vector<Cell>& names,
                const std::vector<Line>& lines, std::vector<Cell>& found) {
  if (lines.size() < kFewestLines) return;
  for (std::size_t column = 0; column < lines.front().size(); ++column) {
    const auto named = static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(),
                      [&](const Line& line) { return is_name(names, line[column]); }));
    if (named < kFewestNames || 2 * named < lines.size()) continue;
    for (const Line& line : lines) {
      if (!is_name(names, line[column]) && could_be_name(text, line[column])) {
        found.push_back(line[column]);
      }
    }
  }
}

}  // namespace

std::vector<Cell> cells_among_names(const DecodedText& text, const std::vector<Cell>& names) {
  std::vector<Cell> found;
  if (!lines_apart(text, names)) return found;
  std::vector<Line> block;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t stop = start;
    while (stop < text.size() && text[stop] != U'\n') ++stop;
    Line line = cells_of(text, start, stop);
    if (!block.empty() && line.size() != block.front().size()) {
      read_block(text, names, block, found);
      block.clear();
    }
    if (line.size() > 1) block.push_back(std::move(line));
    start = stop + 1;
  }
  read_block(text, names, block, found);
  return found;
}

std::vector<Cell> signatures_among_names(const DecodedText& text,
                                         const std::vector<Cell>& names) {
  std::vector<Cell> found;
  bool signed_by_one = false;
  if (names.empty()) return found;
  const std::string_view bytes = text.bytes();
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t line = at;
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    at = end + 1;
    if (!is_digit(static_cast<unsigned char>(bytes[line])) || end < line + 24) continue;
    const std::size_t stop = end < bytes.size() ? text.index_of(end) : text.size();
    std::size_t cell = stop;
    while (is_cjk(text[cell - 1]) && stop - cell < 4) --cell;
    const Cell last{cell, stop};
    if (text[cell - 1] == U' ' && could_be_name(text, last)) {
      if (is_name(names, last)) {
        signed_by_one = true;
      } else if ((text.marks(cell) & kCommonSurname) != 0) {
        found.push_back(last);
      }
    }
  }
  if (!signed_by_one) found.clear();
  return found;
}

}  // namespace emr::desensitize
