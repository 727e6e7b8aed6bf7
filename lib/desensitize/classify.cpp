#include "desensitize/classify.h"

#include <algorithm>
#include <array>
#include <utility>

namespace emr::desensitize {
namespace {

constexpr std::uint32_t kPixelData = 0x7FE00010;
constexpr std::array<std::string_view, 4> kFiles = {"FILE", "ATTACHMENT", "GRAPHICS", "BIOMETRIC"};
constexpr std::array<std::string_view, 17> kDirect = {
    "NAME",    "ID_CARD",  "PHONE",  "ADDRESS", "MRN",    "EMAIL",          "BANK_CARD", "PASSPORT",
    "PERMIT",  "WECHAT",   "SSN",    "PLATE",   "PERSON", "DRIVER_LICENSE", "ID",        "FHIR_ID",
    "INSURANCE_ID"};

using Row = std::pair<std::string_view, std::string_view>;
constexpr std::string_view kPersonal = "个人属性数据";
constexpr std::string_view kHealth = "健康状况数据";
constexpr std::string_view kCare = "医疗应用数据";
constexpr std::string_view kPayment = "医疗支付数据";
constexpr std::string_view kResource = "卫生资源数据";
constexpr std::array<Row, 49> kClasses{{
    {"NAME", kPersonal},       {"ID_CARD", kPersonal},    {"PHONE", kPersonal},
    {"ADDRESS", kPersonal},    {"EMAIL", kPersonal},      {"WECHAT", kPersonal},
    {"PASSPORT", kPersonal},   {"PERMIT", kPersonal},     {"SSN", kPersonal},
    {"PLATE", kPersonal},      {"PERSON", kPersonal},     {"DRIVER_LICENSE", kPersonal},
    {"BIRTH_DATE", kPersonal}, {"AGE", kPersonal},        {"SEX", kPersonal},
    {"DEMOGRAPHY", kPersonal}, {"POSTCODE", kPersonal},   {"PROVINCE", kPersonal},
    {"CITY", kPersonal},       {"ORG", kPersonal},        {"BIOMETRIC", kPersonal},
    {"FHIR_ID", kPersonal},    {"ID", kPersonal},         {"URL", kPersonal},
    {"IP_ADDRESS", kPersonal}, {"DIAGNOSIS", kHealth},    {"RESULT", kHealth},
    {"TEXT", kHealth},         {"SENSITIVITY", kHealth},  {"MRN", kCare},
    {"VISIT", kCare},          {"VISIT_ID", kCare},       {"EXAM_ID", kCare},
    {"ORDER_ID", kCare},       {"TREATMENT", kCare},      {"DATE", kCare},
    {"BED", kCare},            {"FILE", kCare},           {"ATTACHMENT", kCare},
    {"GRAPHICS", kCare},       {"COST", kPayment},        {"BANK_CARD", kPayment},
    {"INSURANCE_ID", kPayment}, {"HOSPITAL", kResource},  {"ORGANIZATION", kResource},
    {"USCC", kResource},       {"STAFF_ID", kResource},   {"DOCTOR", kResource},
    {"DEVICE_ID", kResource},
}};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_plain(const Rule& rule) noexcept {
  return rule.spec->name == "keep" || rule.spec->name == "standardise";
}

}  // namespace

std::string_view data_kind(const Rule& rule, const Field& field) noexcept {
  const bool pixels = !field.vr.empty() && field.dicom_tag == kPixelData;
  if (pixels || contains(kFiles, rule.field_class)) {
    return "attachment";
  }
  return is_plain(rule) ? "non-private" : "private";
}

std::string_view health_data_class(std::string_view field_class) noexcept {
  for (const auto& [name, term] : kClasses) {
    if (name == field_class) {
      return term;
    }
  }
  return {};
}

bool is_direct_identifier(std::string_view field_class) noexcept {
  return contains(kDirect, field_class);
}

bool is_special_disease(std::string_view code) noexcept {
  if (code.size() < 3 || code[1] < '0' || code[1] > '9' || code[2] < '0' || code[2] > '9') {
    return false;
  }
  const int number = (code[1] - '0') * 10 + (code[2] - '0');
  switch (code[0] & ~0x20) {
    case 'A': return number >= 50 && number <= 64;
    case 'B': return number >= 20 && number <= 24;
    case 'F': return number >= 20 && number <= 29;
    case 'Z': return number == 21;
    default: return false;
  }
}

void LevelMeter::see(const Rule* rule, std::string_view value, Action action) {
  if (rule == nullptr || value.empty()) {
    return;
  }
  const bool direct = is_direct_identifier(rule->field_class);
  const bool coded = rule->field_class == "DIAGNOSIS" || rule->field_class == "CODE";
  const bool special = coded && is_special_disease(value);
  direct_before_ = direct_before_ || direct;
  special_before_ = special_before_ || special;
  if (action == Action::kKeep) {
    direct_after_ = direct_after_ || direct;
    special_after_ = special_after_ || special;
  }
}

}  // namespace emr::desensitize
