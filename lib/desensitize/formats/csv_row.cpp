#include "desensitize/formats/csv_row.h"

#include <algorithm>
#include <utility>

#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

Error bad(std::string message, std::string reason) {
  return fail(Code::kData, std::move(message)).with_reason(std::move(reason));
}

std::uint64_t count_lines(std::string_view bytes) {
  const auto feeds = std::count(bytes.begin(), bytes.end(), '\n');
  return static_cast<std::uint64_t>(feeds);
}

/// Behind the closing quote of the quoted field whose content starts at `at`.
std::size_t skip_quoted(std::string_view text, std::size_t at, CsvField& field) {
  while (true) {
    const std::size_t quote = text.find('"', at);
    if (quote == text.npos) return text.npos;
    if (quote + 1 >= text.size() || text[quote + 1] != '"') {
      field.stop = quote;
      return quote + 1;
    }
    field.doubled = true;
    at = quote + 2;
  }
}

/// Takes the line end off a row.
std::string_view split_line_end(std::string_view& bytes) {
  std::size_t size = 0;
  if (bytes.ends_with("\r\n")) {
    size = 2;
  } else if (bytes.ends_with('\n') || bytes.ends_with('\r')) {
    size = 1;
  }
  const std::string_view end = bytes.substr(bytes.size() - size);
  bytes.remove_suffix(size);
  return end;
}

}  // namespace

std::string_view CsvRow::value(std::size_t index, std::string& scratch) const {
  const CsvField& field = fields[index];
  const std::string_view text = raw.substr(field.start, field.stop - field.start);
  if (!field.doubled) return text;
  scratch.clear();
  for (std::size_t at = 0; at < text.size(); ++at) {
    scratch.push_back(text[at]);
    if (text[at] == '"') ++at;  // the second of a doubled quote
  }
  return scratch;
}

std::size_t CsvRowEnd::finished(std::size_t size) {
  where_ = Where::kFieldStart;
  at_ = 0;
  return size;
}

Result<std::size_t> CsvRowEnd::find(std::string_view buffer, bool at_end) {
  while (at_ < buffer.size()) {
    if (where_ == Where::kQuoted) {
      const std::size_t quote = buffer.find('"', at_);
      at_ = quote == buffer.npos ? buffer.size() : quote + 1;
      if (quote != buffer.npos) where_ = Where::kQuoteSeen;
      continue;
    }
    const char c = buffer[at_];
    if (c == '\n') return finished(at_ + 1);
    if (c == '\r') {
      if (at_ + 1 < buffer.size()) return finished(at_ + (buffer[at_ + 1] == '\n' ? 2 : 1));
      if (!at_end) return std::size_t{0};  // CR LF may be split over two reads
      return finished(at_ + 1);
    }
    const bool opens = c == '"' && (where_ == Where::kFieldStart || where_ == Where::kQuoteSeen);
    if (opens) {
      where_ = Where::kQuoted;
    } else {
      where_ = c == delimiter_ ? Where::kFieldStart : Where::kPlain;
    }
    ++at_;
  }
  if (!at_end) return std::size_t{0};
  if (where_ == Where::kQuoted) {
    return bad("quoted field is not closed before the end of input", "csv_unclosed_quote");
  }
  return finished(buffer.size());
}

Status parse_csv_row(std::string_view bytes, char delimiter, CsvRow& row) {
  row.line_end = split_line_end(bytes);
  row.raw = bytes;
  row.fields.clear();
  if (bytes.find('\0') != bytes.npos) return bad("NUL byte in a table", "csv_nul");
  std::size_t at = 0;
  while (true) {
    CsvField field;
    field.quoted = at < bytes.size() && bytes[at] == '"';
    if (field.quoted) {
      field.start = at + 1;
      at = skip_quoted(bytes, field.start, field);
      if (at == bytes.npos) return bad("quoted field is not closed", "csv_unclosed_quote");
    } else {
      field.start = at;
      at = field.stop = std::min(bytes.find(delimiter, at), bytes.size());
    }
    row.fields.push_back(field);
    if (row.fields.size() > kMaxCsvColumns) return bad("row has too many columns", "csv_columns");
    if (at == bytes.size()) return {};
    if (bytes[at] != delimiter) return bad("text after a closing quote", "csv_quote");
    ++at;
  }
}

char guess_delimiter(std::string_view first_line) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char candidate : {',', '\t', ';'}) {
    const auto count = std::count(first_line.begin(), first_line.end(), candidate);
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}

void append_csv_field(std::string& out, std::string_view value, char delimiter, bool quoted) {
  const bool special = value.find_first_of("\"\r\n") != value.npos ||
                       value.find(delimiter) != value.npos;
  if (!quoted && !special) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

Status CsvReader::feed(std::string_view chunk) {
  buffer_.append(chunk);
  return drain(false);
}

Status CsvReader::finish() { return drain(true); }

/// Decides on BOM and delimiter; false while the first line is not there yet.
bool CsvReader::begin(bool at_end) {
  const std::size_t first_line = std::min(buffer_.find('\n'), buffer_.size());
  if (first_line == buffer_.size() && !at_end && buffer_.size() < kMaxCsvHeaderBytes) return false;
  if (buffer_.starts_with("\xef\xbb\xbf")) buffer_.erase(0, 3);
  if (delimiter_ == 0) delimiter_ = guess_delimiter(buffer_.substr(0, first_line));
  row_end_ = CsvRowEnd(delimiter_);
  started_ = true;
  return true;
}

Status CsvReader::drain(bool at_end) {
  if (!started_ && !begin(at_end)) return {};
  std::size_t done = 0;
  const std::string_view buffer(buffer_);
  while (done < buffer.size()) {
    Result<std::size_t> size = row_end_.find(buffer.substr(done), at_end);
    if (!size) return std::move(size).error().with_line(line_);
    if (*size == 0) break;
    EMR_TRY(take(buffer.substr(done, *size)));
    done += *size;
  }
  if (buffer.size() - done > kMaxCsvRowBytes) {
    return bad("row is longer than the limit; a quote may be missing", "csv_row_too_long")
        .with_line(line_);
  }
  buffer_.erase(0, done);
  return {};
}

Status CsvReader::take(std::string_view bytes) {
  const std::uint64_t line = line_;
  line_ += count_lines(bytes);
  Status parsed = parse_csv_row(bytes, delimiter_, row_);
  if (!parsed) {
    Error error = std::move(parsed).error().with_line(line);
    return on_bad_row_ ? on_bad_row_(std::move(error)) : Status(std::move(error));
  }
  return row_.blank() ? Status() : on_row_(row_, line);
}

}  // namespace emr::desensitize
