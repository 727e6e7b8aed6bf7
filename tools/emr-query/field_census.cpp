#include "field_census.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "json/json.h"

namespace emr::query {

namespace {

using json::Json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_code(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == ':' || c == '-';
}
bool is_base64(char c) {
  return is_digit(c) || is_letter(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
}

bool all(std::string_view text, bool (*is)(char)) {
  return std::all_of(text.begin(), text.end(), is);
}

/// "0000-00-00" and its beginnings: digits where the picture has digits.
bool is_like(std::string_view text, std::string_view picture) {
  if (text.size() != picture.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (picture[i] == '0' ? !is_digit(text[i]) : text[i] != picture[i]) return false;
  }
  return true;
}

/// Long and without a space: nothing that a person wrote.
constexpr std::size_t kCipherBytesMin = 32;
constexpr std::size_t kCodeBytesMax = 64;

std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

}  // namespace

std::string_view shape_of(std::string_view text) {
  if (text.empty()) return "empty";
  if (text.size() == 64 && all(text, is_hex)) return "hash";
  if (text.size() == 42 && text.starts_with("0x") && all(text.substr(2), is_hex)) return "address";
  if (is_like(text, "0000-00")) return "month";
  if (is_like(text, "0000-00-00")) return "date";
  if (parse_utc(text)) return "time";
  if (all(text, is_digit)) return "digits";
  if (text.starts_with("0x") && all(text.substr(2), is_hex)) return "hex";
  if (text.size() >= 16 && all(text, is_hex)) return "hex";
  if (all(text, is_letter) && text.size() < kCipherBytesMin) return "word";
  if (text.size() <= kCodeBytesMax && all(text, is_code)) return "code";
  if (text.size() >= kCipherBytesMin && all(text, is_base64)) return "base64";
  return "text";
}

/// The fixed parts of our keys are words; everything else in them varies.
std::string key_pattern(std::string_view key) {
  std::string pattern;
  for (std::size_t at = 0; at <= key.size();) {
    const std::size_t end = std::min(key.find('/', at), key.size());
    const std::string_view part = key.substr(at, end - at);
    const bool is_first = pattern.empty();
    const std::string_view shape = shape_of(part);
    if (!is_first) pattern += '/';
    if (is_first || shape == "word") pattern += part;
    else pattern.append("<").append(shape).append(">");
    at = end + 1;
  }
  return pattern;
}

Status FieldCensus::add(std::string_view where, const Json& tree) {
  return visit({std::string(where), ""}, tree);
}

Status FieldCensus::visit(const Place& at, const Json& value) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      // A name that varies is data: identifiers as names become one path.
      const bool is_name = shape_of(name) != "hash" && shape_of(name) != "address";
      const std::string step = is_name ? escaped(name) : "<" + std::string(shape_of(name)) + ">";
      EMR_TRY(visit({at.first, at.second + "/" + step}, member));
    }
    return {};
  }
  if (value.is_array()) {
    for (const Json& item : value) EMR_TRY(visit({at.first, at.second + "/*"}, item));
    return {};
  }
  if (fields_.size() >= kPathsMax && !fields_.contains(at)) {
    return fail(Code::kData, "there are too many different fields").with_reason("too_many_paths");
  }
  FieldCount& field = fields_[at];
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  const std::string_view shape = value.is_string()            ? shape_of(text)
                                 : value.is_number()          ? "number"
                                 : value.is_boolean()         ? "boolean"
                                                              : "null";
  ++field.count;
  field.bytes_max = std::max(field.bytes_max, text.size());
  field.shapes.emplace(shape);
  if (field.distinct.size() < FieldCount::kDistinctMax) {
    field.distinct.insert(std::hash<std::string>{}(text));
  }
  return {};
}

std::string FieldCensus::line(const Place& at, const FieldCount& field) {
  return json::canonical_checked(
      {{"type", "emr.field"},
       {"v", 1},
       {"where", at.first},
       {"path", at.second},
       {"count", field.count},
       {"distinct", field.distinct.size()},
       {"distinctIsMinimum", field.distinct.size() == FieldCount::kDistinctMax},
       {"bytesMax", field.bytes_max},
       {"shapes", Json(field.shapes)}});
}

}  // namespace emr::query
