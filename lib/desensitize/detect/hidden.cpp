#include "desensitize/detect/hidden.h"

#include <array>
#include <charconv>

#include "base/utf8.h"

namespace emr::desensitize {
namespace {

constexpr std::size_t kLongestReference = 10;  // "&#x10FFFF;"

struct Reference {
  std::size_t size = 0;  ///< bytes from '&' to ';'; 0: none
  char32_t character = 0;
};

/// "#24352", "#x5F20".
char32_t numbered(std::string_view name) {
  name.remove_prefix(1);
  const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, hexadecimal ? 16 : 10);
  const bool character = error == std::errc{} && stop == name.data() + name.size() &&
                         code >= ' ' && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return character ? code : 0;
}

char32_t named(std::string_view name) {
  struct Named {
    std::string_view name;
    char32_t character;
  };
  static constexpr std::array<Named, 9> kNamed = {{{"nbsp", 0xA0},
                                                   {"amp", U'&'},
                                                   {"lt", U'<'},
                                                   {"gt", U'>'},
                                                   {"quot", U'"'},
                                                   {"apos", U'\''},
                                                   {"middot", 0xB7},
                                                   {"ensp", U' '},
                                                   {"emsp", 0x3000}}};
  for (const Named& one : kNamed) {
    if (one.name == name) return one.character;
  }
  return 0;
}

/// The character reference that `bytes` begin with.
Reference reference(std::string_view bytes) {
  const std::size_t stop = bytes.substr(0, kLongestReference).find(';');
  if (stop == bytes.npos || stop < 3) return {};
  const std::string_view name = bytes.substr(1, stop - 1);
  const char32_t character = name.starts_with('#') ? numbered(name) : named(name);
  return {character == 0 ? 0 : stop + 1, character};
}

}  // namespace

std::optional<VisibleText> visible(std::string_view bytes) {
  VisibleText seen;
  seen.text.reserve(bytes.size());
  const auto put = [&seen](std::size_t at, std::string_view character) {
    seen.text.append(character);
    seen.origin.resize(seen.text.size(), static_cast<std::uint32_t>(at));
  };
  bool same = true;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(bytes, at);
    const Reference written = c == U'&' ? reference(bytes.substr(start)) : Reference{};
    same = same && written.size == 0 && !is_invisible(c);
    if (written.size != 0) {
      std::string character;
      append_utf8(character, written.character);
      at = start + written.size;
      if (!is_invisible(written.character)) put(start, character);
    } else if (!is_invisible(c)) {
      put(start, bytes.substr(start, at - start));
    }
  }
  if (same) return std::nullopt;
  seen.origin.push_back(static_cast<std::uint32_t>(bytes.size()));
  return seen;
}

}  // namespace emr::desensitize
