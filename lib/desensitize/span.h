// A find of the text scanner: a byte range of valid UTF-8 and what kind of identifier it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace emr::desensitize {

/// The types of `--detect`. Chinese and English notes use different names for some of them (NAME
/// and PERSON); `span_type_name` gives the word for the language of the text.
enum class SpanType : std::uint8_t {
  kName, kIdCard, kPhone, kAddress, kHospital, kDate, kMrn, kExamId, kBed, kDeviceId, kPlate,
  kBankCard, kPassport, kPermit, kInsuranceId, kPostcode, kOrganization, kEmail, kWechat, kUscc,
  kAgeOver89, kVin, kRegionalId, kSsn, kDriverLicense, kUrl, kIpAddress, kIban, kAge, kPlace,
  kTitle, kNationality, kOwnValue,
};
inline constexpr std::size_t kSpanTypes = static_cast<std::size_t>(SpanType::kOwnValue) + 1;

enum class Language : std::uint8_t { kAuto, kChinese, kEnglish };

struct Span {
  std::size_t start = 0;  ///< byte offset of the first byte
  std::size_t stop = 0;   ///< byte offset behind the last byte
  SpanType type = SpanType::kName;
};

/// "NAME", "ID_CARD", ... (Chinese set) or "PERSON", "US_SSN", ... (English set).
std::string_view span_type_name(SpanType type, Language language) noexcept;
/// Reads either set's word.
std::optional<SpanType> span_type_from(std::string_view name) noexcept;

}  // namespace emr::desensitize
