#include "desensitize/formats/fhir_query.h"

#include <algorithm>

#include "base/hex.h"
#include "desensitize/formats/fhir.h"

namespace emr::desensitize {
namespace {

constexpr Field member(std::string_view path, std::string_view key, std::string_view type) {
  Field field;
  field.path = path;
  field.key = key;
  field.fhir_type = type;
  field.kind = ValueKind::kString;
  return field;
}
constexpr Field kNumber = member("identifier.value", "value", "Identifier.value");
constexpr Field kSystem = member("identifier.system", "system", "string");
constexpr Field kId = member("id", "id", "id");

/// Names of parameters are words with modifiers ("identifier:of-type", "_id"); anything else could
/// be a value.
bool is_parameter_name(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto is_word_byte = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == ':' ||
           c == '.';
  };
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), is_word_byte);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Collects the pieces; what stays waits for the next one.
class Pieces {
 public:
  void stay(std::string_view text) { before_.append(text); }
  void treat(std::string text, const Field* field) {
    if (text.empty()) return;
    pieces_.push_back({std::move(before_), std::move(text), field});
    before_.clear();
  }
  std::vector<FhirQueryPiece> take() {
    if (!before_.empty()) pieces_.push_back({std::move(before_), {}, nullptr});
    return std::move(pieces_);
  }

 private:
  std::string before_;
  std::vector<FhirQueryPiece> pieces_;
};

/// One of the values between commas: "urn:oid:1.2|12", "Patient/12", "12".
void add_value(std::string_view name, std::string_view written, Pieces& pieces) {
  const std::string value = percent_decoded(written);
  if (name.starts_with("identifier") || name.ends_with(".identifier")) {
    const std::size_t bar = value.rfind('|');
    if (bar != value.npos) {
      pieces.treat(value.substr(0, bar), &kSystem);
      pieces.stay("|");
    }
    pieces.treat(value.substr(bar + 1), &kNumber);  // npos + 1 is 0
    return;
  }
  if (name == "_id") {
    pieces.treat(value, &kId);
    return;
  }
  const FhirReference cut = split_fhir_reference(value);
  const bool reference = !cut.id.empty() && cut.before.ends_with('/');
  pieces.stay(reference ? percent_encoded(cut.before) : std::string());
  pieces.treat(reference ? std::string(cut.id) : value, nullptr);
}

void add_parameter(std::string_view parameter, Pieces& pieces) {
  const std::size_t sign = parameter.find('=');
  const std::string_view name = parameter.substr(0, sign);
  if (sign == parameter.npos || !is_parameter_name(name)) {
    pieces.treat(percent_decoded(parameter), nullptr);
    return;
  }
  pieces.stay(parameter.substr(0, sign + 1));
  for (std::size_t at = sign + 1; at <= parameter.size();) {
    const std::size_t stop = std::min(parameter.find(',', at), parameter.size());
    add_value(name, parameter.substr(at, stop - at), pieces);
    pieces.stay(stop < parameter.size() ? "," : "");
    at = stop + 1;
  }
}

/// What stands before the query: "Patient?", but "Patient/12?" has an id as well.
void add_path(std::string_view path, Pieces& pieces) {
  const FhirReference cut = split_fhir_reference(path);
  const bool type = cut.id.empty() || is_fhir_type_name(cut.id);
  pieces.stay(type ? path : cut.before);
  if (!type) {
    pieces.treat(std::string(cut.id), nullptr);
    pieces.stay(cut.after);
  }
}

}  // namespace

std::vector<FhirQueryPiece> split_fhir_query(std::string_view text) {
  const std::size_t mark = text.find('?');
  if (mark == text.npos && (text.find('=') == text.npos || text.starts_with("urn:"))) return {};
  Pieces pieces;
  if (mark != text.npos) {
    add_path(text.substr(0, mark), pieces);
    pieces.stay("?");
  }
  for (std::size_t at = mark + 1; at <= text.size();) {  // npos + 1 is 0
    const std::size_t stop = std::min(text.find('&', at), text.size());
    add_parameter(text.substr(at, stop - at), pieces);
    pieces.stay(stop < text.size() ? "&" : "");
    at = stop + 1;
  }
  return pieces.take();
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "-._~:/@!$'()*;=";  // and no '&', '|' or ',' of a value
  std::string result;
  for (const char c : text) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (word || kPlain.find(c) != kPlain.npos) {
      result.push_back(c);
    } else {
      result.append("%").append(to_hex(ByteView(reinterpret_cast<const std::uint8_t*>(&c), 1)));
    }
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      result.push_back(text[i]);
    } else {
      result.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return result;
}

}  // namespace emr::desensitize
