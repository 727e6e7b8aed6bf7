#include "desensitize/formats/dicom_charset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "desensitize/formats/charset.h"

namespace emr::desensitize {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 28> kNames{{
    {"ISO_IR 192", "UTF-8"},        {"GB18030", "GB18030"},
    {"GBK", "GB18030"},             {"ISO_IR 100", "ISO-8859-1"},
    {"ISO_IR 101", "ISO-8859-2"},   {"ISO_IR 109", "ISO-8859-3"},
    {"ISO_IR 110", "ISO-8859-4"},   {"ISO_IR 144", "ISO-8859-5"},
    {"ISO_IR 127", "ISO-8859-6"},   {"ISO_IR 126", "ISO-8859-7"},
    {"ISO_IR 138", "ISO-8859-8"},   {"ISO_IR 148", "ISO-8859-9"},
    {"ISO_IR 203", "ISO-8859-15"},  {"ISO_IR 166", "TIS-620"},
    {"ISO_IR 13", "SHIFT_JIS"},     {"ISO 2022 IR 100", "ISO-8859-1"},
    {"ISO 2022 IR 101", "ISO-8859-2"}, {"ISO 2022 IR 109", "ISO-8859-3"},
    {"ISO 2022 IR 110", "ISO-8859-4"}, {"ISO 2022 IR 144", "ISO-8859-5"},
    {"ISO 2022 IR 126", "ISO-8859-7"}, {"ISO 2022 IR 148", "ISO-8859-9"},
    {"ISO 2022 IR 13", "ISO-2022-JP-2"}, {"ISO 2022 IR 87", "ISO-2022-JP-2"},
    {"ISO 2022 IR 159", "ISO-2022-JP-2"}, {"ISO 2022 IR 149", "EUC-KR"},
    {"ISO 2022 IR 58", "GB18030"},  {"ISO 2022 IR 166", "TIS-620"},
}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\x1b'; });
}

std::string only_ascii(std::string_view text) {
  std::string result;
  for (const char c : text) result.push_back(is_ascii({&c, 1}) ? c : '?');
  return result;
}

/// Without the escapes that switch the upper half to a Chinese or Korean set: ESC $ ) A, ESC $ ) C.
std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("\x1b$)")) {
      at += 3;
    } else if (text[at] == '\x1b') {
      at += 2;
    } else {
      result.push_back(text[at]);
    }
  }
  return result;
}

}  // namespace

void DicomCharset::set(std::string_view value) {
  name_.clear();
  code_extensions_ = value.find("ISO 2022") != value.npos;
  while (!value.empty()) {
    const std::size_t stop = std::min(value.find('\\'), value.size());
    const std::string_view word = trimmed(value.substr(0, stop));
    for (const auto& [written, name] : kNames) {
      if (written == word) name_ = std::string(name);  // the last one is the extension
    }
    value.remove_prefix(std::min(stop + 1, value.size()));
  }
}

bool DicomCharset::decode(std::string_view value, std::string& text) const {
  if (is_ascii(value)) {
    text.assign(value);
    return true;
  }
  const bool keeps_escapes = name_ == "ISO-2022-JP-2";
  const std::string bytes =
      code_extensions_ && !keeps_escapes ? without_escapes(value) : std::string(value);
  if (name_.empty() && is_valid_utf8(bytes)) {
    text = bytes;
    return true;
  }
  const Result<std::string> decoded = recode(bytes, "UTF-8", name_.empty() ? "GB18030" : name_);
  text = decoded ? *decoded : only_ascii(value);
  return decoded.ok();
}

std::string DicomCharset::encode(std::string_view text) const {
  if (is_ascii(text)) return std::string(text);
  if (code_extensions_ || name_.empty()) return only_ascii(text);
  const Result<std::string> encoded = recode(text, name_, "UTF-8");
  return encoded ? *encoded : only_ascii(text);
}

}  // namespace emr::desensitize
