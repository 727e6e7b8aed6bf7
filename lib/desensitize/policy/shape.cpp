#include "desensitize/policy/shape.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"
#include "desensitize/clean_words.h"
#include "desensitize/dates.h"
#include "desensitize/formats/charset.h"
#include "desensitize/techniques/generalise.h"

namespace emr::desensitize {
namespace {

/// Longer runs of digits are numbers of somebody.
constexpr std::size_t kMaxDigits = 8;

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_one_of(std::string_view signs, char c) { return signs.find(c) != signs.npos; }

template <class Test>
bool all(std::string_view text, std::size_t max, Test test) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), test);
}

bool has_few_digits(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_digit)) <= kMaxDigits;
}

bool is_word(std::string_view text) {
  return has_few_digits(text) && all(text, 40, [](char c) {
           return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
         });
}

bool is_code(std::string_view text) {
  return all(text, 64, [](char c) { return c > ' ' && c <= '~' && c != '@'; });
}

/// Also "namespace file.xsd", as schemaLocation has them.
bool is_uri(std::string_view text) {
  if (const std::size_t blank = text.rfind(' '); blank != text.npos && text.ends_with(".xsd")) {
    return is_code(text.substr(blank + 1)) && is_uri(text.substr(0, blank));
  }
  const bool scheme = text.starts_with("http://") || text.starts_with("https://") ||
                      text.starts_with("urn:");
  return scheme && all(text, 255, [](char c) {
           return c > ' ' && c <= '~' && !is_one_of("@?\"<>\\^`{}", c);
         });
}

bool is_sign(char c) { return is_one_of("+-.,:/<>=eE%", c); }

/// HL7 writes a comparator as a component of its own.
bool is_number(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit)
             ? all(text, 24, [](char c) { return is_digit(c) || is_sign(c); })
             : all(text, 2, is_sign);
}

/// FHIR's SampledData: no number is as long as a telephone number.
bool is_samples(std::string_view text) {
  std::size_t size = 0;  // of the number so far
  return !text.empty() && std::all_of(text.begin(), text.end(), [&size](char c) {
           size = c == ' ' ? 0 : size + 1;
           return size <= kMaxDigits && (is_digit(c) || is_one_of(" +-.EUL", c));
         });
}

bool is_urn_oid(std::string_view text) {
  constexpr std::string_view kUrn = "urn:oid:";
  return text.starts_with(kUrn) && is_oid(text.substr(kUrn.size()));
}

/// "101530.25" and "0830" are times of day, too; a date that parse_date does not read is none.
bool is_date(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  const bool time = all(text, 16, [](char c) { return is_digit(c) || c == '.' || c == ':'; }) &&
                    text.substr(0, text.find('.')).size() <= 8;
  return time || (text.size() <= kLongest && parse_date(text));
}

bool is_place(std::string_view text) {
  std::size_t points = 0;
  for (std::size_t at = 0; at < text.size(); ++points) {
    const char32_t c = next_code_point(text, at);
    const bool letter = c < 0x80 ? is_letter(static_cast<char>(c)) : c >= 0xC0;
    if (!letter && std::u32string_view(U" .-'()&").find(c) == std::u32string_view::npos) {
      return false;
    }
    if (c >= 0xFF00 || (c >= 0x2000 && c < 0x2E80)) return false;  // full-width digits, marks
  }
  return points > 0 && points <= 32;
}

bool is_term(std::string_view text) {
  return has_few_digits(text) && all(text, 16, [](char c) {
           return is_upper(c) || is_digit(c) || c == '_' || c == ' ' || c == '.' || c == '-';
         });
}

/// charset_name looks at letters and digits alone.
bool is_charset(std::string_view text) {
  constexpr auto kMayStand = [](char c) {
    return is_letter(c) || is_digit(c) || is_one_of(" -_/.", c);
  };
  return all(text, 24, kMayStand) && charset_name(text).ok();
}

}  // namespace

std::optional<Shape> shape_from(std::string_view word) noexcept {
  using enum Shape;
  constexpr std::array<std::pair<std::string_view, Shape>, 15> kNames = {
      {{"word", kWord}, {"code", kCode}, {"uri", kUri}, {"oid", kOid}, {"number", kNumber},
       {"date", kDate}, {"age", kAge}, {"place", kPlace}, {"term", kTerm}, {"charset", kCharset},
       {"label", kLabel}, {"wording", kWording}, {"samples", kSamples}, {"urn-oid", kUrnOid},
       {"old-age", kOldAge}}};
  for (const auto& [name, shape] : kNames) {
    if (name == word) return shape;
  }
  return std::nullopt;
}

bool is_plain_code(std::string_view text, bool uri) noexcept {
  constexpr std::size_t kLongest = 64;
  constexpr std::uint32_t kFewDigits = 6;
  constexpr std::uint32_t kOdd = kLongest + 1;
  // What each byte adds: 1 for a digit, kOdd for what no code holds. One look a byte.
  constexpr auto weigh = [](bool in_uri) {
    std::array<std::uint8_t, 256> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const bool odd = i <= ' ' || i > '~' || i == '@' || i == (in_uri ? '?' : ':');
      bytes[i] = odd ? kOdd : i >= '0' && i <= '9' ? 1 : 0;
    }
    return bytes;
  };
  static constexpr std::array<std::uint8_t, 256> kInCodes = weigh(false);
  static constexpr std::array<std::uint8_t, 256> kInUris = weigh(true);
  if (text.empty() || text.size() > kLongest) return false;
  const std::array<std::uint8_t, 256>& weights = uri ? kInUris : kInCodes;
  std::uint32_t sum = 0;
  for (const char c : text) sum += weights[static_cast<unsigned char>(c)];
  return sum <= kFewDigits;
}

bool has_shape(std::string_view text, Shape shape) {
  switch (shape) {
    case Shape::kWord: return is_word(text);
    case Shape::kCode: return is_code(text);
    case Shape::kUri: return is_uri(text);
    case Shape::kOid: return is_oid(text);
    case Shape::kUrnOid: return is_urn_oid(text);
    case Shape::kNumber: return is_number(text);
    case Shape::kSamples: return is_samples(text);
    case Shape::kDate: return is_date(text);
    case Shape::kAge: return generalise_age(text, 1).has_value();
    case Shape::kOldAge: return false;  // who knows the unit asks generalise_old_age
    case Shape::kPlace: return is_place(text);
    case Shape::kTerm: return is_term(text);
    case Shape::kWording:
    case Shape::kLabel: return !text.empty() && text.size() <= 256 && has_few_digits(text);
    case Shape::kCharset: return is_charset(text);
  }
  return false;
}

}  // namespace emr::desensitize
