#include "desensitize/formats/hl7_syntax.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "desensitize/formats/charset.h"

namespace emr::desensitize {
namespace {

bool is_delimiter_character(char c) noexcept {
  const unsigned char byte = static_cast<unsigned char>(c);
  const unsigned char folded = byte | 0x20U;
  return byte > ' ' && byte < 0x7f && !(byte >= '0' && byte <= '9') &&
         !(folded >= 'a' && folded <= 'z');
}

/// The bytes of \X0D0A\ as UTF-8; nothing for what is no hex or not in the character set.
void append_hex(std::string_view digits, const std::string& charset, std::string& out) {
  const Result<Bytes> bytes = from_hex(digits);
  if (!bytes) return;
  const Result<std::string> text = recode(as_text(*bytes), "UTF-8", charset);
  if (text) out.append(*text);
}

/// One escape sequence without its escape characters.
void append_sequence(std::string_view body, const Hl7Delimiters& delimiters,
                     const std::string& charset, std::string& out) {
  if (body == "F") {
    out.push_back(delimiters.field);
  } else if (body == "S") {
    out.push_back(delimiters.component);
  } else if (body == "T") {
    out.push_back(delimiters.subcomponent);
  } else if (body == "R") {
    out.push_back(delimiters.repetition);
  } else if (body == "E") {
    out.push_back(delimiters.escape);
  } else if (body.starts_with('X')) {
    append_hex(body.substr(1), charset, out);
  } else if (body.starts_with('.')) {
    out.push_back('\n');  // \.br\ and its relatives: \.sp\, \.in\, \.ce\ …
  }
  // \H\, \N\ (highlighting) and \C..\, \M..\ (character set switches) carry no text of their own.
}

bool is_sequence(std::string_view body) noexcept {
  constexpr std::string_view kSingle = "FSTREHN";
  if (body.size() == 1) return kSingle.find(body.front()) != kSingle.npos;
  return !body.empty() && std::string_view("XCM.Z").find(body.front()) != std::string_view::npos;
}

}  // namespace

bool is_hl7_header(std::string_view segment) noexcept {
  return segment.starts_with("MSH") || segment.starts_with("FHS") || segment.starts_with("BHS");
}

bool starts_hl7_unit(std::string_view text) noexcept {
  return is_hl7_header(text) || text.starts_with("BTS") || text.starts_with("FTS");
}

bool is_hl7_segment_name(std::string_view name) noexcept {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return name.size() == 3 && capital(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
           return capital(c) || (c >= '0' && c <= '9');
         });
}

Result<Hl7Delimiters> read_hl7_delimiters(std::string_view header) {
  const Error bad = fail(Code::kData, "header segment does not declare usable delimiters")
                        .with_pointer(std::string(header.substr(0, 3)) + "-2")
                        .with_reason("hl7_delimiters");
  if (header.size() < 6 || !is_delimiter_character(header[3])) return bad;
  Hl7Delimiters found;
  found.field = header[3];
  const std::size_t stop = std::min(header.find(found.field, 4), header.size());
  const std::string_view list = header.substr(4, stop - 4);
  if (list.size() < 2 || list.size() > 5) return bad;
  const std::array<char*, 4> targets{&found.component, &found.repetition, &found.escape,
                                     &found.subcomponent};
  for (std::size_t at = 0; at < targets.size(); ++at) {
    *targets[at] = at < list.size() ? list[at] : '\0';
  }
  std::string all(list);
  all.push_back(found.field);
  for (const char c : all) {
    if (!is_delimiter_character(c) || std::count(all.begin(), all.end(), c) > 1) return bad;
  }
  return found;
}

bool declares_hl7_delimiters(std::string_view header) {
  constexpr std::size_t kLongest = 8;
  if (read_hl7_delimiters(header).ok()) return true;
  if (header.size() < 6 || !is_delimiter_character(header[3])) return false;
  const std::size_t stop = header.find(header[3], 4);
  return stop > 4 && stop <= 4 + kLongest && is_delimiter_character(header[4]);
}

std::string_view hl7_header_field(std::string_view header, std::size_t number) {
  if (header.size() < 4) return {};
  const char separator = header[3];
  std::size_t at = 4;  // MSH-2 starts here
  for (std::size_t field = 2; field < number; ++field) {
    at = header.find(separator, at);
    if (at == header.npos) return {};
    ++at;
  }
  return header.substr(at, std::min(header.find(separator, at), header.size()) - at);
}

void hl7_unescape(std::string_view raw, const Hl7Delimiters& delimiters, const std::string& charset,
                  std::string& out) {
  out.clear();
  while (!raw.empty()) {
    const std::size_t open = delimiters.escape == 0 ? raw.npos : raw.find(delimiters.escape);
    out.append(raw.substr(0, open));
    if (open == raw.npos) return;
    raw.remove_prefix(open + 1);
    const std::size_t close = raw.find(delimiters.escape);
    if (close == raw.npos || !is_sequence(raw.substr(0, close))) {
      out.push_back(delimiters.escape);
      continue;
    }
    append_sequence(raw.substr(0, close), delimiters, charset, out);
    raw.remove_prefix(close + 1);
  }
}

void hl7_escape(std::string_view text, const Hl7Delimiters& delimiters, std::string& out) {
  const auto sequence = [&](std::string_view body) {
    if (delimiters.escape == 0) {
      out.push_back(' ');
      return;
    }
    out.push_back(delimiters.escape);
    out.append(body);
    out.push_back(delimiters.escape);
  };
  for (const char c : text) {
    if (c == delimiters.field) {
      sequence("F");
    } else if (c == delimiters.component) {
      sequence("S");
    } else if (c == delimiters.repetition) {
      sequence("R");
    } else if (c == '\n') {
      sequence(".br");
    } else if (c == '\r' || c == '\0') {
      continue;
    } else if (delimiters.subcomponent != 0 && c == delimiters.subcomponent) {
      sequence("T");
    } else if (delimiters.escape != 0 && c == delimiters.escape) {
      sequence("E");
    } else {
      out.push_back(c);
    }
  }
}

}  // namespace emr::desensitize
