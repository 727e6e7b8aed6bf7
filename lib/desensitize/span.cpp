#include "desensitize/span.h"

#include <array>

namespace emr::desensitize {
namespace {

struct Names {
  std::string_view chinese;
  std::string_view english;
};

/// In the order of SpanType.
constexpr std::array<Names, kSpanTypes> kNames = {{
    {"NAME", "PERSON"},
    {"ID_CARD", "ID_CARD"},
    {"PHONE", "PHONE_NUMBER"},
    {"ADDRESS", "STREET_ADDRESS"},
    {"HOSPITAL", "ORGANIZATION"},
    {"DATE", "DATE_TIME"},
    {"MRN", "MRN"},
    {"EXAM_ID", "EXAM_ID"},
    {"BED", "BED"},
    {"DEVICE_ID", "DEVICE_ID"},
    {"PLATE", "PLATE"},
    {"BANK_CARD", "CREDIT_CARD"},
    {"PASSPORT", "PASSPORT"},
    {"PERMIT", "PERMIT"},
    {"INSURANCE_ID", "INSURANCE_ID"},
    {"POSTCODE", "ZIP_CODE"},
    {"ORG", "ORGANIZATION"},
    {"EMAIL", "EMAIL_ADDRESS"},
    {"WECHAT", "WECHAT"},
    {"USCC", "USCC"},
    {"AGE_OVER_89", "AGE_OVER_89"},
    {"VIN", "VIN"},
    {"REGIONAL_ID", "REGIONAL_ID"},
    {"SSN", "US_SSN"},
    {"DRIVER_LICENSE", "US_DRIVER_LICENSE"},
    {"URL", "DOMAIN_NAME"},
    {"IP_ADDRESS", "IP_ADDRESS"},
    {"IBAN", "IBAN_CODE"},
    {"AGE", "AGE"},
    {"PLACE", "GPE"},
    {"TITLE", "TITLE"},
    {"NATIONALITY", "NRP"},
    {"OWN_VALUE", "OWN_VALUE"},
}};

}  // namespace

std::string_view span_type_name(SpanType type, Language language) noexcept {
  const Names& names = kNames[static_cast<std::size_t>(type)];
  return language == Language::kEnglish ? names.english : names.chinese;
}

std::optional<SpanType> span_type_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i].chinese == name || kNames[i].english == name) {
      return static_cast<SpanType>(i);
    }
  }
  return std::nullopt;
}

}  // namespace emr::desensitize
