#include "desensitize/formats/csv.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "desensitize/formats/charset.h"
#include "desensitize/formats/csv_row.h"
#include "desensitize/formats/limits.h"

namespace emr::desensitize {
namespace {

constexpr std::string_view kBom = "\xef\xbb\xbf";

/// The charset option resolved: "" stays "find out".
Result<std::string> wanted_charset(const FormatOptions& options) {
  if (options.charset.empty()) return std::string();
  EMR_ASSIGN(std::string name, charset_name(options.charset));
  if (name.starts_with("UTF-16")) {
    return fail(Code::kUsage, "a table in UTF-16 cannot be cut into rows")
        .with_reason("charset")
        .with_hint("convert it first: iconv -f UTF-16 -t UTF-8");
  }
  return name;
}

class CsvFramer final : public Framer {
 public:
  explicit CsvFramer(char delimiter) : delimiter_(delimiter), row_end_(delimiter) {}

  Result<Frame> next(std::string_view buffer, bool at_end) override {
    if (!started_ && delimiter_ == 0) {
      const std::size_t line = buffer.find('\n');
      if (line == buffer.npos && !at_end && buffer.size() < kMaxCsvHeaderBytes) return Frame{};
      delimiter_ = guess_delimiter(buffer.substr(0, line));
      row_end_ = CsvRowEnd(delimiter_);
    }
    EMR_ASSIGN(const std::size_t size, row_end_.find(buffer, at_end));
    if (size == 0) return Frame{};
    const FrameKind kind = started_ ? FrameKind::kRecord : FrameKind::kPrologue;
    started_ = true;
    return Frame{size, kind};
  }

 private:
  char delimiter_;
  CsvRowEnd row_end_;
  bool started_ = false;
};

struct Column {
  std::string name;
  Decision decision;

  Field field() const {
    Field field;
    field.path = name;
    field.key = name;
    if (name.starts_with("DE0")) field.code = name;
    return field;
  }
};

class CsvRewriter final : public Rewriter {
 public:
  CsvRewriter(char delimiter, std::string charset)
      : delimiter_(delimiter), charset_(std::move(charset)) {}

  Status prologue(std::string_view bytes, FieldTransformer& with, std::string& out) override;
  Status rewrite(std::string_view record, FieldTransformer& with, std::string& out) override;

 private:
  Status decode(std::string_view record, std::string_view& text);
  Status check_header(const TextScanner& scanner);
  Status rewrite_text(std::string_view text, FieldTransformer& with, std::string& out);
  Status rewrite_field(std::size_t index, FieldTransformer& with, std::string& out);

  char delimiter_;
  std::string charset_;  ///< as asked for; "" = by the row
  std::string used_;     ///< of the row at hand
  std::vector<Column> columns_;
  CsvRow row_;
  std::string decoded_;
  std::string rewritten_;
  std::string scratch_;
  Outcome outcome_;
};

/// A column's name in an error is structure, not a value.
Error in_column(Error error, const std::string& name) {
  return std::move(error).with_pointer("/" + name);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit));
}

/// What no name of a column holds. A month may well be in one, and a hospital.
bool is_of_somebody(const Span& span, std::string_view row) {
  switch (span.type) {
    case SpanType::kDate: return digits_in(row.substr(span.start, span.stop - span.start)) > 6;
    case SpanType::kHospital:
    case SpanType::kOrganization:
    case SpanType::kPlace:
    case SpanType::kNationality:
    case SpanType::kTitle: return false;
    default: return true;
  }
}

/// Is this a person's data and no column's name? What a table without a header row begins with.
bool is_value(std::string_view cell, const TextScanner& scanner, std::vector<Span>& spans) {
  constexpr std::size_t kLongNumber = 11;  // digits
  const std::size_t digits = digits_in(cell);
  scanner.scan_check_digits(cell, spans);
  if (!spans.empty() || (digits >= kLongNumber && digits + 1 >= cell.size())) return true;
  scanner.scan(cell, nullptr, spans);
  return !spans.empty() && spans.front().start == 0 && spans.back().stop == cell.size() &&
         is_of_somebody(spans.front(), cell);
}

/// The header row goes out as it is: it must be one.
Status CsvRewriter::check_header(const TextScanner& scanner) {
  const auto refuse = [](std::size_t index) {
    return fail(Code::kData, "the first row holds a value where column " +
                                 std::to_string(index + 1) + " should have a name")
        .with_reason("csv_header")
        .with_hint("put a row of column names first; is it no table, say --in text");
  };
  std::vector<Span> spans;
  for (std::size_t index = 0; index < row_.fields.size(); ++index) {
    const std::string_view cell = row_.value(index, scratch_);
    if (is_valid_utf8(cell) && is_value(cell, scanner, spans)) return refuse(index);
  }
  const std::string row = std::string(row_.raw) + "\n";
  if (!is_valid_utf8(row) || language_of(row) != Language::kChinese) return {};
  scanner.scan(row, nullptr, spans);  // a name that stands alone shows less than a row
  for (const Span& span : spans) {
    if (!is_of_somebody(span, row)) continue;
    std::size_t index = 0;
    while (index + 1 < row_.fields.size() && row_.fields[index].stop <= span.start) ++index;
    return refuse(index);
  }
  return {};
}

Status CsvRewriter::decode(std::string_view record, std::string_view& text) {
  used_ = charset_;
  if (used_.empty()) used_ = is_valid_utf8(record) ? "UTF-8" : "GB18030";
  if (used_ == "UTF-8") {
    if (!charset_.empty() && !is_valid_utf8(record)) {
      return fail(Code::kData, "row is not valid UTF-8").with_reason("charset");
    }
    text = record;
    return {};
  }
  EMR_ASSIGN(decoded_, recode(record, "UTF-8", used_));
  text = decoded_;
  return {};
}

Status CsvRewriter::prologue(std::string_view bytes, FieldTransformer& with, std::string& out) {
  const std::string_view whole = bytes;
  if (bytes.starts_with(kBom)) bytes.remove_prefix(kBom.size());
  std::string_view text;
  EMR_TRY(decode(bytes, text));
  if (delimiter_ == 0) delimiter_ = guess_delimiter(text);
  EMR_TRY(parse_csv_row(text, delimiter_, row_));
  EMR_TRY(check_header(with.policy().scanner()));
  columns_.clear();
  for (std::size_t index = 0; index < row_.fields.size(); ++index) {
    Column column{std::string(row_.value(index, scratch_)), {}};
    const auto same = std::find_if(columns_.begin(), columns_.end(), [&](const Column& earlier) {
      return earlier.name == column.name && !column.name.empty();
    });
    if (same != columns_.end()) {  // numbers: in a table without a header the names are values
      return fail(Code::kData, "columns " + std::to_string(same - columns_.begin() + 1) + " and " +
                                   std::to_string(index + 1) + " have one name")
          .with_reason("csv_header");
    }
    column.decision = with.decide(column.field());
    columns_.push_back(std::move(column));
  }
  out.append(whole);
  return {};
}

Status CsvRewriter::rewrite(std::string_view record, FieldTransformer& with, std::string& out) {
  std::string_view text;
  EMR_TRY(decode(record, text));
  if (used_ == "UTF-8") return rewrite_text(text, with, out);
  rewritten_.clear();
  EMR_TRY(rewrite_text(text, with, rewritten_));
  EMR_ASSIGN(const std::string encoded, recode(rewritten_, used_, "UTF-8"));
  out.append(encoded);
  return {};
}

Status CsvRewriter::rewrite_text(std::string_view text, FieldTransformer& with, std::string& out) {
  EMR_TRY(parse_csv_row(text, delimiter_, row_));
  if (row_.blank()) {
    out.append(text);
    return {};
  }
  if (row_.fields.size() != columns_.size()) {
    return fail(Code::kData, "row has " + std::to_string(row_.fields.size()) +
                                 " fields, the header has " + std::to_string(columns_.size()))
        .with_reason("csv_fields");
  }
  with.begin_record();
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    with.observe(columns_[index].decision, Value{row_.value(index, scratch_)});
  }
  with.bind();
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    if (index > 0) out.push_back(delimiter_);
    EMR_TRY(rewrite_field(index, with, out));
  }
  out.append(row_.line_end);
  return {};
}

Status CsvRewriter::rewrite_field(std::size_t index, FieldTransformer& with, std::string& out) {
  const CsvField& field = row_.fields[index];
  const Column& column = columns_[index];
  const std::size_t quote = field.quoted ? 1 : 0;
  outcome_.action = Action::kKeep;
  if (field.stop > field.start) {
    const Value value{row_.value(index, scratch_)};
    Status status = with.apply(column.field(), column.decision, value, outcome_);
    if (!status) return in_column(std::move(status).error(), column.name);
  }
  if (outcome_.action == Action::kKeep) {
    out.append(row_.raw.substr(field.start - quote, field.stop - field.start + 2 * quote));
  } else if (outcome_.action == Action::kReplace) {
    append_csv_field(out, outcome_.text, delimiter_, field.quoted);
  }
  return {};
}

/// The first line has delimiters, and the second (if there is one) has as many.
bool recognises_csv(std::string_view head) {
  if (head.starts_with(kBom)) head.remove_prefix(kBom.size());
  const char delimiter = guess_delimiter(head.substr(0, head.find('\n')));
  CsvRowEnd row_end(delimiter);
  CsvRow first;
  const Result<std::size_t> size = row_end.find(head, false);
  if (!size || *size == 0) return false;
  if (!parse_csv_row(head.substr(0, *size), delimiter, first) || first.fields.size() < 2) {
    return false;
  }
  for (const CsvField& field : first.fields) {
    if (field.stop - field.start > 64) return false;  // a heading is short; this is prose
  }
  head.remove_prefix(*size);
  CsvRow second;
  const Result<std::size_t> more = row_end.find(head, false);
  if (!more || *more == 0) return first.fields.size() >= 3 || !head.empty();
  return parse_csv_row(head.substr(0, *more), delimiter, second).ok() &&
         second.fields.size() == first.fields.size();
}

Result<std::unique_ptr<Framer>> make_framer(const FormatOptions& options) {
  EMR_TRY(wanted_charset(options));
  return std::unique_ptr<Framer>(std::make_unique<CsvFramer>(options.delimiter));
}

Result<std::unique_ptr<Rewriter>> make_rewriter(const FormatOptions& options) {
  EMR_ASSIGN(std::string charset, wanted_charset(options));
  return std::unique_ptr<Rewriter>(
      std::make_unique<CsvRewriter>(options.delimiter, std::move(charset)));
}

constexpr FormatSpec kSpec{"csv",
                           "comma, semicolon or TAB separated table with a header row",
                           "strict",
                           kMaxRecordBytes,
                           true,
                           &recognises_csv, &make_framer, &make_rewriter,
                           "a row is held in memory whole: "
                           "is there a quote that never closes?"};

}  // namespace

const FormatSpec& csv_format() noexcept { return kSpec; }

}  // namespace emr::desensitize
