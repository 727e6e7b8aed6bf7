// What kind of data a field is: private, non-private or an attachment (the paper's division), the
// class of GB/T 39725-2020 it belongs to, and the level (1 public .. 5 special disease) of a data
// set. Derived from the rules of the policy that is in force; pure functions.
#pragma once

#include <string_view>

#include "desensitize/policy.h"

namespace emr::desensitize {

/// "private", "non-private" (kept or only standardised) or "attachment" (files, images, pixels).
std::string_view data_kind(const Rule& rule, const Field& field) noexcept;

/// One of the six classes of GB/T 39725-2020, Chinese: "个人属性数据", ...; "" when the field's
/// class belongs to none.
std::string_view health_data_class(std::string_view field_class) noexcept;

/// Does the class name a person by itself (name, number, phone, address)?
bool is_direct_identifier(std::string_view field_class) noexcept;

/// ICD-10 codes of diseases that GB/T 39725 puts at level 5: HIV (B20-B24, Z21), sexually
/// transmitted infections (A50-A64), psychoses (F20-F29).
bool is_special_disease(std::string_view code) noexcept;

/// Collects what decides the level of a data set before and after.
class LevelMeter {
 public:
  /// `rule` null: a field that no rule names.
  void see(const Rule* rule, std::string_view value, Action action);
  int level_before() const noexcept { return level(direct_before_, special_before_); }
  int level_after() const noexcept { return level(direct_after_, special_after_); }

 private:
  /// 5 special disease, 4 directly identifying, 3 de-identified but about single persons.
  static int level(bool direct, bool special) noexcept { return special ? 5 : direct ? 4 : 3; }

  bool direct_before_ = false;
  bool direct_after_ = false;
  bool special_before_ = false;
  bool special_after_ = false;
};

}  // namespace emr::desensitize
