#include "desensitize/patient.h"

#include <algorithm>
#include <utility>

#include "desensitize/limits.h"

namespace emr::desensitize {
namespace {

/// Numbers shorter than this occur by chance (doses, beds).
constexpr std::size_t kMinDigits = 6;
/// Shorter words of a name are initials and titles.
constexpr std::size_t kMinNameWord = 4;
static_assert(kMinOwnValueBytes >= NeedleIndex::kPrefix && kMinDigits >= NeedleIndex::kPrefix &&
              kMinNameWord >= NeedleIndex::kPrefix);

std::string digits_of(std::string_view value) {
  std::string digits;
  for (const char c : value) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    }
  }
  return digits;
}

}  // namespace

void NeedleIndex::clear() noexcept {
  if (!needles_.empty()) {
    for (const Needle& needle : needles_) {
      heads_[bucket(bytes_.data() + needle.offset)] = 0;
    }
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
  std::uint32_t& head = heads_[bucket(text.data())];
  needles_.push_back({static_cast<std::uint32_t>(bytes_.size()),
                      static_cast<std::uint32_t>(text.size()), head, type});
  head = static_cast<std::uint32_t>(needles_.size());
  bytes_.append(text);
  return true;
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
  // HL7's name types also hold dates and object identifiers of the assigning authority.
  if (type == SpanType::kName && text[0] >= '0' && text[0] <= '9') {
    return;
  }
  if (!literals_.add(text, type)) {
    return;
  }
  own_.push_back({std::string(text), type});
  if (type == SpanType::kName) {
    add_name_words(text);
    return;
  }
  const std::string digits = digits_of(text);
  if (digits.size() >= kMinDigits && digits.size() + 4 >= text.size()) {
    numbers_.add(digits, type);
  }
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
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0) == 0x80) {
      continue;  // the middle of a character, where no text begins
    }
    digits += (byte >= '0' && byte <= '9') || byte == 0xEF ? 1 : 0;  // 0xEF: full-width forms
    if (at + NeedleIndex::kPrefix <= text.size() && literals_.may_begin(text.data() + at)) {
      return true;
    }
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
