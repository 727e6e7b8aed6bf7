#include "desensitize/scanner.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "desensitize/detect/address_zh.h"
#include "desensitize/detect/english.h"
#include "desensitize/detect/fold.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/names_zh.h"
#include "desensitize/detect/organizations_zh.h"
#include "desensitize/detect/own_values.h"
#include "desensitize/detect/providers_zh.h"
#include "desensitize/detect/spellings_zh.h"
#include "desensitize/detect/text.h"
#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

/// Heavier finds win over those they overlap; among equals the longer one. The result is sorted.
/// Kept finds never overlap, so only the two neighbours of a new one need to be looked at.
void resolve(Finds& finds) {
  std::sort(finds.begin(), finds.end(), [](const Find& a, const Find& b) {
    if (a.weight != b.weight) {
      return a.weight > b.weight;
    }
    const std::size_t length_a = a.stop - a.start;
    const std::size_t length_b = b.stop - b.start;
    return length_a != length_b ? length_a > length_b : a.start < b.start;
  });
  std::map<std::size_t, Find> kept;  // by start
  for (const Find& find : finds) {
    const auto next = kept.lower_bound(find.start);
    const bool hits_next = next != kept.end() && next->second.start < find.stop;
    const bool hits_previous = next != kept.begin() && std::prev(next)->second.stop > find.start;
    if (!hits_next && !hits_previous) {
      kept.emplace_hint(next, find.start, find);
    }
  }
  finds.clear();
  for (const auto& entry : kept) {
    finds.push_back(entry.second);
  }
}

void to_spans(const DecodedText& text, const Finds& finds, const std::bitset<kSpanTypes>& types,
              std::vector<Span>& spans) {
  for (const Find& find : finds) {
    if (types.test(static_cast<std::size_t>(find.type))) {
      spans.push_back({text.byte(find.start), text.byte(find.stop), find.type});
    }
  }
}

/// Could the second net find anything here? It needs a run of digits or an '@'.
bool worth_scanning(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits += c >= '0' && c <= '9' ? 1 : 0;
    if (c == '@' || static_cast<unsigned char>(c) == 0xEF) {  // 0xEF begins full-width digits
      return true;
    }
  }
  return digits >= 7 || text.find("://") != std::string_view::npos;
}

void find_simplified(const DecodedText& decoded, Finds& finds) {
  find_identifiers_zh(decoded, finds);
  find_providers_zh(decoded, finds);
  find_organizations_zh(decoded, finds);
  find_addresses_zh(decoded, finds);
  find_names_zh(decoded, finds);
}

/// Also in traditional characters, and in forms with a blank behind every character.
void find_chinese(const DecodedText& decoded, Finds& finds) {
  if (const std::optional<std::string> simple = simplified(decoded)) {
    find_simplified(DecodedText(*simple), finds);
  } else {
    find_simplified(decoded, finds);
  }
  const std::optional<Compact> spaced = compact(decoded);
  if (!spaced) {
    return;
  }
  constexpr int kWhole = 20;  // what the blanks had hidden is heavier than its pieces
  const DecodedText closed(spaced->text);
  Finds more;
  find_simplified(closed, more);
  for (const Find& find : more) {
    const std::size_t start = spaced->origin[find.start];
    const std::size_t stop = spaced->origin[find.stop - 1] + 1;
    finds.push_back({start, stop, find.type, find.weight + kWhole});
  }
}

}  // namespace

Language language_of(std::string_view text) noexcept {
  return has_ideograph(text) ? Language::kChinese : Language::kEnglish;
}

void TextScanner::scan(std::string_view text, const PatientContext* own,
                       std::vector<Span>& spans) const {
  spans.clear();
  if (text.size() < kMinScanBytes) {
    return;
  }
  const DecodedText decoded(text);
  Finds finds;
  if (own != nullptr) {
    find_own_values(decoded, *own, finds);
  }
  const Language language =
      options_.language == Language::kAuto ? language_of(text) : options_.language;
  if (language == Language::kChinese) {
    find_chinese(decoded, finds);
  } else {
    find_check_digits(decoded, finds);
    find_english(decoded, finds);
  }
  resolve(finds);
  to_spans(decoded, finds, options_.types, spans);
}

void TextScanner::scan_check_digits(std::string_view text, std::vector<Span>& spans) const {
  spans.clear();
  if (!worth_scanning(text)) {
    return;
  }
  const DecodedText decoded(text);
  Finds finds;
  find_check_digits(decoded, finds);
  resolve(finds);
  to_spans(decoded, finds, options_.types, spans);
}

}  // namespace emr::desensitize
