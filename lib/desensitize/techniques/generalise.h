// The value mappings behind `generalise`, one file per kind. Each answers nullopt when the value is
// not of its kind; the technique then deletes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "desensitize/dates.h"
#include "desensitize/technique.h"
#include "desensitize/techniques/arguments.h"

namespace emr::desensitize {

/// The argument "order" of what reads dates. Without it months come first, but in Chinese texts
/// years do, where two digits could be one.
class OrderArgument {
 public:
  explicit OrderArgument(Arguments& arguments)
      : order_(static_cast<DateOrder>(
            arguments.choice("order", {"month-first", "day-first", "year-first"}))),
        is_given_(arguments.has("order")) {}
  DateOrder in(const Scope& scope) const noexcept {
    return scope.in_chinese && !is_given_ ? DateOrder::kYearFirst : order_;
  }

 private:
  DateOrder order_;
  bool is_given_;
};

enum class DateGrain { kDay, kMonth, kQuarter, kYear, kDecade };
/// "2025-03-05T08:00:00Z" -> "2025-03-05", "2025-03", "2025-Q1", "2025", "2020s". With `full`, a
/// whole date in the spelling of the input whose lost parts are 1 ("20250101" for DICOM). A year
/// before `oldest_year` becomes that one.
std::optional<std::string> generalise_date(std::string_view text, DateGrain grain, bool full,
                                           DateOrder order = DateOrder::kMonthFirst,
                                           int oldest_year = 0);
/// "2025-03-05T08:00:00+08:00" -> "2025-01-01T00:00:00Z": an instant is none without a time of day.
/// nullopt where `text` is none.
std::optional<std::string> generalise_instant(std::string_view text, DateGrain grain,
                                              int oldest_year = 0);

/// "48", "48岁", "48Y", "048Y" -> "45-49" (width 5); from 90 on always "90+".
std::optional<std::string> generalise_age(std::string_view text, int width);
/// 92 years -> "90", 1100 months -> "1080": a number that can only be an age over 89 becomes the
/// least of them. nullopt for a lesser one, and where the unit is none of time.
std::optional<std::string> generalise_old_age(std::string_view number, std::string_view unit);
/// A number -> "[10,20)" for width 10.
std::optional<std::string> generalise_range(std::string_view text, long long width);

enum class AddressLevel { kProvince, kCity, kDistrict };
/// "四川省成都市武侯区浆洗街183号" -> "四川省", "四川省成都市", "四川省成都市武侯区".
std::optional<std::string> generalise_address(std::string_view text, AddressLevel level);
/// HIPAA 164.514(b)(2)(i)(B): the first three digits, "000" where fewer than 20,000 people live.
std::optional<std::string> generalise_zip3(std::string_view text);

/// "J18.900" -> "J18" (three characters) or "X" (chapter).
std::optional<std::string> generalise_icd10(std::string_view text, bool chapter);

}  // namespace emr::desensitize
