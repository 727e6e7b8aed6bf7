#include "desensitize/patient.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "desensitize/detect/text.h"
#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

/// Numbers shorter than this occur by chance (doses, beds).
constexpr std::size_t kMinDigits = 6;
/// Shorter words of a name are initials and titles.
constexpr std::size_t kMinNameWord = 4;
static_assert(kMinOwnValueBytes >= NeedleIndex::kPrefix && kMinDigits >= NeedleIndex::kPrefix &&
              kMinNameWord >= NeedleIndex::kPrefix);

/// A number may hold this many other bytes: its separators.
constexpr std::size_t kMaxSeparators = 4;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Are these eight bytes all digits?
bool are_digits(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  return ((bytes & (bytes + 6 * kOnes)) & 0xF0 * kOnes) == '0' * kOnes;
}

/// Nearly every number. The last digits are looked at twice where they are fewer than eight.
bool all_digits(std::string_view value) noexcept {
  const auto eight_at = [value](std::size_t at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, value.data() + at, sizeof bytes);
    return are_digits(bytes);
  };
  constexpr std::size_t kEight = 8;
  if (value.size() < kEight) {
    return std::all_of(value.begin(), value.end(), is_digit);
  }
  std::size_t at = 0;
  while (at + kEight < value.size() && eight_at(at)) {
    at += kEight;
  }
  return at + kEight >= value.size() && eight_at(value.size() - kEight);
}

/// The digits of a number with few separators, in `room` when it has any; "" of anything else.
std::string_view digits_of(std::string_view value, std::string& room) {
  if (all_digits(value)) {
    return value;
  }
  room.clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (is_digit(value[i])) {
      room.push_back(value[i]);
    } else if (i - room.size() >= kMaxSeparators) {
      return {};
    }
  }
  return room;
}

/// As a decoded text shows it. What is not UTF-8 begins nowhere in one.
char32_t first_character(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) {
    return lead;
  }
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::size_t at = 0;
  return size <= text.size() ? fold(next_code_point(text, at)) : 0;
}

/// Do both of these bytes go on with a character?
bool are_middle(const char* bytes) noexcept {
  std::uint16_t both = 0;
  std::memcpy(&both, bytes, sizeof both);
  return (both & 0xC0C0) == 0x8080;
}

/// ASCII without references and tags, and U+4000..U+9FFF: nothing hides between these characters.
bool reads_as_written(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0xC0 ? c != '&' && c != '<' : byte >= 0xE4 && byte <= 0xE9;
  });
}

}  // namespace

void NeedleIndex::clear() noexcept {
  if (!needles_.empty()) {
    for (const Needle& needle : needles_) {
      heads_[bucket(hash(bytes_.data() + needle.offset))] = 0;
    }
    filter_.fill(0);
    firsts_.clear();
    bytes_.clear();
    needles_.clear();
  }
}

bool NeedleIndex::add(std::string_view text, SpanType type) {
  bool known = false;
  each(text.data(), [&](std::string_view needle, SpanType) { known = known || needle == text; });
  if (known) {
    return false;
  }
  const std::size_t at = hash(text.data());
  filter_[at / 64] |= std::uint64_t{1} << (at % 64);
  firsts_.add(first_character(text));
  std::uint32_t& head = heads_[bucket(at)];
  needles_.push_back({static_cast<std::uint32_t>(bytes_.size()),
                      static_cast<std::uint32_t>(text.size()), head, type});
  head = static_cast<std::uint32_t>(needles_.size());
  bytes_.append(text);
  return true;
}

bool NeedleIndex::begins(std::string_view text) const noexcept {
  bool found = false;
  each(text.data(), [&](std::string_view needle, SpanType) {
    found = found || text.starts_with(needle);
  });
  return found;
}

void PatientContext::clear() {
  own_.clear();
  literals_.clear();
  numbers_.clear();
  identity_.clear();
  identity_rank_ = 0;
  people_.clear();
  shift_days = 0;
}

void PatientContext::next_person() {
  people_.push_back({std::exchange(identity_, {}), std::exchange(identity_rank_, 0), 0});
}

void PatientContext::add_own(SpanType type, std::string_view text) {
  if (text.size() < kMinOwnValueBytes || own_.size() >= kMaxOwnValues) {
    return;
  }
  const bool opens_blank = static_cast<unsigned char>(text[0]) <= ' ';
  if (opens_blank && text.find_first_not_of(" \t\r\n") == text.npos) {
    return;  // an empty form, whose blanks stand in every text
  }
  // HL7's name types also hold dates and object identifiers of the assigning authority.
  if (type == SpanType::kName && text[0] >= '0' && text[0] <= '9') {
    return;
  }
  if (!literals_.add(text, type)) {
    return;
  }
  own_.push_back(literals_.size() - 1);
  if (type == SpanType::kName) {
    add_name_words(text);
    return;
  }
  const std::string_view digits = digits_of(text, digits_);
  if (digits.size() >= kMinDigits) {
    numbers_.add(digits, type);
  }
}

std::vector<PatientContext::OwnValue> PatientContext::own_values() const {
  std::vector<OwnValue> values;
  for (const std::size_t index : own_) {
    values.push_back({literals_.text(index), literals_.type(index)});
  }
  return values;
}

/// Single words of a Western name: "Mr. Example" for "Jordan Example".
void PatientContext::add_name_words(std::string_view name) {
  if (static_cast<unsigned char>(name[0]) >= 0x80) {
    return;
  }
  while (!name.empty()) {
    const std::size_t stop = std::min(name.find_first_of(" ,.-'"), name.size());
    const std::string_view word = name.substr(0, stop);
    if (word.size() >= kMinNameWord && word[0] >= 'A' && word[0] <= 'Z') {
      literals_.add(word, SpanType::kName);
    }
    name.remove_prefix(std::min(stop + 1, name.size()));
  }
}

bool PatientContext::may_stand_in(std::string_view text) const noexcept {
  std::size_t digits = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool three = at + NeedleIndex::kPrefix <= text.size();
    if (three && literals_.may_begin(text.data() + at) &&
        (literals_.begins(text.substr(at)) || !reads_as_written(text))) {
      return true;
    }
    // In the middle of a character no text begins.
    if (three && byte >= 0xE0 && are_middle(text.data() + at + 1)) {
      digits += byte == 0xEF ? 1 : 0;  // full-width forms
      at += 3;
      continue;
    }
    digits += (byte >= '0' && byte <= '9') || byte == 0xEF ? 1 : 0;
    for (++at; at < text.size() && (text[at] & 0xC0) == 0x80;) ++at;
  }
  return digits >= kMinDigits && !numbers_.empty();
}

void PatientContext::offer_identity(int rank, std::string_view text) {
  if (text.empty() || (identity_rank_ != 0 && rank >= identity_rank_)) {
    return;
  }
  identity_ = text;
  identity_rank_ = rank;
}

}  // namespace emr::desensitize
