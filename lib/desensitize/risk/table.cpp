#include "desensitize/risk/table.h"

#include <algorithm>
#include <utility>

#include "desensitize/formats/limits.h"
#include "json/tokenizer.h"

namespace emr::desensitize::risk {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";

/// The path of the value under way: "patient.address.city", without array indexes.
class PathStack {
 public:
  void key(std::string_view name) { key_ = name; }
  void enter() {
    sizes_.push_back(path_.size());
    if (!key_.empty()) append(key_);
    key_.clear();
  }
  void leave() {
    path_.resize(sizes_.back());
    sizes_.pop_back();
  }
  std::string leaf() const {
    if (path_.empty()) return key_;
    return key_.empty() ? path_ : path_ + "." + key_;
  }
  void value_read(bool in_object) {
    if (in_object) key_.clear();
  }

 private:
  void append(const std::string& name) {
    if (!path_.empty()) path_.push_back('.');
    path_.append(name);
  }
  std::string path_;
  std::string key_;
  std::vector<std::size_t> sizes_;
};

}  // namespace

std::size_t Table::find(std::string_view name) const noexcept {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return static_cast<std::size_t>(found - columns.begin());
}

TableReader::TableReader(TableFormat format, std::vector<std::string> columns, char delimiter)
    : wanted_(std::move(columns)) {
  table_.format = format;
  table_.delimiter = delimiter;
  for (const std::string& name : wanted_) table_.columns.push_back(Column{name, {}, {}});
  known_.resize(wanted_.size());
}

Error TableReader::bad(std::string message, std::string reason) const {
  return fail(Code::kData, std::move(message)).with_line(line_).with_reason(std::move(reason));
}

Status TableReader::feed(std::string_view chunk) {
  if (table_.raw.size() + chunk.size() > kMaxRiskBytes) {
    return bad("table is larger than a risk assessment can hold", "risk_too_large");
  }
  table_.raw.append(chunk);
  return table_.format == TableFormat::kCsv ? take_csv(false) : take_lines(false);
}

Result<Table> TableReader::finish() {
  EMR_TRY(table_.format == TableFormat::kCsv ? take_csv(true) : take_lines(true));
  if (table_.rows() == 0) return bad("table has no rows", "risk_empty");
  for (const Column& column : table_.columns) {
    const bool only_empty = column.values.size() == 1 && column.values.front().empty();
    if (table_.format == TableFormat::kJsonLines && only_empty) {
      return bad("no row has the member " + column.name, "risk_column");
    }
  }
  return std::move(table_);
}

void TableReader::add(std::size_t column, std::string_view value, Table::Place place) {
  auto& known = known_[column];
  Column& target = table_.columns[column];
  const auto [entry, fresh] =
      known.emplace(std::string(value), static_cast<std::uint32_t>(target.values.size()));
  if (fresh) target.values.emplace_back(value);
  target.codes.push_back(entry->second);
  table_.places.push_back(place);
}

Status TableReader::take_csv(bool at_end) {
  const std::string_view raw(table_.raw);
  if (!has_header_ && table_.delimiter == 0) {
    const std::size_t stop = raw.find('\n');
    if (stop == raw.npos && !at_end) return {};
    table_.delimiter = guess_delimiter(raw.substr(0, stop));
  }
  if (!has_header_ && done_ == 0) row_end_ = CsvRowEnd(table_.delimiter);
  while (done_ < raw.size()) {
    EMR_ASSIGN(const std::size_t size, row_end_.find(raw.substr(done_), at_end));
    if (size == 0) return {};
    ++line_;
    const std::string_view bytes = raw.substr(done_, size);
    EMR_TRY(has_header_ ? on_row(bytes, done_) : on_header(bytes, done_));
    done_ += size;
  }
  return {};
}

Status TableReader::on_header(std::string_view bytes, std::uint64_t start) {
  table_.header_stop = start + bytes.size();
  if (bytes.starts_with(kBom)) bytes.remove_prefix(kBom.size());
  EMR_TRY(parse_csv_row(bytes, table_.delimiter, row_));
  columns_in_file_ = row_.fields.size();
  std::string scratch;
  for (const std::string& name : wanted_) {
    std::size_t at = 0;
    while (at < columns_in_file_ && row_.value(at, scratch) != name) ++at;
    if (at == columns_in_file_) return bad("table has no column " + name, "risk_column");
    position_.push_back(at);
  }
  has_header_ = true;
  return {};
}

Status TableReader::on_row(std::string_view bytes, std::uint64_t start) {
  EMR_TRY(parse_csv_row(bytes, table_.delimiter, row_));
  if (row_.blank()) {
    // A blank line belongs to the row before it.
    (table_.row_stop.empty() ? table_.header_stop : table_.row_stop.back()) = start + bytes.size();
    return {};
  }
  if (row_.fields.size() != columns_in_file_) {
    return bad("row has another number of fields than the header", "csv_fields");
  }
  if (table_.rows() >= kMaxRiskRows) return bad("table has too many rows", "risk_too_large");
  std::string scratch;
  for (std::size_t column = 0; column < wanted_.size(); ++column) {
    const CsvField& field = row_.fields[position_[column]];
    const std::uint64_t quote = field.quoted ? 1 : 0;
    add(column, row_.value(position_[column], scratch),
        {start + field.start - quote, start + field.stop + quote});
  }
  table_.row_stop.push_back(start + bytes.size());
  return {};
}

Status TableReader::take_lines(bool at_end) {
  const std::string_view raw(table_.raw);
  while (done_ < raw.size()) {
    const std::size_t feed = raw.find('\n', done_);
    if (feed == raw.npos && !at_end) return {};
    const std::size_t stop = feed == raw.npos ? raw.size() : feed + 1;
    ++line_;
    EMR_TRY(on_line(raw.substr(done_, stop - done_), done_));
    done_ = stop;
  }
  return {};
}

Status TableReader::on_line(std::string_view line, std::uint64_t start) {
  if (line.find_first_not_of(" \t\r\n") == line.npos) return {};
  if (table_.rows() >= kMaxRiskRows) return bad("table has too many rows", "risk_too_large");
  std::vector<std::string> values(wanted_.size());
  std::vector<Table::Place> places(wanted_.size());
  json::Tokenizer tokens(line, json::Profile::kForeign);
  PathStack path;
  std::vector<bool> objects;
  for (json::Token token = tokens.next(); token.kind != json::TokenKind::kEnd;
       token = tokens.next()) {
    using Kind = json::TokenKind;
    if (token.kind == Kind::kError) return tokens.error().with_line(line_);
    if (token.kind == Kind::kKey) {
      path.key(json::unescape(tokens.content(token)));
      continue;
    }
    if (token.kind == Kind::kObjectStart || token.kind == Kind::kArrayStart) {
      path.enter();
      objects.push_back(token.kind == Kind::kObjectStart);
      continue;
    }
    if (token.kind == Kind::kObjectStop || token.kind == Kind::kArrayStop) {
      path.leave();
      objects.pop_back();
      continue;
    }
    const std::string leaf = path.leaf();
    const auto found = std::find(wanted_.begin(), wanted_.end(), leaf);
    if (found != wanted_.end()) {
      const auto column = static_cast<std::size_t>(found - wanted_.begin());
      if (places[column].stop != 0) {
        return bad("member " + leaf + " occurs more than once in a row", "risk_column");
      }
      values[column] = token.kind == Kind::kString ? json::unescape(tokens.content(token))
                                                   : std::string(tokens.raw(token));
      places[column] = {start + token.start, start + token.stop};
    }
    path.value_read(!objects.empty() && objects.back());
  }
  for (std::size_t column = 0; column < wanted_.size(); ++column) {
    add(column, values[column], places[column]);
  }
  table_.row_stop.push_back(start + line.size());
  return {};
}

std::string table_text(const Table& table, Table::Place place, std::string_view value) {
  std::string text;
  const bool quoted = table.raw[place.start] == '"';
  if (table.format == TableFormat::kCsv) {
    append_csv_field(text, value, table.delimiter, quoted);
  } else if (quoted) {
    json::append_quoted(text, value);
  } else {
    text = value;
  }
  return text;
}

Status write_table(const Table& table,
                   const std::function<bool(std::size_t row, Edits& edits)>& edit,
                   const std::function<Status(std::string_view)>& sink) {
  constexpr std::size_t kFlushBytes = std::size_t{1} << 20;
  const std::string_view raw(table.raw);
  std::string out(raw.substr(0, table.header_stop));
  std::uint64_t start = table.header_stop;
  Edits edits;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::uint64_t stop = table.row_stop[row];
    std::uint64_t copied = std::exchange(start, stop);
    edits.clear();
    if (!edit(row, edits)) continue;
    std::sort(edits.begin(), edits.end(),
              [](const auto& a, const auto& b) { return a.first.start < b.first.start; });
    for (const auto& [place, text] : edits) {
      out.append(raw.substr(copied, place.start - copied)).append(text);
      copied = place.stop;
    }
    out.append(raw.substr(copied, stop - copied));
    if (out.size() < kFlushBytes) continue;
    EMR_TRY(sink(out));
    out.clear();
  }
  return sink(out);
}

}  // namespace emr::desensitize::risk
