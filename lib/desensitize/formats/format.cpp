#include "desensitize/formats/format.h"

#include <algorithm>
#include <array>
#include <utility>

namespace emr::desensitize {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 8> kNames{{
    {Format::kJson, "json"},
    {Format::kRecord, "record"},
    {Format::kFhir, "fhir"},
    {Format::kCsv, "csv"},
    {Format::kHl7, "hl7"},
    {Format::kCda, "cda"},
    {Format::kDicom, "dicom"},
    {Format::kText, "text"},
}};

constexpr std::size_t kPreamble = 128;

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// A file without preamble starts with an element of group 0002 or 0008: the group in either byte
/// order, then a value representation of two capitals or a small implicit length.
bool looks_like_bare_dicom(std::string_view head) {
  if (head.size() < 8) return false;
  const unsigned first = byte_at(head, 0);
  const unsigned second = byte_at(head, 1);
  const bool little = (first == 2 || first == 8) && second == 0;
  const bool big = first == 0 && (second == 2 || second == 8);
  if (!little && !big) return false;
  const auto capital = [&](std::size_t at) { return head[at] >= 'A' && head[at] <= 'Z'; };
  return (capital(4) && capital(5)) || (byte_at(head, 6) == 0 && byte_at(head, 7) == 0);
}

bool is_dicom(std::string_view head) {
  if (head.size() >= kPreamble + 4 && head.substr(kPreamble, 4) == "DICM") return true;
  return looks_like_bare_dicom(head);
}

/// A segment name and a delimiter that is no letter, digit or blank.
bool is_hl7(std::string_view head) {
  if (!head.empty() && head.front() == '\x0b') head.remove_prefix(1);
  if (head.size() < 5) return false;
  const std::string_view name = head.substr(0, 3);
  if (name != "MSH" && name != "FHS" && name != "BHS") return false;
  const unsigned char c = static_cast<unsigned char>(head[3]);
  return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

Format json_kind(std::string_view head) {
  if (head.find("\"resourceType\"") != head.npos) return Format::kFhir;
  if (head.find("\"emr.record\"") != head.npos) return Format::kRecord;
  return Format::kJson;
}

/// Counts `delimiter` in the first line outside quotes, and says where the line stops.
std::size_t count_in_line(std::string_view text, char delimiter, std::size_t& stop) {
  std::size_t count = 0;
  bool quoted = false;
  for (stop = 0; stop < text.size(); ++stop) {
    const char c = text[stop];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    if (c == delimiter) ++count;
  }
  return count;
}

/// A table: the first line has delimiters, and the second (if there is one) has as many.
bool is_table(std::string_view head) {
  for (const char delimiter : {',', '\t', ';'}) {
    std::size_t stop = 0;
    const std::size_t columns = count_in_line(head, delimiter, stop);
    if (columns == 0) continue;
    std::string_view rest = head.substr(stop);
    while (!rest.empty() && (rest.front() == '\r' || rest.front() == '\n')) rest.remove_prefix(1);
    if (rest.empty()) return columns >= 2 && stop < head.size();
    const std::size_t second = count_in_line(rest, delimiter, stop);
    if (second == columns || (stop == rest.size() && second < columns)) return true;
  }
  return false;
}

}  // namespace

Format sniff(std::string_view head) {
  if (is_dicom(head)) return Format::kDicom;
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const std::size_t start = head.find_first_not_of(" \t\r\n");
  const std::string_view body = start == head.npos ? std::string_view() : head.substr(start);
  if (is_hl7(body)) return Format::kHl7;
  if (body.starts_with('{') || body.starts_with('[')) return json_kind(body);
  if (body.starts_with("<?xml") || body.find("<ClinicalDocument") == 0 ||
      (body.starts_with('<') && body.find("urn:hl7-org:v3") != body.npos)) {
    return Format::kCda;
  }
  return is_table(body) ? Format::kCsv : Format::kText;
}

std::string_view format_name(Format format) noexcept {
  for (const auto& [value, name] : kNames) {
    if (value == format) return name;
  }
  return "text";
}

std::optional<Format> format_from_name(std::string_view name) noexcept {
  for (const auto& [value, text] : kNames) {
    if (text == name) return value;
  }
  if (name == "ndjson" || name == "jsonl") return Format::kJson;
  if (name == "tsv") return Format::kCsv;
  if (name == "hl7v2") return Format::kHl7;
  if (name == "xml") return Format::kCda;
  return std::nullopt;
}

}  // namespace emr::desensitize
