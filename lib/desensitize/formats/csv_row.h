// RFC 4180 rows: where one ends, and where its fields are. Quoted fields may hold delimiters and
// line breaks; CRLF, LF and CR end a row; any one-byte delimiter. Fields come as spans of the raw
// row, so that a caller can replace one and leave every other byte as it was. A quote inside an
// unquoted field is an ordinary character, because laboratory exports write 5" that way; everything
// else that RFC 4180 forbids is an error.
//
// Both parts work on raw bytes of UTF-8 and of GB18030: no trail byte of either is a quote, a
// comma, a semicolon, a TAB or a line break.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace emr::desensitize {

/// One field: [start, stop) in CsvRow::raw, without the enclosing quotes.
struct CsvField {
  std::size_t start = 0;
  std::size_t stop = 0;
  bool quoted = false;
  bool doubled = false;  ///< contains "" which stand for one quote
};

/// One parsed row. Views belong to the caller's buffer.
struct CsvRow {
  std::string_view raw;       ///< without the line end
  std::string_view line_end;  ///< "\n", "\r\n", "\r" or "" at the end of input
  std::vector<CsvField> fields;

  /// Nothing on the line: to be passed over, or through.
  bool blank() const noexcept { return raw.empty(); }
  /// The value of field `index`; `scratch` holds it when quotes had to be undoubled.
  std::string_view value(std::size_t index, std::string& scratch) const;
};

/// Finds the end of the row at the front of a growing buffer without looking at a byte twice.
class CsvRowEnd {
 public:
  explicit CsvRowEnd(char delimiter) : delimiter_(delimiter) {}

  /// Size of the row with its line end, or 0: more input is needed. `buffer` must begin as in the
  /// previous call until a size was returned. A quote left open at the end of input is kData.
  Result<std::size_t> find(std::string_view buffer, bool at_end);

 private:
  enum class Where { kFieldStart, kPlain, kQuoted, kQuoteSeen };
  std::size_t finished(std::size_t size);

  char delimiter_;
  Where where_ = Where::kFieldStart;
  std::size_t at_ = 0;
};

/// Splits a whole row (as CsvRowEnd cut it) into `row`, whose field vector is reused.
Status parse_csv_row(std::string_view bytes, char delimiter, CsvRow& row);

/// The delimiter of a first line: the most frequent of comma, TAB and semicolon.
char guess_delimiter(std::string_view first_line);

/// Appends `value` as a field: quoted when `quoted` or when it has to be.
void append_csv_field(std::string& out, std::string_view value, char delimiter, bool quoted);

/// Both parts over a stream of chunks, for tables that are read rather than rewritten. Removes a
/// BOM, counts lines, guesses the delimiter when it is 0, skips blank lines.
class CsvReader {
 public:
  /// `line` is the 1-based line on which the row starts. An error stops the reader.
  using OnRow = std::function<Status(const CsvRow& row, std::uint64_t line)>;
  /// Takes the error of a row that has an end but no fields; ok goes on behind it.
  using OnBadRow = std::function<Status(Error)>;

  CsvReader(char delimiter, OnRow on_row, OnBadRow on_bad_row = nullptr)
      : delimiter_(delimiter), on_row_(std::move(on_row)), on_bad_row_(std::move(on_bad_row)) {}

  Status feed(std::string_view chunk);
  Status finish();
  char delimiter() const noexcept { return delimiter_; }
  /// Replaces the callback (its owner has moved).
  void set_on_row(OnRow on_row) { on_row_ = std::move(on_row); }

 private:
  Status drain(bool at_end);
  bool begin(bool at_end);
  Status take(std::string_view bytes);

  char delimiter_;
  OnRow on_row_;
  OnBadRow on_bad_row_;  ///< may be null: the first bad row stops the reader
  CsvRowEnd row_end_{','};
  CsvRow row_;
  std::string buffer_;
  std::uint64_t line_ = 1;
  bool started_ = false;
};

}  // namespace emr::desensitize
