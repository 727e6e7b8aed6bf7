// generalise: a coarser value that is still true. "to" says how: day, month, quarter, year, decade,
// age-band, old-age, province, city, district, zip3, icd10-3, icd10-chapter, range, hierarchy. A
// value that cannot be generalised is deleted, not kept.
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "desensitize/limits.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/generalise.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

enum To : std::size_t {
  kDay, kMonth, kQuarter, kYear, kDecade, kAgeBand, kProvince, kCity, kDistrict, kZip3,
  kIcd10Three, kIcd10Chapter, kRange, kHierarchy, kOldAge,
};

/// Rows "value;level1;level2;…" (the form of ARX hierarchies).
class Hierarchy {
 public:
  Hierarchy() = default;
  void read(std::string_view csv, std::size_t level, Arguments& arguments) {
    while (!csv.empty()) {
      const std::size_t line_stop = std::min(csv.find('\n'), csv.size());
      std::string_view line = csv.substr(0, line_stop);
      csv.remove_prefix(std::min(line_stop + 1, csv.size()));
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
      }
      if (!line.empty() && !add(line, level)) {
        arguments.reject("csv", "has a row with fewer levels than \"level\"");
      }
      if (rows_.size() > kMaxHierarchyRows) {
        arguments.reject("csv", "has more than 1000000 rows");
        return;
      }
    }
  }
  std::optional<std::string> find(std::string_view value) const {
    const auto found = rows_.find(value);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  bool add(std::string_view line, std::size_t level) {
    const std::string_view value = line.substr(0, line.find(';'));
    for (std::size_t i = 0; i < level; ++i) {
      const std::size_t mark = line.find(';');
      if (mark == std::string_view::npos) {
        return false;
      }
      line.remove_prefix(mark + 1);
    }
    rows_.emplace(value, line.substr(0, line.find(';')));
    return true;
  }
  std::map<std::string, std::string, std::less<>> rows_;
};

class Generalise final : public Technique {
 public:
  explicit Generalise(Arguments& arguments)
      : to_(static_cast<To>(arguments.choice(
            "to", {"day", "month", "quarter", "year", "decade", "age-band", "province", "city",
                   "district", "zip3", "icd10-3", "icd10-chapter", "range", "hierarchy",
                   "old-age"}))),
        width_(arguments.integer("width", to_ == kAgeBand ? 5 : 10, 1, 1'000'000'000)),
        order_(arguments), oldest_(arguments.integer("oldestAge", 0, 0, 150)),
        full_(arguments.flag("full", false)),
        instant_(arguments.flag("instant", false)) {
    if (!arguments.has("to")) {
      arguments.reject("to", "is required");
    }
    const auto level = static_cast<std::size_t>(arguments.integer("level", 1, 1, 32));
    const std::string csv = arguments.text("csv", "");
    if (to_ == kHierarchy) {
      hierarchy_.read(csv, level, arguments);
    }
  }

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    if (settled_without_text(value, out)) {
      return {};
    }
    if (to_ == kOldAge) {
      if (auto least = generalise_old_age(value.text, value.unit)) {
        replace_with(out, *std::move(least), value.kind);
      }
    } else if (auto coarse = generalised(value.text, scope)) {
      replace_with(out, *std::move(coarse));
    } else {
      out.action = Action::kDelete;
    }
    return {};
  }

 private:
  std::optional<std::string> generalised(std::string_view text, const Scope& scope) const {
    // What happened more years ago tells of an age that must not be told.
    const int oldest = oldest_ == 0 ? 0 : scope.this_year - static_cast<int>(oldest_);
    if (instant_ && to_ <= kDecade) {
      if (auto instant = generalise_instant(text, static_cast<DateGrain>(to_), oldest)) {
        return instant;
      }
    }
    switch (to_) {
      case kDay:
      case kMonth:
      case kQuarter:
      case kYear:
      case kDecade:
        return generalise_date(text, static_cast<DateGrain>(to_), full_, order_.in(scope), oldest);
      case kAgeBand: return generalise_age(text, static_cast<int>(width_));
      case kProvince:
      case kCity:
      case kDistrict:
        return generalise_address(text, static_cast<AddressLevel>(to_ - kProvince));
      case kZip3: return generalise_zip3(text);
      case kIcd10Three:
      case kIcd10Chapter: return generalise_icd10(text, to_ == kIcd10Chapter);
      case kRange: return generalise_range(text, width_);
      case kHierarchy: return hierarchy_.find(text);
      case kOldAge: break;
    }
    return std::nullopt;
  }

  To to_;
  std::int64_t width_;
  OrderArgument order_;
  std::int64_t oldest_;
  bool full_;
  bool instant_;
  Hierarchy hierarchy_;
};

}  // namespace

MadeTechnique make_generalise(const nlohmann::json& arguments) {
  return make_from<Generalise>(arguments);
}

}  // namespace emr::desensitize
