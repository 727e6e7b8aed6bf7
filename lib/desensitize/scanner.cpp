#include "desensitize/scanner.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "desensitize/detect/address_zh.h"
#include "desensitize/detect/english.h"
#include "desensitize/detect/fold.h"
#include "desensitize/detect/hidden.h"
#include "desensitize/detect/identifiers.h"
#include "desensitize/detect/look_alikes.h"
#include "desensitize/detect/names_zh.h"
#include "desensitize/detect/organizations_zh.h"
#include "desensitize/detect/own_values.h"
#include "desensitize/detect/phones_zh.h"
#include "desensitize/detect/providers_zh.h"
#include "desensitize/detect/scored_names_zh.h"
#include "desensitize/detect/slot_names_zh.h"
#include "desensitize/detect/spellings_zh.h"
#include "desensitize/detect/syllable_names_zh.h"
#include "desensitize/detect/text.h"
#include "desensitize/detect/unknown_names_zh.h"
#include "desensitize/limits.h"

namespace emr::desensitize {

namespace {

/// The memory of a scan, used again for the next text of the thread: allocating it anew would cost
/// more than reading a short text.
struct ScanRoom {
  DecodedText text;
  Finds finds;
  std::vector<std::uint64_t> taken;  ///< bit per code point: belongs to a find that is kept
  std::size_t own_finds = 0;         ///< the first of them are the record's own values

  /// A text beyond this leaves no memory behind.
  static constexpr std::size_t kLargestKept = std::size_t{64} << 10;
};

ScanRoom& room_for(std::string_view text, ScanRoom& large) {
  thread_local ScanRoom room;
  return text.size() > ScanRoom::kLargestKept ? large : room;
}

/// Takes the code points [start, stop) unless one of them is taken. It stops looking at the first
/// that is: thousands of finds may stand in one another, as in "http://a/http://a/...".
bool take(std::vector<std::uint64_t>& taken, std::size_t start, std::size_t stop) {
  const auto each_word = [&](auto use) {
    for (std::size_t at = start; at < stop; at = (at / 64 + 1) * 64) {
      const std::size_t size = std::min(stop - at, 64 - at % 64);
      const std::uint64_t ones = size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
      if (!use(taken[at / 64], ones << (at % 64))) {
        return false;
      }
    }
    return true;
  };
  const auto is_free = [](std::uint64_t word, std::uint64_t bits) { return (word & bits) == 0; };
  const auto mark = [](std::uint64_t& word, std::uint64_t bits) {
    word |= bits;
    return true;
  };
  return each_word(is_free) && each_word(mark);
}

/// Heavier finds win over those they overlap; among equals the longer one. The result is sorted.
void resolve(Finds& finds, std::size_t size, std::vector<std::uint64_t>& taken) {
  if (finds.empty()) {
    return;
  }
  std::sort(finds.begin(), finds.end(), [](const Find& a, const Find& b) {
    if (a.weight != b.weight) {
      return a.weight > b.weight;
    }
    const std::size_t length_a = a.stop - a.start;
    const std::size_t length_b = b.stop - b.start;
    return length_a != length_b ? length_a > length_b : a.start < b.start;
  });
  taken.assign(size / 64 + 1, 0);
  std::erase_if(finds, [&](const Find& find) { return !take(taken, find.start, find.stop); });
  std::sort(finds.begin(), finds.end(),
            [](const Find& a, const Find& b) { return a.start < b.start; });
}

/// What is the patient's own and stands in a longer find of its kind is part of that find: the town
/// in "乌鲁木齐市第一人民医院", the given name in 王丽华, 83106666 in 025-83106666.
void join_own(std::size_t own_finds, Finds& finds) {
  const auto is_place = [](SpanType type) {
    return type == SpanType::kHospital || type == SpanType::kOrganization ||
           type == SpanType::kAddress;
  };
  for (std::size_t i = 0; i < own_finds; ++i) {
    Find& own = finds[i];
    const auto holds = [&](const Find& find) {
      const bool alike =
          own.type == SpanType::kAddress ? is_place(find.type) : find.type == own.type;
      return alike && find.start <= own.start && own.stop <= find.stop;
    };
    const auto whole = std::find_if(finds.begin() + static_cast<std::ptrdiff_t>(own_finds),
                                    finds.end(), holds);
    if (whole != finds.end()) own = {whole->start, whole->stop, whole->type, own.weight};
  }
}

/// 机|车新村|26栋, |高港|区: a name in a long address that goes on behind it is none.
void prefer_long_addresses(Finds& finds) {
  constexpr std::size_t kLong = 10;
  for (const Find& address : finds) {
    if (address.type != SpanType::kAddress || address.stop - address.start < kLong) continue;
    for (Find& name : finds) {
      const bool inside = address.start <= name.start && name.stop < address.stop;
      if (inside && name.type == SpanType::kName) {
        name.weight = std::min(name.weight, address.weight - 1);
      }
    }
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

/// Both, as sorted spans that do not overlap; what overlapped is one span of the longer one's type.
void unite(std::vector<Span>& spans, const std::vector<Span>& more) {
  spans.insert(spans.end(), more.begin(), more.end());
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.start < b.start; });
  std::size_t kept = 0;
  for (const Span& span : spans) {
    Span* const last = kept > 0 ? &spans[kept - 1] : nullptr;
    if (last == nullptr || span.start >= last->stop) {
      spans[kept++] = span;
      continue;
    }
    if (span.stop - span.start > last->stop - last->start) last->type = span.type;
    last->stop = std::max(last->stop, span.stop);
  }
  spans.resize(kept);
}

/// Worth being scanned with others: a longer text uses each detector for so long that loading its
/// code does not count. The shortest ones are not scanned at all.
bool is_brief(std::string_view text) {
  constexpr std::size_t kMostBytes = 4096;
  return text.size() >= kMinScanBytes && text.size() <= kMostBytes;
}

/// Texts that are scanned together. More of them would leave the second cache.
constexpr std::size_t kTogether = 16;

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

/// Who looks for what in Chinese, in this order: each sees what the ones before it found.
constexpr std::array kDetectors = {
    find_identifiers_zh,  find_providers_zh,      find_organizations_zh,
    find_addresses_zh,    find_names_zh,          find_slot_names_zh,
    find_scored_names_zh, find_syllable_names_zh, find_unknown_names_zh};

void find_simplified(const DecodedText& decoded, Finds& finds) {
  for (const auto find : kDetectors) find(decoded, finds);
}

/// Finds of a text whose gaps were closed; what they had hidden is heavier than its pieces.
void find_closed(const Compact& closed, Finds& finds) {
  constexpr int kWhole = 20;
  Finds more;
  find_simplified(DecodedText(closed.text), more);
  for (const Find& find : more) {
    const std::size_t start = closed.origin[find.start];
    const std::size_t stop = closed.origin[find.stop - 1] + 1;
    finds.push_back({start, stop, find.type, find.weight + kWhole});
  }
}

/// In lines that broke inside words, in forms with a blank behind every character, and what is
/// English in the text.
void find_beside(const DecodedText& decoded, Finds& finds) {
  if (const std::optional<Compact> spaced = compact(decoded)) {
    find_closed(*spaced, finds);
  }
  if (const std::optional<Compact> lines = joined(decoded)) {
    find_closed(*lines, finds);
  }
  find_english_among(decoded, finds);
}

/// Also in traditional characters.
void find_chinese(const DecodedText& decoded, Finds& finds) {
  if (const std::optional<std::string> simple = simplified(decoded)) {
    find_simplified(DecodedText(*simple), finds);
    find_regional_phones(decoded, finds);
  } else {
    find_simplified(decoded, finds);
  }
  find_beside(decoded, finds);
}

/// Starts the finds of the decoded text with the record's own values.
void find_own(ScanRoom& room, const PatientContext* own) {
  room.finds.clear();
  if (own != nullptr) {
    find_own_values(room.text, *own, room.finds);
  }
  room.own_finds = room.finds.size();
}

/// Decides between finds that overlap.
void settle(ScanRoom& room, const std::bitset<kSpanTypes>& types, std::vector<Span>& spans) {
  drop_look_alikes(room.text.bytes(), room.own_finds, room.finds);
  join_own(room.own_finds, room.finds);
  prefer_long_addresses(room.finds);
  resolve(room.finds, room.text.size(), room.taken);
  to_spans(room.text, room.finds, types, spans);
}

}  // namespace

Language language_of(std::string_view text) noexcept {
  return has_ideograph(text) ? Language::kChinese : Language::kEnglish;
}

/// Scans what a reader sees of a text that hides something, and leads the finds back: what is
/// invisible may part two numbers as well as hide one.
bool TextScanner::unveil(std::string_view text, const PatientContext* own,
                         std::vector<Span>& spans, int unveiled, Scan again) const {
  constexpr int kMostVeils = 3;  // a reference may be spelt with references
  if (unveiled == kMostVeils) return false;
  const auto find_in = [&](const VisibleText& seen, std::vector<Span>& found) {
    (this->*again)(seen.text, own, found, unveiled + 1);
    for (Span& span : found) {
      span.start = seen.starts[span.start];
      span.stop = seen.stops[span.stop - 1];
    }
  };
  const std::optional<VisibleText> seen = visible(text);
  if (!seen) {
    const std::optional<VisibleText> plain = without_markup(text);
    if (!plain) return false;
    find_in(*plain, spans);
    std::vector<Span> more;
    (this->*again)(text, own, more, kMostVeils);  // attributes hold text, too
    unite(spans, more);
    return true;
  }
  find_in(*seen, spans);
  if (const auto parted = visible(text, Invisible::kBlank)) {
    std::vector<Span> more;
    find_in(*parted, more);
    unite(spans, more);
  }
  return true;
}

void TextScanner::scan(std::string_view text, const PatientContext* own,
                       std::vector<Span>& spans) const {
  scan_seen(text, own, spans, 0);
}

void TextScanner::scan_seen(std::string_view text, const PatientContext* own,
                            std::vector<Span>& spans, int unveiled) const {
  spans.clear();
  if (text.size() < kMinScanBytes) {
    return;
  }
  ScanRoom large;
  ScanRoom& room = room_for(text, large);
  room.text.assign(text);
  if (room.text.hides() && unveil(text, own, spans, unveiled, &TextScanner::scan_seen)) {
    return;
  }
  find_own(room, own);
  if (language(text) == Language::kChinese) {
    find_chinese(room.text, room.finds);
  } else {
    find_check_digits(room.text, room.finds);
    find_english(room.text, room.finds);
  }
  settle(room, options_.types, spans);
}

Language TextScanner::language(std::string_view text) const noexcept {
  return options_.language == Language::kAuto ? language_of(text) : options_.language;
}

void TextScanner::scan_all(std::span<ScanTask> tasks) const {
  for (std::size_t size = 0; !tasks.empty(); tasks = tasks.subspan(size)) {
    size = std::min(tasks.size(), kTogether);
    scan_together(tasks.first(size));
  }
}

void TextScanner::scan_together(std::span<ScanTask> tasks) const {
  thread_local std::array<ScanRoom, kTogether> rooms;
  std::array<ScanTask*, kTogether> plain;  // of the rooms that are in use
  std::size_t used = 0;
  for (ScanTask& task : tasks) {
    ScanRoom& room = rooms[used];
    const bool brief = is_brief(task.text) && language(task.text) == Language::kChinese;
    if (brief) room.text.assign(task.text);
    if (!brief || room.text.hides() || simplified(room.text)) {  // alone
      scan(task.text, task.own, task.spans);
      continue;
    }
    find_own(room, task.own);
    plain[used++] = &task;
  }
  const auto each_room = [&](auto use) {
    for (std::size_t i = 0; i < used; ++i) use(i, rooms[i]);
  };
  for (const auto find : kDetectors) {
    each_room([&](std::size_t, ScanRoom& room) { find(room.text, room.finds); });
  }
  each_room([&](std::size_t i, ScanRoom& room) {
    find_beside(room.text, room.finds);
    plain[i]->spans.clear();
    settle(room, options_.types, plain[i]->spans);
  });
}

void TextScanner::scan_check_digits(std::string_view text, std::vector<Span>& spans) const {
  check_digits_seen(text, nullptr, spans, 0);
}

void TextScanner::check_digits_seen(std::string_view text, const PatientContext* own,
                                    std::vector<Span>& spans, int unveiled) const {
  spans.clear();
  if (!worth_scanning(text)) {
    return;
  }
  ScanRoom large;
  ScanRoom& room = room_for(text, large);
  room.text.assign(text);
  if (room.text.hides() && unveil(text, own, spans, unveiled, &TextScanner::check_digits_seen)) {
    return;
  }
  room.finds.clear();
  find_check_digits(room.text, room.finds);
  resolve(room.finds, room.text.size(), room.taken);
  to_spans(room.text, room.finds, options_.types, spans);
}

}  // namespace emr::desensitize
