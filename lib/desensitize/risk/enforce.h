// k-anonymity by force: quasi-identifiers are generalised through hierarchies, column by column and
// for all rows alike, and rows that are still in classes smaller than k are suppressed (deleted).
// Deterministic: greedy from the original values (each step raises the column that leaves fewest
// rows in small classes), then every column is lowered again as far as k allows. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "desensitize/risk/table.h"

namespace emr::desensitize::risk {

/// A generalisation hierarchy: `value;level 1;level 2;…`, one line per value; the last level is the
/// same for all ("*"). Values that the file does not list become "*" on every level above 0.
class Hierarchy {
 public:
  /// kData when lines differ in length. Comma, TAB or semicolon; no header.
  static Result<Hierarchy> parse(std::string column, std::string_view text);
  /// Original value, and "*".
  static Hierarchy suppress_only(std::string column);

  const std::string& column() const noexcept { return column_; }
  /// Number of levels, the original one included.
  std::size_t levels() const noexcept { return levels_; }
  std::string_view value(std::string_view original, std::size_t level) const;

 private:
  std::string column_;
  std::size_t levels_ = 2;
  std::unordered_map<std::string, std::vector<std::string>> rows_;
};

struct EnforceOptions {
  std::uint64_t k = 5;
  double max_suppressed = 0.05;  ///< share of rows that may be deleted before generalising further
};

struct Enforced {
  std::vector<std::size_t> levels;  ///< per hierarchy
  std::vector<bool> suppressed;     ///< per row
  std::uint64_t suppressed_rows = 0;
  std::uint64_t k = 0;              ///< of what is left (0: nothing is left)
};

/// `hierarchies` name the quasi-identifiers. kNegative when even full generalisation and the
/// allowed suppression do not reach k.
Result<Enforced> enforce_k(const Table& table, const std::vector<Hierarchy>& hierarchies,
                           const EnforceOptions& options);

/// Writes the table with generalised values and without suppressed rows; every other byte as it
/// was. A generalised number in JSON becomes a text.
Status write_enforced(const Table& table, const std::vector<Hierarchy>& hierarchies,
                      const Enforced& enforced,
                      const std::function<Status(std::string_view)>& sink);

}  // namespace emr::desensitize::risk
