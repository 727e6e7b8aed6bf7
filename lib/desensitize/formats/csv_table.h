// A second table in memory, looked up by one column: the patients of a visit export, the doctors by
// their name. Only the wanted columns are kept; the bound is kMaxTableBytes. Filled by pushing
// chunks, then read-only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/csv_row.h"

namespace emr::desensitize {

class CsvTable {
 public:
  /// `name` stands in errors (a file name of the map, "patients"). `columns` are kept where the
  /// header has them; the key column must be there. `charset` as charset_name() gives it.
  CsvTable(std::string name, std::string key, std::vector<std::string> columns,
           std::string charset);

  Status feed(std::string_view chunk);
  /// After the last chunk: checks that there was a header.
  Status finish();

  const std::string& name() const noexcept { return name_; }
  const std::string& key() const noexcept { return key_; }
  std::size_t rows() const noexcept { return index_.size(); }
  /// Position of a kept column.
  std::optional<std::size_t> column(std::string_view name) const;
  /// The row of a key, or nullopt.
  std::optional<std::size_t> find(std::string_view key) const;
  std::string_view cell(std::size_t row, std::size_t column) const;

 private:
  struct Cell {
    std::uint32_t start = 0;
    std::uint32_t size = 0;
  };
  Status on_row(const CsvRow& row, std::uint64_t line);
  Status on_header(const CsvRow& row);
  Status add(const std::string& key, const std::vector<std::string_view>& cells,
             std::uint64_t line);
  Error bad(std::string message, std::string reason) const;

  std::string name_;
  std::string key_;
  std::vector<std::string> wanted_;
  std::string charset_;
  std::optional<Recoder> recoder_;
  std::unique_ptr<CsvReader> reader_;
  std::vector<std::string> kept_;           ///< names of kept columns
  std::vector<std::size_t> kept_position_;  ///< their positions in the file
  std::size_t key_position_ = 0;
  std::size_t columns_in_file_ = 0;
  std::string text_;         ///< all kept cells, one after the other
  std::vector<Cell> cells_;  ///< row by row
  std::unordered_map<std::string, std::size_t> index_;
  bool has_header_ = false;
};

}  // namespace emr::desensitize
