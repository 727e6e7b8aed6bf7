// The table under risk assessment: chosen columns of a CSV file or of JSON Lines, each value
// replaced by a small number, and the raw rows with the places of the values, so that a
// generalised table can be written with every other byte kept. The whole table is in memory,
// because equivalence classes need all rows; kMaxRiskRows and kMaxRiskBytes bound it. Value type
// once read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "desensitize/formats/csv_row.h"

namespace emr::desensitize::risk {

/// One column: distinct values and, per row, which one stands there.
struct Column {
  std::string name;
  std::vector<std::string> values;
  std::vector<std::uint32_t> codes;
};

enum class TableFormat { kCsv, kJsonLines };

struct Table {
  TableFormat format = TableFormat::kCsv;
  char delimiter = ',';
  std::vector<Column> columns;

  /// A value's bytes in `raw`; start == stop when the row has none.
  struct Place {
    std::uint64_t start = 0;
    std::uint64_t stop = 0;
  };
  std::string raw;                     ///< every byte of the input, the header too
  std::vector<std::uint64_t> row_stop; ///< where each row stops; the first starts at header_stop
  std::uint64_t header_stop = 0;
  std::vector<Place> places;           ///< row by row, one per column

  std::size_t rows() const noexcept { return row_stop.size(); }
  /// Index of a column by name, or the number of columns.
  std::size_t find(std::string_view name) const noexcept;
};

/// New texts for places of one row.
using Edits = std::vector<std::pair<Table::Place, std::string>>;
/// A value as it stands in this table: quoted when it must be, or was.
std::string table_text(const Table& table, Table::Place place, std::string_view value);
/// Writes the table; `edit` fills in the changes of a row and answers whether the row stays. Every
/// other byte is as it was.
Status write_table(const Table& table,
                   const std::function<bool(std::size_t row, Edits& edits)>& edit,
                   const std::function<Status(std::string_view)>& sink);

/// Reads chunks into a Table. Columns are named by header cell, or in JSON Lines by the path of
/// their key ("patient.sex"); a path may occur once per row. One thread.
class TableReader {
 public:
  /// `delimiter` 0 = find out.
  TableReader(TableFormat format, std::vector<std::string> columns, char delimiter = 0);

  Status feed(std::string_view chunk);
  /// The finished table; the reader is spent. kData when a column is missing.
  Result<Table> finish();

 private:
  Status take_csv(bool at_end);
  Status take_lines(bool at_end);
  Status on_row(std::string_view bytes, std::uint64_t start);
  Status on_header(std::string_view bytes, std::uint64_t start);
  Status on_line(std::string_view line, std::uint64_t start);
  void add(std::size_t column, std::string_view value, Table::Place place);
  Error bad(std::string message, std::string reason) const;

  Table table_;
  std::vector<std::string> wanted_;
  std::vector<std::unordered_map<std::string, std::uint32_t>> known_;
  std::vector<std::size_t> position_;  ///< CSV: where the column stands
  std::size_t columns_in_file_ = 0;
  CsvRowEnd row_end_{','};
  CsvRow row_;
  bool has_header_ = false;
  std::uint64_t done_ = 0;  ///< bytes of raw that are cut into rows
  std::uint64_t line_ = 0;
};

}  // namespace emr::desensitize::risk
