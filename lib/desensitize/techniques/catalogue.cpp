// The names of the techniques, with their terms in GB/T 37964-2019 (annex A: statistics,
// cryptography, suppression, pseudonymisation, generalisation, randomisation).
#include <array>

#include "desensitize/techniques/all.h"

namespace emr::desensitize {
namespace {

constexpr std::array<TechniqueSpec, 17> kCatalogue = {{
    {"encrypt", "确定性加密 deterministic encryption",
     "AES-256-SIV token; equal values stay equal; --restore gives the value back", true, true,
     false, make_encrypt},
    {"mask", "屏蔽 masking", "some characters become *; surname style 张某某; e-mail style", false,
     false, false, make_mask},
    {"generalise", "泛化 generalisation",
     "coarser: year, quarter, age band, province, ICD-10 chapter, range, hierarchy", false, false,
     false, make_generalise, Reach::kValue, {"order", "oldestAge"}},
    {"substitute", "假名化 pseudonymisation",
     "a fixed text, the class as label, or an invented name chosen by the key", false, false, false,
     make_substitute},
    {"truncate", "局部抑制 local suppression", "only the first or last characters stay", false,
     false, false, make_truncate},
    {"perturb", "噪声添加 noise addition", "keyed noise within a percentage or amount", true, false,
     false, make_perturb},
    {"null", "局部抑制 local suppression", "the field stays, the value becomes null", false, false,
     true, make_null},
    {"delete", "属性抑制 attribute suppression", "the field goes away", false, false, true,
     make_delete},
    {"token", "密钥散列假名 keyed hash pseudonym", "HMAC-SHA256, one way, joins stay possible",
     true, false, false, make_token},
    {"fpe", "保留格式加密 format-preserving encryption",
     "FF1: digits stay digits (optional; domain of at least a million)", true, true, false,
     make_fpe},
    {"date-shift", "随机化 randomisation",
     "all dates of a patient move by one keyed number of days; intervals stay", true, true, false,
     make_date_shift, Reach::kValue, {"order"}},
    {"uid-remap", "密钥散列假名 keyed hash pseudonym", "OID or DICOM UID to 2.25.<HMAC>", true,
     false, false, make_uid_remap},
    {"standardise", "标准化 standardisation",
     "one spelling: GB/T 2261.1 sex code, date, NFKC text (not a de-identification)", false, false,
     false, make_standardise, Reach::kValue, {"order"}},
    {"redact-text", "屏蔽 masking", "free text: every find is treated by the freeText rules", false,
     false, false, make_redact_text},
    {"suppress-record", "记录抑制 record suppression",
     "the whole record goes when the value is one of a list, or above or below a bound", false,
     false, false, make_suppress_record, Reach::kRecord},
    {"microaggregate", "微聚集 microaggregation",
     "numbers become the mean of k similar rows (--k N --microaggregate COLUMN)", false, false,
     false, make_microaggregate, Reach::kTable},
    {"keep", "保留 retention", "the value stays as it is", false, false, true, make_keep},
}};

}  // namespace

std::span<const TechniqueSpec> technique_catalogue() noexcept { return kCatalogue; }

const TechniqueSpec* find_technique(std::string_view name) noexcept {
  for (const TechniqueSpec& spec : kCatalogue) {
    if (spec.name == name) {
      return &spec;
    }
  }
  return nullptr;
}

}  // namespace emr::desensitize
