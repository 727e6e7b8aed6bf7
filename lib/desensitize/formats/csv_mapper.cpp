#include "desensitize/formats/csv_mapper.h"

#include <algorithm>
#include <utility>

#include "base/number.h"
#include "base/utf8.h"
#include "desensitize/formats/csv_value.h"
#include "desensitize/formats/limits.h"
#include "json/tokenizer.h"

namespace emr::desensitize {

using Kind = CsvSpec::Kind;

namespace {

Error bad_cell(const CsvSpec& spec, std::string what, std::string reason) {
  return fail(Code::kData, "column " + spec.column + ": " + std::move(what))
      .with_pointer(spec.pointer)
      .with_reason(std::move(reason));
}

Error excel_error(const std::string& column) {
  return fail(Code::kData, "column " + column + ": a spreadsheet has rounded this number")
      .with_reason("excel_number")
      .with_hint("export the column as text; the lost digits do not come back");
}

bool is_record_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRecordIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '.' || c == '_' || c == ':' || c == '-';
         });
}

Error bad_record_id(const CsvSpec& spec) {
  return fail(Code::kData, "the columns do not make a record identifier")
      .with_pointer(spec.pointer)
      .with_reason("record_id")
      .with_hint("letters, digits and . _ : - only, at most 64 with the document type");
}

/// What exports write for yes and no.
std::optional<bool> boolean(std::string_view text) {
  for (const std::string_view yes : {"1", "true", "TRUE", "Y", "y", "T", "是", "有"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "false", "FALSE", "N", "n", "F", "否"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

}  // namespace

CsvMapper::CsvMapper(const CsvMap& map, const CsvTable* patients,
                     const std::vector<CsvTable>& lookups, Sink sink, Reject reject)
    : map_(map),
      patients_(patients),
      lookups_(lookups),
      sink_(std::move(sink)),
      reject_(std::move(reject)),
      reader_(map.delimiter(),
              [this](const CsvRow& row, std::uint64_t line) { return on_row(row, line); },
              [this](Error error) { return on_bad_row(std::move(error)); }) {}

Status CsvMapper::feed(std::string_view chunk) {
  if (map_.charset() == "UTF-8") return reader_.feed(chunk);
  if (!recoder_) {
    EMR_ASSIGN(recoder_, Recoder::create("UTF-8", map_.charset()));
  }
  decoded_.clear();
  EMR_TRY(recoder_->feed(chunk, decoded_));
  return reader_.feed(decoded_);
}

Status CsvMapper::finish() {
  if (recoder_) EMR_TRY(recoder_->finish());
  EMR_TRY(reader_.finish());
  if (!has_header_) {
    return fail(Code::kData, "table is empty: not even a header row").with_reason("csv_header");
  }
  return {};
}

Status CsvMapper::on_row(const CsvRow& row, std::uint64_t line) {
  if (!is_valid_utf8(row.raw)) {
    return on_bad_row(fail(Code::kData, "row is not valid UTF-8")
                          .with_line(line)
                          .with_reason("charset")
                          .with_hint("name the character set in the map: "
                                     "\"encoding\":\"GB18030\""));
  }
  const bool is_header = !has_header_;
  Status status = is_header ? on_header(row) : map_row(row);
  if (!status) return on_bad_row(std::move(status).error().with_line(line));
  has_header_ = true;
  return is_header ? Status() : sink_(line_, line);
}

/// Without its header no row of a table can be read.
Status CsvMapper::on_bad_row(Error error) {
  return !has_header_ ? Status(std::move(error)) : reject_(std::move(error));
}

Status CsvMapper::on_header(const CsvRow& row) {
  std::string scratch;
  for (std::size_t index = 0; index < row.fields.size(); ++index) {
    header_.emplace_back(trim_cell(row.value(index, scratch)));
  }
  for (const std::string& name : map_.columns()) {
    if (std::count(header_.begin(), header_.end(), name) > 1) {
      return fail(Code::kData, "column " + name + " occurs twice").with_reason("csv_header");
    }
  }
  if (patients_ != nullptr) {
    const auto join = std::find(header_.begin(), header_.end(), patients_->key());
    if (join == header_.end()) {
      return fail(Code::kData, "the visits table has no column " + patients_->key() + " to join")
          .with_reason("csv_header");
    }
    join_ = Place{false, static_cast<std::size_t>(join - header_.begin())};
  }
  for (const std::string& name : map_.key()) {
    EMR_ASSIGN(const Place place, find_column(name));
    key_.push_back(place);
  }
  for (const CsvSpec& spec : map_.specs()) {
    Bound bound;
    if (!spec.column.empty()) {
      EMR_ASSIGN(bound.place, find_column(spec.column));
    }
    if (spec.kind == Kind::kLookup) EMR_TRY(bind_lookup(spec, bound));
    bound_.push_back(bound);
  }
  return {};
}

Result<CsvMapper::Place> CsvMapper::find_column(const std::string& name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found != header_.end()) {
    return Place{false, static_cast<std::size_t>(found - header_.begin())};
  }
  if (patients_ != nullptr) {
    if (const auto column = patients_->column(name)) return Place{true, *column};
  }
  return fail(Code::kData, "the map names column " + name + ", which no table has")
      .with_reason("csv_header")
      .with_hint(patients_ == nullptr ? "is it in the patients table? give --patients FILE" : "");
}

Status CsvMapper::bind_lookup(const CsvSpec& spec, Bound& bound) const {
  for (const CsvTable& table : lookups_) {
    if (table.name() != spec.constant || table.key() != spec.lookup_key) continue;
    const auto take = table.column(spec.take);
    if (!take) break;
    bound.lookup = &table;
    bound.take = *take;
    return {};
  }
  return fail(Code::kData, "look-up table " + spec.constant + " has no column " + spec.take)
      .with_pointer(spec.pointer)
      .with_reason("csv_header");
}

Status CsvMapper::map_row(const CsvRow& row) {
  if (row.fields.size() != header_.size()) {
    return fail(Code::kData, "row has " + std::to_string(row.fields.size()) +
                                 " fields, the header has " + std::to_string(header_.size()))
        .with_reason("csv_fields");
  }
  cells_.resize(header_.size());
  undoubled_.resize(header_.size());
  for (std::size_t index = 0; index < header_.size(); ++index) {
    cells_[index] = trim_cell(row.value(index, undoubled_[index]));
  }
  EMR_TRY(join_patient());
  line_.clear();
  EMR_TRY(render(map_.root()));
  line_.push_back('\n');
  ++records_;
  return {};
}

Status CsvMapper::join_patient() {
  if (!join_) return {};
  const std::string_view key = cells_[join_->index];
  if (is_scientific_number(key)) return excel_error(patients_->key());
  const auto row = patients_->find(key);
  if (!row) {
    return fail(Code::kData, "column " + patients_->key() + ": no such row in the patients table")
        .with_reason("no_patient");
  }
  patient_row_ = *row;
  return {};
}

std::string_view CsvMapper::cell(const Place& place) const {
  return place.in_patients ? patients_->cell(patient_row_, place.index) : cells_[place.index];
}

bool CsvMapper::is_null(std::string_view text) const {
  return std::find(map_.nulls().begin(), map_.nulls().end(), text) != map_.nulls().end();
}

/// Writes a node; false (and nothing written) when the row has no value for it.
Result<bool> CsvMapper::render(const CsvMapNode& node) {
  if (node.kind == CsvMapNode::Kind::kValue) {
    return render_value(map_.specs()[node.spec], bound_[node.spec]);
  }
  const std::size_t start = line_.size();
  EMR_ASSIGN(const bool alive, render_children(node));
  if (!alive) line_.resize(start);
  return alive;
}

Result<bool> CsvMapper::render_children(const CsvMapNode& node) {
  const bool array = node.kind == CsvMapNode::Kind::kArray;
  bool first = true;
  bool alive = !node.from_row;  // what is constant throughout stays in every record
  line_.push_back(array ? '[' : '{');
  for (const auto& [key, child] : node.children) {
    const std::size_t start = line_.size();
    if (!first) line_.push_back(',');
    if (!array) {
      json::append_quoted(line_, key);
      line_.push_back(':');
    }
    EMR_ASSIGN(const bool written, render(*child));
    if (!written) {
      line_.resize(start);
      continue;
    }
    first = false;
    alive = alive || child->from_row;
  }
  line_.push_back(array ? ']' : '}');
  return alive;
}

Result<bool> CsvMapper::render_value(const CsvSpec& spec, const Bound& bound) {
  if (spec.kind == Kind::kConst) {
    line_.append(spec.constant);
    return true;
  }
  if (spec.kind == Kind::kRecordId) {
    EMR_TRY(render_record_id(spec));
    return true;
  }
  std::string_view text = cell(bound.place);
  if (is_null(text)) {
    if (spec.required) return bad_cell(spec, "required value is empty", "required");
    return false;
  }
  if (spec.kind == Kind::kLookup) {
    const auto row = bound.lookup->find(text);
    if (!row) return bad_cell(spec, "value is not in " + spec.constant, "lookup");
    text = bound.lookup->cell(*row, bound.take);
    if (is_null(text)) return bad_cell(spec, "row of " + spec.constant + " is empty", "lookup");
  }
  EMR_TRY(render_text(spec, text));
  return true;
}

Status CsvMapper::render_text(const CsvSpec& spec, std::string_view text) {
  if (spec.identifier && (is_scientific_number(text) || is_rounded_id_number(text))) {
    return excel_error(spec.column).with_pointer(spec.pointer);
  }
  std::string converted;
  if (spec.kind == Kind::kTime || spec.kind == Kind::kDate) {
    Result<std::string> time =
        spec.kind == Kind::kTime ? utc_from_local(text, spec.formats, map_.utc_offset_seconds())
                                 : date_from_local(text, spec.formats);
    if (!time) {
      Error error = bad_cell(spec, time.error().message, time.error().reason);
      return std::move(error).with_hint(time.error().hint);
    }
    text = converted = *std::move(time);
  } else if (spec.kind == Kind::kCodes) {
    auto code = spec.codes.find(text);
    if (code == spec.codes.end()) code = spec.codes.find("*");
    if (code == spec.codes.end()) {
      return bad_cell(spec, "value is not in the code table", "code")
          .with_hint("add it to \"codes\" in the map, or \"*\" for all others");
    }
    text = code->second;
  } else if (spec.kind == Kind::kInteger) {
    const Result<std::int64_t> number = parse_i64(text);
    if (!number || std::abs(*number) > (std::int64_t{1} << 53) - 1) {
      return bad_cell(spec, "value is not an integer", "integer");
    }
    line_.append(text);
    return {};
  } else if (spec.kind == Kind::kBoolean) {
    const std::optional<bool> value = boolean(text);
    if (!value) return bad_cell(spec, "value is neither yes nor no", "boolean");
    line_.append(*value ? "true" : "false");
    return {};
  } else if (spec.kind == Kind::kMimeType) {
    text = file_type(text).mime_type;
  } else if (spec.kind == Kind::kAttachmentKind) {
    text = file_type(text).kind;
  } else if (spec.kind == Kind::kAttachments) {
    return render_attachments(spec, text);
  }
  if (!spec.allowed.empty() && (text.size() != 1 || spec.allowed.find(text) == text.npos)) {
    return bad_cell(spec, "value is not one of the codes of the record format", "code")
        .with_hint("translate it with \"codes\" in the map");
  }
  if (spec.pointer == "/recordId" && !is_record_id(text)) return bad_record_id(spec);
  json::append_quoted(line_, text);
  return {};
}

Status CsvMapper::render_record_id(const CsvSpec& spec) {
  std::string id;
  for (std::size_t index = 0; index < key_.size(); ++index) {
    const std::string_view part = cell(key_[index]);
    if (is_scientific_number(part)) return excel_error(map_.key()[index]);
    if (is_null(part)) {
      return fail(Code::kData, "column " + map_.key()[index] + ": key is empty")
          .with_pointer(spec.pointer)
          .with_reason("required");
    }
    id.append(part).push_back(':');
  }
  id.append(map_.doc_type());
  if (!is_record_id(id)) return bad_record_id(spec);
  json::append_quoted(line_, id);
  return {};
}

Status CsvMapper::render_attachments(const CsvSpec& spec, std::string_view text) {
  std::size_t count = 0;
  line_.push_back('[');
  while (!text.empty()) {
    const std::size_t stop = std::min(text.find(spec.constant), text.size());
    const std::string_view path = trim_cell(text.substr(0, stop));
    text.remove_prefix(std::min(stop + spec.constant.size(), text.size()));
    if (path.empty()) continue;
    if (++count > kMaxRowAttachments) return bad_cell(spec, "too many files", "attachments");
    if (count > 1) line_.push_back(',');
    const FileType type = file_type(path);
    line_.append("{\"id\":\"a" + std::to_string(count) + "\",\"kind\":");
    json::append_quoted(line_, type.kind);
    line_.append(",\"mimeType\":");
    json::append_quoted(line_, type.mime_type);
    line_.append(",\"path\":");
    json::append_quoted(line_, path);
    line_.push_back('}');
  }
  line_.push_back(']');
  return {};
}

}  // namespace emr::desensitize
