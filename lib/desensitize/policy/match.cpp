#include "desensitize/policy/match.h"

#include <algorithm>

namespace emr::desensitize {
namespace {

template <class List, class Test>
bool any(const List& list, Test test) {
  return list.empty() || std::any_of(list.begin(), list.end(), test);
}

bool tag_matches(const Match::Tag& tag, std::uint32_t value) {
  if (tag.odd_group) {
    return (value >> 16) % 2 == 1;
  }
  return (value & tag.mask) == tag.value;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

}  // namespace

std::string normal_key(std::string_view key) {
  std::string normal;
  for (const char c : key) {
    if (c != '_' && c != '-' && c != ' ') {
      normal.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    }
  }
  return normal;
}

std::string normal_path(std::string_view path) {
  std::string normal;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path.substr(i).starts_with("[]")) {
      ++i;
    } else {
      normal.push_back(path[i]);
    }
  }
  return normal_key(normal);
}

bool path_covers(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) {
    return true;  // the pattern is used up: what is left of the path lies below it
  }
  const std::size_t pattern_stop = std::min(pattern.find('.'), pattern.size());
  const std::string_view head = pattern.substr(0, pattern_stop);
  const std::string_view rest = pattern.substr(std::min(pattern_stop + 1, pattern.size()));
  if (head == "**") {
    for (std::size_t at = 0; at <= path.size();) {
      if (!rest.empty() && path_covers(rest, path.substr(at))) {
        return true;
      }
      const std::size_t dot = path.find('.', at);
      if (dot == std::string_view::npos) {
        return rest.empty();
      }
      at = dot + 1;
    }
    return rest.empty();
  }
  if (path.empty()) {
    return false;
  }
  const std::size_t path_stop = std::min(path.find('.'), path.size());
  return (head == "*" || glob_matches(head, path.substr(0, path_stop))) &&
         path_covers(rest, path.substr(std::min(path_stop + 1, path.size())));
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  const bool front = pattern.starts_with('*');
  const bool back = pattern.size() > 1 && pattern.ends_with('*');
  const std::string_view core =
      pattern.substr(front ? 1 : 0, pattern.size() - (front ? 1 : 0) - (back ? 1 : 0));
  if (front && back) {
    return text.find(core) != std::string_view::npos;
  }
  return front ? text.ends_with(core) : back ? text.starts_with(core) : text == core;
}

bool hl7_covers(std::string_view pattern, std::string_view field) {
  if (pattern.ends_with('*')) {
    return field.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return field.starts_with(pattern) &&
         (field.size() == pattern.size() || field[pattern.size()] == '.' ||
          field[pattern.size()] == '-');
}

Result<Match::Tag> parse_tag(std::string_view text) {
  Match::Tag tag;
  if (text == "private") {
    tag.odd_group = true;
    return tag;
  }
  std::size_t digits = 0;
  tag.mask = 0;
  for (const char c : text) {
    if (c == '(' || c == ')' || c == ',') {
      continue;
    }
    const bool wild = c == 'x' || c == 'X';
    const int digit = wild ? 0 : hex_digit(c);
    if (digit < 0 || ++digits > 8) {
      return fail(Code::kConfig, "a DICOM tag must look like (0010,0010) or 50xx,xxxx");
    }
    tag.value = tag.value << 4 | static_cast<std::uint32_t>(digit);
    tag.mask = tag.mask << 4 | (wild ? 0U : 0xFU);
  }
  if (digits != 8) {
    return fail(Code::kConfig, "a DICOM tag must have eight hex digits");
  }
  return tag;
}

bool Match::accepts(const Field& field) const {
  const std::string path = paths.empty() ? std::string() : normal_path(field.path);
  const std::string key = keys.empty() ? std::string() : normal_key(field.key);
  return any(paths, [&](const std::string& p) { return path_covers(p, path); }) &&
         any(keys, [&](const std::string& k) { return !key.empty() && glob_matches(k, key); }) &&
         any(codes, [&](const std::string& c) { return glob_matches(c, field.code); }) &&
         any(fhir_types, [&](const std::string& t) { return t == field.fhir_type; }) &&
         any(hl7, [&](const std::string& h) {
           return !field.hl7.empty() && hl7_covers(h, field.hl7);
         }) &&
         any(tags, [&](const Tag& t) {
           return !field.vr.empty() && tag_matches(t, field.dicom_tag);
         }) &&
         any(vrs, [&](const std::string& v) { return v == field.vr; }) &&
         any(kinds, [&](ValueKind k) { return k == field.kind; });
}

}  // namespace emr::desensitize
