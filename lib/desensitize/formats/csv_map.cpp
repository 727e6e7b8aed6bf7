#include "desensitize/formats/csv_map.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "desensitize/formats/csv_value.h"
#include "json/access.h"
#include "json/json.h"

namespace emr::desensitize {

using json::Json;
using Kind = CsvSpec::Kind;

namespace {

constexpr std::array<std::string_view, 9> kRequired{
    "/recordId",   "/docType/code", "/org/id",          "/patient/localId", "/visit/id",
    "/visit/type", "/visit/start",  "/author/doctorId", "/recorded"};

/// Members that emr.record v1 has; a pointer elsewhere is a typing error in the map.
constexpr std::array<std::string_view, 21> kMembers{
    "recordId", "version",  "replaces", "status",  "amendReason",   "lang",         "docType",
    "confidentiality", "sensitivity", "org", "patient", "visit", "author", "recorded", "history",
    "diagnosis", "progressNotes", "observations", "attachments", "source", "ext"};

constexpr std::string_view kDocTypeSystem = "\"2.16.156.10011.2.4\"";

Error bad(std::string pointer, std::string message) {
  return fail(Code::kConfig, "csv map: " + std::move(message))
      .with_pointer(std::move(pointer))
      .with_reason("csv_map");
}

Error in_config(Error error) {
  error.code = Code::kConfig;
  return error;
}

Result<std::vector<std::string>> split_pointer(const std::string& pointer) {
  std::vector<std::string> keys;
  if (!pointer.starts_with('/')) return bad(pointer, "a field is a pointer like /visit/id");
  std::size_t at = 1;
  while (at <= pointer.size()) {
    const std::size_t stop = std::min(pointer.find('/', at), pointer.size());
    keys.push_back(pointer.substr(at, stop - at));
    if (keys.back().empty()) return bad(pointer, "the pointer has an empty key");
    at = stop + 1;
  }
  if (std::find(kMembers.begin(), kMembers.end(), keys.front()) == kMembers.end()) {
    return bad(pointer, "emr.record has no such member (use /ext/… for the hospital's own)");
  }
  return keys;
}

bool is_index(std::string_view key) {
  return key == "*" || (key.size() <= 3 && std::all_of(key.begin(), key.end(), [](char c) {
                          return c >= '0' && c <= '9';
                        }));
}

/// Array items sort by number: "10" comes after "9".
std::string sortable(const std::string& key) {
  return is_index(key) ? std::string(3 - key.size(), '0') + key : key;
}

/// Columns whose mangling by a spreadsheet would merge or lose people.
bool is_identifier(const std::string& pointer) {
  if (pointer.starts_with("/patient/identifiers/")) return pointer.ends_with("/value");
  constexpr std::array<std::string_view, 8> kIds{
      "/recordId", "/org/id", "/patient/localId", "/patient/phone", "/visit/id",
      "/visit/registrationId", "/author/doctorId", "/source/messageId"};
  return std::find(kIds.begin(), kIds.end(), pointer) != kIds.end();
}

std::string_view allowed_values(const std::string& pointer) {
  if (pointer == "/patient/sex") return "0129";
  if (pointer == "/visit/type") return "1239";
  if (pointer == "/confidentiality") return "NRV";
  return "";
}

Result<std::vector<std::string>> texts(const Json& list, const std::string& where) {
  std::vector<std::string> result;
  if (!list.is_array()) return bad(where, "a list of texts is expected");
  for (const Json& item : list) {
    if (!item.is_string()) return bad(where, "a list of texts is expected");
    result.push_back(item.get<std::string>());
  }
  return result;
}

}  // namespace

/// Turns the JSON of a map into specs and a tree.
class CsvMapCompiler {
 public:
  Result<CsvMap> compile(const Json& tree);

 private:
  Status read_head(const Json& tree);
  Status read_delimiter(const std::string& text);
  Result<CsvSpec> read_spec(const std::string& pointer, const Json& value) const;
  Status read_column_spec(const std::string& where, const Json& value, CsvSpec& spec) const;
  Status read_formats(const Json& list, const std::string& where, CsvSpec& spec) const;
  Status add(CsvSpec spec);
  Status add_constant(const std::string& pointer, std::string json_text);
  Status add_defaults();
  Status add_attachment_defaults();
  bool has(std::string_view pointer) const;
  Status check_required();
  static bool mark(CsvMapNode& node, const std::vector<CsvSpec>& specs);

  CsvMap map_;
};

Status CsvMapCompiler::read_delimiter(const std::string& text) {
  const std::string value = text == "\\t" ? "\t" : text;
  if (value.size() != 1 || value == "\"" || value == "\n" || value == "\r") {
    return bad("/delimiter", "the delimiter is one character");
  }
  map_.delimiter_ = value.front();
  return {};
}

Status CsvMapCompiler::read_head(const Json& tree) {
  EMR_TRY(json::refuse_unknown_members(tree, {"map", "encoding", "delimiter", "tz", "system", "key",
                                              "docType", "fields", "nulls", "patients"}));
  EMR_TRY(json::get_choice(tree, "map", {"emr.csvmap/1"}));
  EMR_ASSIGN(const auto encoding, json::find_string(tree, "encoding"));
  if (encoding) {
    EMR_ASSIGN(map_.charset_, charset_name(*encoding));
  }
  EMR_ASSIGN(const auto delimiter, json::find_string(tree, "delimiter"));
  if (delimiter) EMR_TRY(read_delimiter(*delimiter));
  EMR_ASSIGN(const auto zone, json::find_string(tree, "tz"));
  if (zone) {
    EMR_ASSIGN(map_.offset_seconds_, parse_utc_offset(*zone));
  }
  EMR_ASSIGN(const auto doc_type, json::find_string(tree, "docType", {.max = 16}));
  if (doc_type) map_.doc_type_ = *doc_type;
  if (const Json* key = json::find_member(tree, "key")) {
    EMR_ASSIGN(map_.key_, texts(*key, "/key"));
  }
  if (const Json* nulls = json::find_member(tree, "nulls")) {
    EMR_ASSIGN(map_.nulls_, texts(*nulls, "/nulls"));
    map_.nulls_.emplace_back();
  }
  EMR_ASSIGN(const Json* patients, json::find_object(tree, "patients"));
  if (patients != nullptr) {
    EMR_TRY(json::refuse_unknown_members(*patients, {"by"}, "/patients"));
    EMR_ASSIGN(map_.patients_by_, json::get_string(*patients, "by", {}, "/patients"));
  }
  EMR_ASSIGN(const auto system, json::find_string(tree, "system"));
  if (system) EMR_TRY(add_constant("/source/system", json::canonical_checked(Json(*system))));
  return {};
}

Status CsvMapCompiler::read_formats(const Json& list, const std::string& where,
                                    CsvSpec& spec) const {
  EMR_ASSIGN(spec.formats, texts(list, where));
  if (spec.formats.empty()) return bad(where, "at least one format is needed");
  for (const std::string& format : spec.formats) {
    if (!is_time_format(format)) {
      return bad(where, "a time format has %Y %m %d and may have %H %M %S %f %z");
    }
  }
  return {};
}

Status CsvMapCompiler::read_column_spec(const std::string& where, const Json& value,
                                        CsvSpec& spec) const {
  EMR_TRY(json::refuse_unknown_members(value, {"col", "time", "date", "codes", "as", "split"},
                                       where));
  EMR_ASSIGN(spec.column, json::get_string(value, "col", {}, where));
  if (value.size() > 2) return bad(where, "time, date, codes, as and split exclude each other");
  if (const Json* formats = json::find_member(value, "time")) {
    spec.kind = Kind::kTime;
    return read_formats(*formats, where, spec);
  }
  if (const Json* formats = json::find_member(value, "date")) {
    spec.kind = Kind::kDate;
    return read_formats(*formats, where, spec);
  }
  EMR_ASSIGN(const Json* codes, json::find_object(value, "codes", where));
  if (codes != nullptr) {
    spec.kind = Kind::kCodes;
    for (const auto& [from, to] : codes->items()) {
      if (!to.is_string()) return bad(where, "a code is a text");
      spec.codes.emplace(from, to.get<std::string>());
    }
  } else if (json::find_member(value, "as") != nullptr) {
    EMR_ASSIGN(const std::string as,
               json::get_choice(value, "as", {"integer", "boolean"}, where));
    spec.kind = as == "integer" ? Kind::kInteger : Kind::kBoolean;
  } else if (json::find_member(value, "split") != nullptr) {
    EMR_ASSIGN(spec.constant, json::get_string(value, "split", {.max = 4}, where));
    if (spec.pointer != "/attachments/*/path") {
      return bad(where, "split is for /attachments/*/path");
    }
    spec.kind = Kind::kAttachments;
  }
  return {};
}

Result<CsvSpec> CsvMapCompiler::read_spec(const std::string& pointer, const Json& value) const {
  const std::string where = "/fields" + pointer;
  CsvSpec spec;
  spec.pointer = pointer;
  spec.identifier = is_identifier(pointer);
  spec.allowed = std::string(allowed_values(pointer));
  if (value.is_string()) {
    spec.column = value.get<std::string>();
    if (spec.column.empty()) return bad(where, "the column has no name");
    return spec;
  }
  if (!value.is_object()) return bad(where, "a field is a column name or an object");
  if (const Json* constant = json::find_member(value, "const")) {
    if (value.size() != 1) return bad(where, "const stands alone");
    spec.kind = Kind::kConst;
    EMR_ASSIGN(spec.constant, json::canonical(*constant));
    return spec;
  }
  if (json::find_member(value, "lookup") != nullptr) {
    EMR_TRY(json::refuse_unknown_members(value, {"lookup", "by", "take", "key"}, where));
    spec.kind = Kind::kLookup;
    EMR_ASSIGN(spec.constant, json::get_string(value, "lookup", {}, where));
    EMR_ASSIGN(spec.column, json::get_string(value, "by", {}, where));
    EMR_ASSIGN(spec.take, json::get_string(value, "take", {}, where));
    EMR_ASSIGN(const auto key, json::find_string(value, "key", {}, where));
    spec.lookup_key = key.value_or(spec.column);
    return spec;
  }
  EMR_TRY(read_column_spec(where, value, spec));
  return spec;
}

bool CsvMapCompiler::has(std::string_view pointer) const {
  return std::any_of(map_.specs_.begin(), map_.specs_.end(),
                     [&](const CsvSpec& spec) { return spec.pointer == pointer; });
}

Status CsvMapCompiler::add(CsvSpec spec) {
  std::vector<std::string> keys;
  if (spec.pointer == "/type" || spec.pointer == "/v") {
    keys.push_back(spec.pointer.substr(1));
  } else {
    EMR_ASSIGN(keys, split_pointer(spec.pointer));
  }
  if (spec.kind == Kind::kAttachments) keys = {"attachments"};  // renders the whole array
  CsvMapNode* node = map_.root_.get();
  for (const std::string& key : keys) {
    const CsvMapNode::Kind kind =
        is_index(key) ? CsvMapNode::Kind::kArray : CsvMapNode::Kind::kObject;
    if (node->kind == CsvMapNode::Kind::kValue || (!node->children.empty() && node->kind != kind)) {
      return bad("/fields" + spec.pointer, "two fields claim one place");
    }
    node->kind = kind;
    std::unique_ptr<CsvMapNode>& child = node->children[sortable(key)];
    if (!child) child = std::make_unique<CsvMapNode>();
    node = child.get();
  }
  if (!node->children.empty() || node->kind == CsvMapNode::Kind::kValue) {
    return bad("/fields" + spec.pointer, "two fields claim one place");
  }
  node->kind = CsvMapNode::Kind::kValue;
  node->spec = map_.specs_.size();
  map_.specs_.push_back(std::move(spec));
  return {};
}

Status CsvMapCompiler::add_constant(const std::string& pointer, std::string json_text) {
  if (has(pointer)) return {};
  CsvSpec spec;
  spec.kind = Kind::kConst;
  spec.pointer = pointer;
  spec.constant = std::move(json_text);
  return add(std::move(spec));
}

Status CsvMapCompiler::add_attachment_defaults() {
  std::vector<CsvSpec> paths;
  for (const CsvSpec& spec : map_.specs_) {
    const bool item = spec.pointer.starts_with("/attachments/") &&
                      spec.pointer.ends_with("/path") && spec.kind != Kind::kAttachments;
    if (item) paths.push_back(spec);
  }
  for (const CsvSpec& path : paths) {
    const std::string item = path.pointer.substr(0, path.pointer.size() - 5);
    const std::string index = item.substr(item.rfind('/') + 1);
    EMR_TRY(add_constant(item + "/id", "\"a" + std::to_string(std::stoi(index) + 1) + "\""));
    CsvSpec derived = path;
    for (const auto& [name, kind] : {std::pair{"/mimeType", Kind::kMimeType},
                                     std::pair{"/kind", Kind::kAttachmentKind}}) {
      derived.kind = kind;
      derived.pointer = item + name;
      if (!has(derived.pointer)) EMR_TRY(add(derived));
    }
  }
  return {};
}

Status CsvMapCompiler::add_defaults() {
  EMR_TRY(add_constant("/type", "\"emr.record\""));
  EMR_TRY(add_constant("/v", "1"));
  EMR_TRY(add_constant("/version", "1"));
  EMR_TRY(add_constant("/status", "\"current\""));
  EMR_TRY(add_constant("/confidentiality", "\"N\""));
  EMR_TRY(add_constant("/source/format", "\"csv\""));
  if (!map_.doc_type_.empty()) {
    EMR_TRY(add_constant("/docType/code", json::canonical_checked(Json(map_.doc_type_))));
  }
  EMR_TRY(add_constant("/docType/system", std::string(kDocTypeSystem)));
  if (!has("/recordId")) {
    if (map_.key_.empty() || map_.doc_type_.empty()) {
      return bad("/key", "without a field /recordId, key and docType are needed");
    }
    CsvSpec spec;
    spec.kind = Kind::kRecordId;
    spec.pointer = "/recordId";
    EMR_TRY(add(std::move(spec)));
  }
  for (const CsvSpec& spec : std::vector<CsvSpec>(map_.specs_)) {
    if (spec.pointer != "/visit/start" || has("/recorded")) continue;
    CsvSpec recorded = spec;
    recorded.pointer = "/recorded";
    EMR_TRY(add(std::move(recorded)));
  }
  return add_attachment_defaults();
}

Status CsvMapCompiler::check_required() {
  for (const std::string_view pointer : kRequired) {
    if (!has(pointer)) return bad(std::string(pointer), "emr.record requires this field");
  }
  for (CsvSpec& spec : map_.specs_) {
    spec.required = std::find(kRequired.begin(), kRequired.end(), spec.pointer) != kRequired.end();
  }
  return {};
}

bool CsvMapCompiler::mark(CsvMapNode& node, const std::vector<CsvSpec>& specs) {
  if (node.kind == CsvMapNode::Kind::kValue) {
    node.from_row = specs[node.spec].kind != Kind::kConst;
  }
  for (const auto& [key, child] : node.children) {
    if (mark(*child, specs)) node.from_row = true;
  }
  return node.from_row;
}

Result<CsvMap> CsvMapCompiler::compile(const Json& tree) {
  EMR_TRY(read_head(tree));
  EMR_ASSIGN(const Json* fields, json::get_object(tree, "fields"));
  for (const auto& [pointer, value] : fields->items()) {
    EMR_ASSIGN(CsvSpec spec, read_spec(pointer, value));
    EMR_TRY(add(std::move(spec)));
  }
  EMR_TRY(add_defaults());
  EMR_TRY(check_required());
  mark(*map_.root_, map_.specs_);
  return std::move(map_);
}

Result<CsvMap> CsvMap::parse(std::string_view text) {
  Result<Json> tree = json::parse_object(text);
  if (!tree) return in_config(std::move(tree).error());
  Result<CsvMap> map = CsvMapCompiler().compile(*tree);
  if (!map) return in_config(std::move(map).error());
  return map;
}

std::vector<std::string> CsvMap::columns() const {
  std::set<std::string> names(key_.begin(), key_.end());
  for (const CsvSpec& spec : specs_) {
    if (!spec.column.empty()) names.insert(spec.column);
  }
  return {names.begin(), names.end()};
}

CsvTable CsvMap::patients_table() const {
  return CsvTable("patients", patients_by_, columns(), charset_);
}

std::vector<CsvTable> CsvMap::lookup_tables() const {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> wanted;
  for (const CsvSpec& spec : specs_) {
    if (spec.kind == Kind::kLookup) wanted[{spec.constant, spec.lookup_key}].push_back(spec.take);
  }
  std::vector<CsvTable> tables;
  for (auto& [file, columns] : wanted) {
    tables.emplace_back(file.first, file.second, std::move(columns), charset_);
  }
  return tables;
}

}  // namespace emr::desensitize
