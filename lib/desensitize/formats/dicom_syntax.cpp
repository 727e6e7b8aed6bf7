#include "desensitize/formats/dicom_syntax.h"

#include <algorithm>
#include <array>

#include "desensitize/formats/dicom_profile.h"

namespace emr::desensitize {
namespace {

constexpr std::array<std::string_view, 13> kLong{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                 "SV", "UC", "UN", "UR", "UT", "UV"};
constexpr std::array<std::string_view, 17> kText{"AE", "AS", "CS", "DA", "DS", "DT",
                                                 "IS", "LO", "LT", "PN", "SH", "ST",
                                                 "TM", "UC", "UI", "UR", "UT"};
constexpr std::array<std::string_view, 7> kBinary{"AT", "FD", "FL", "SL", "SS", "UL", "US"};
constexpr std::array<std::string_view, 4> kSingle{"LT", "ST", "UR", "UT"};
constexpr std::array<std::string_view, 7> kCharset{"LO", "LT", "PN", "SH", "ST", "UC", "UT"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Error bad(std::uint32_t tag, std::string message, std::string reason) {
  return fail(Code::kData, std::move(message))
      .with_pointer(dicom_tag_text(tag))
      .with_reason(std::move(reason));
}

void set_vr(DicomElement& element, std::string_view vr) noexcept {
  if (vr.size() != 2) vr = "UN";
  element.vr[0] = vr[0];
  element.vr[1] = vr[1];
}

struct TextVr {
  std::string_view vr;
  std::size_t max;               ///< characters
  std::string_view characters;   ///< "" = any but control characters
  std::string_view dummy;
};
constexpr std::array<TextVr, 17> kRules{{
    {"AE", 16, "", "ANONYMIZED"},
    {"AS", 4, "0123456789DWMY", "000Y"},
    {"CS", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _", "ANONYMIZED"},
    {"DA", 8, "0123456789", "19000101"},
    {"DS", 16, "0123456789+-eE. ", "0"},
    {"DT", 26, "0123456789.+-", "19000101000000"},
    {"IS", 12, "0123456789+- ", "0"},
    {"LO", 64, "", "ANONYMIZED"},
    {"LT", 10240, "", "ANONYMIZED"},
    {"PN", 64, "", "ANONYMIZED"},
    {"SH", 16, "", "ANONYMIZED"},
    {"ST", 1024, "", "ANONYMIZED"},
    {"TM", 14, "0123456789.", "000000"},
    {"UC", SIZE_MAX, "", "ANONYMIZED"},
    {"UI", 64, "0123456789.", "2.25.0"},
    {"UR", SIZE_MAX, "", "ANONYMIZED"},
    {"UT", SIZE_MAX, "", "ANONYMIZED"},
}};

/// The first `max` characters of UTF-8 text.
std::string_view first_characters(std::string_view text, std::size_t max) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts && ++count > max) return text.substr(0, at);
  }
  return text;
}

}  // namespace

DicomSyntax dicom_syntax(std::string_view uid) noexcept {
  while (!uid.empty() && (uid.back() == '\0' || uid.back() == ' ')) uid.remove_suffix(1);
  if (uid == "1.2.840.10008.1.2") return {.explicit_vr = false};
  if (uid == "1.2.840.10008.1.2.2") return {.big_endian = true};
  if (uid == "1.2.840.10008.1.2.1.99") return {.deflated = true};
  return {};
}

bool is_long_vr(std::string_view vr) noexcept { return contains(kLong, vr); }
bool is_vr(std::string_view vr) noexcept {
  return contains(kLong, vr) || contains(kText, vr) || contains(kBinary, vr);
}
bool is_text_vr(std::string_view vr) noexcept { return contains(kText, vr); }
bool has_charset(std::string_view vr) noexcept { return contains(kCharset, vr); }
bool is_multi_valued_vr(std::string_view vr) noexcept {
  return is_text_vr(vr) && !contains(kSingle, vr);
}

bool DicomElement::is_sequence() const noexcept {
  return vr_text() == "SQ" || (vr_text() == "UN" && (length == kUndefinedLength || unnamed_items));
}

std::uint16_t DicomReader::u16(std::size_t at) const noexcept {
  const unsigned first = bytes_[at];
  const unsigned second = bytes_[at + 1];
  return static_cast<std::uint16_t>(syntax_.big_endian ? first << 8 | second
                                                       : second << 8 | first);
}

std::uint32_t DicomReader::u32(std::size_t at) const noexcept {
  const std::uint32_t first = u16(at);
  const std::uint32_t second = u16(at + 2);
  return syntax_.big_endian ? first << 16 | second : second << 16 | first;
}

Result<DicomElement> DicomReader::header(std::size_t stop) {
  DicomElement element;
  element.start = at_;
  if (stop - at_ < 8) return bad(0, "file stops inside an element", "dicom_truncated");
  element.tag = std::uint32_t{u16(at_)} << 16 | u16(at_ + 2);
  const bool delimiter = element.tag >> 16 == 0xFFFE;
  element.value = at_ + 8;
  if (delimiter || !syntax_.explicit_vr) {
    set_vr(element, delimiter ? std::string_view("UN") : dicom_vr(element.tag));
    element.length = u32(at_ + 4);
  } else {
    const std::string_view vr = text(at_ + 4, 2);
    if (!std::all_of(vr.begin(), vr.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return bad(element.tag, "element has no value representation", "dicom_vr");
    }
    set_vr(element, vr);
    if (is_long_vr(vr)) {
      if (stop - at_ < 12) {
        return bad(element.tag, "file stops inside an element", "dicom_truncated");
      }
      element.length = u32(at_ + 8);
      element.value = at_ + 12;
    } else {
      element.length = u16(at_ + 6);
    }
  }
  if (element.length != kUndefinedLength && element.length > stop - element.value) {
    return bad(element.tag, "length reaches beyond the end of what contains it", "dicom_length");
  }
  at_ = element.value;
  if (syntax_.explicit_vr && !delimiter && element.vr_text() == "UN") name_unknown(element);
  return element;
}

/// Who does not know an element passes it on as UN, and nobody would look into its text or its
/// items: the dictionary says what it is. (Sequences of this kind hold implicit items.)
void DicomReader::name_unknown(DicomElement& element) const {
  constexpr std::string_view kItem("\xfe\xff\x00\xe0", 4);
  if (element.length == kUndefinedLength) return;
  const std::string_view vr = dicom_vr(element.tag);
  if (is_text_vr(vr)) set_vr(element, vr);
  element.unnamed_items = vr == "SQ" && element.length >= 8 && text(element.value, 4) == kItem;
}

DicomSyntax DicomReader::syntax_of_unnamed(const DicomElement& sequence) const {
  const std::size_t vr = sequence.value + 12;  // behind the header of an item and a tag
  return {.explicit_vr = vr + 2 <= size() && is_vr(text(vr, 2))};
}

void append_u16(std::string& out, std::uint16_t value, bool big_endian) {
  const char low = static_cast<char>(value & 0xFF);
  const char high = static_cast<char>(value >> 8);
  out.push_back(big_endian ? high : low);
  out.push_back(big_endian ? low : high);
}

void append_u32(std::string& out, std::uint32_t value, bool big_endian) {
  const auto low = static_cast<std::uint16_t>(value & 0xFFFF);
  const auto high = static_cast<std::uint16_t>(value >> 16);
  append_u16(out, big_endian ? high : low, big_endian);
  append_u16(out, big_endian ? low : high, big_endian);
}

void put_u32(std::string& out, std::size_t at, std::uint32_t value, bool big_endian) {
  std::string bytes;
  append_u32(bytes, value, big_endian);
  out.replace(at, bytes.size(), bytes);
}

std::size_t append_header(std::string& out, std::uint32_t tag, std::string_view vr,
                          std::uint32_t length, const DicomSyntax& syntax) {
  append_u16(out, static_cast<std::uint16_t>(tag >> 16), syntax.big_endian);
  append_u16(out, static_cast<std::uint16_t>(tag & 0xFFFF), syntax.big_endian);
  if (!syntax.explicit_vr || tag >> 16 == 0xFFFE) {
    append_u32(out, length, syntax.big_endian);
    return out.size() - 4;
  }
  out.append(vr);
  if (!is_long_vr(vr)) {
    append_u16(out, static_cast<std::uint16_t>(length), syntax.big_endian);
    return out.size() - 2;
  }
  append_u16(out, 0, syntax.big_endian);
  append_u32(out, length, syntax.big_endian);
  return out.size() - 4;
}

void append_element(std::string& out, std::uint32_t tag, std::string_view vr,
                    std::string_view value, const DicomSyntax& syntax) {
  const std::size_t odd = value.size() % 2;
  // PS3.5, 6.2.2: what is too long for its representation is passed on as UN.
  const bool fits = is_long_vr(vr) || !syntax.explicit_vr || value.size() <= 0xFFFE;
  append_header(out, tag, fits ? vr : "UN", static_cast<std::uint32_t>(value.size() + odd), syntax);
  out.append(value);
  if (odd != 0) out.push_back(is_text_vr(vr) && vr != "UI" ? ' ' : '\0');
}

std::string fit_to_vr(std::string_view vr, std::string_view text) {
  for (const TextVr& rule : kRules) {
    if (rule.vr != vr) continue;
    std::string upper;
    if (vr == "CS") {
      for (const char c : text) {
        const char capital = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        if (rule.characters.find(capital) != rule.characters.npos) upper.push_back(capital);
      }
      text = upper.empty() ? rule.dummy : upper;
    }
    if (!rule.characters.empty() && text.find_first_not_of(rule.characters) != text.npos) {
      return std::string(rule.dummy);
    }
    const bool date = vr == "DA" && text.size() != 8;
    const bool number = (vr == "DS" || vr == "IS" || vr == "UI") && text.size() > rule.max;
    if (date || number) return std::string(rule.dummy);
    return std::string(first_characters(text, rule.max));
  }
  return std::string(text);
}

std::string binary_dummy(std::size_t size) { return std::string(size, '\0'); }

}  // namespace emr::desensitize
