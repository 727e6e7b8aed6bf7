#include "desensitize/formats/csv_table.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "desensitize/formats/csv_value.h"
#include "desensitize/formats/limits.h"

namespace emr::desensitize {

static_assert(kMaxTableBytes <= UINT32_MAX, "cells address the text with 32 bits");

CsvTable::CsvTable(std::string name, std::string key, std::vector<std::string> columns,
                   std::string charset)
    : name_(std::move(name)),
      key_(std::move(key)),
      wanted_(std::move(columns)),
      charset_(std::move(charset)) {}

Error CsvTable::bad(std::string message, std::string reason) const {
  return fail(Code::kData, "table " + name_ + ": " + std::move(message))
      .with_reason(std::move(reason));
}

Status CsvTable::feed(std::string_view chunk) {
  if (!reader_) {
    reader_ = std::make_unique<CsvReader>(0, CsvReader::OnRow());
    if (charset_ != "UTF-8") {
      EMR_ASSIGN(recoder_, Recoder::create("UTF-8", charset_));
    }
  }
  // The reader calls back into this object, which may have been moved since the last chunk.
  reader_->set_on_row(
      [this](const CsvRow& row, std::uint64_t line) { return on_row(row, line); });
  if (!recoder_) return reader_->feed(chunk);
  std::string decoded;
  EMR_TRY(recoder_->feed(chunk, decoded));
  return reader_->feed(decoded);
}

Status CsvTable::finish() {
  EMR_TRY(feed({}));
  if (recoder_) EMR_TRY(recoder_->finish());
  EMR_TRY(reader_->finish());
  if (!has_header_) return bad("is empty", "csv_header");
  reader_.reset();
  return {};
}

Status CsvTable::on_header(const CsvRow& row) {
  std::string scratch;
  columns_in_file_ = row.fields.size();
  bool has_key = false;
  for (std::size_t position = 0; position < row.fields.size(); ++position) {
    const std::string name(trim_cell(row.value(position, scratch)));
    if (name == key_) {
      if (has_key) return bad("key column " + key_ + " occurs twice", "csv_header");
      key_position_ = position;
      has_key = true;
    }
    const bool wanted = std::find(wanted_.begin(), wanted_.end(), name) != wanted_.end();
    if (!wanted) continue;
    if (column(name)) return bad("column " + name + " occurs twice", "csv_header");
    kept_.push_back(name);
    kept_position_.push_back(position);
  }
  if (!has_key) return bad("has no column " + key_, "csv_header");
  has_header_ = true;
  return {};
}

Status CsvTable::on_row(const CsvRow& row, std::uint64_t line) {
  if (!is_valid_utf8(row.raw)) {
    return bad("row is not valid UTF-8", "charset")
        .with_line(line)
        .with_hint("name the character set in the map, e.g. \"encoding\":\"GB18030\"");
  }
  if (!has_header_) return on_header(row);
  if (row.fields.size() != columns_in_file_) {
    return bad("row has another number of fields than the header", "csv_fields").with_line(line);
  }
  std::string scratch;
  const std::string key(trim_cell(row.value(key_position_, scratch)));
  if (is_scientific_number(key)) {
    return bad("column " + key_ + " holds a number in scientific notation", "excel_number")
        .with_line(line)
        .with_hint("a spreadsheet has rounded it; export the column as text");
  }
  std::vector<std::string> undoubled(kept_.size());
  std::vector<std::string_view> cells;
  for (std::size_t at = 0; at < kept_.size(); ++at) {
    cells.push_back(trim_cell(row.value(kept_position_[at], undoubled[at])));
  }
  return key.empty() ? Status() : add(key, cells, line);
}

Status CsvTable::add(const std::string& key, const std::vector<std::string_view>& cells,
                     std::uint64_t line) {
  const auto [entry, fresh] = index_.emplace(key, index_.size());
  if (!fresh) {
    for (std::size_t at = 0; at < cells.size(); ++at) {
      if (cell(entry->second, at) == cells[at]) continue;
      return bad("two rows with one " + key_ + " differ in column " + kept_[at], "csv_duplicate")
          .with_line(line);
    }
    return {};
  }
  for (const std::string_view text : cells) {
    if (text_.size() + text.size() > kMaxTableBytes) return bad("is too large", "table_too_large");
    cells_.push_back({static_cast<std::uint32_t>(text_.size()),
                      static_cast<std::uint32_t>(text.size())});
    text_.append(text);
  }
  return {};
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(kept_.begin(), kept_.end(), name);
  if (found == kept_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kept_.begin());
}

std::optional<std::size_t> CsvTable::find(std::string_view key) const {
  const auto found = index_.find(std::string(key));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  const Cell& cell = cells_[row * kept_.size() + column];
  return std::string_view(text_).substr(cell.start, cell.size);
}

}  // namespace emr::desensitize
