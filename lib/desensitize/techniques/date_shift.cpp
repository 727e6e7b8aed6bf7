// date-shift: every date of one patient moves by the same number of days, which comes from the key
// and the patient's identity: intervals stay, also between formats, hosts and days. Spelling and
// time of day stay. Without a patient there is no such number: the date is cut to its year, written
// as the first second of that year where it is an "instant".
#include "desensitize/dates.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/generalise.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class DateShift final : public Technique {
 public:
  explicit DateShift(Arguments& arguments)
      : order_(arguments), instant_(arguments.flag("instant", false)) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    if (settled_without_text(value, out)) {
      return {};
    }
    const int days = scope.patient == nullptr ? 0 : scope.patient->shift_days;
    if (days != 0) {
      if (const auto iso = parse_iso_date(value.text)) {
        out.action = Action::kReplace;
        out.kind = value.kind;
        shift_iso_date(value.text, *iso, days, out.text);
        return {};
      }
    }
    const auto date = parse_date(value.text, order_.in(scope));
    if (!date) {
      out.action = Action::kNull;  // what is not understood must not pass
      return {};
    }
    if (days != 0) {
      replace_with(out, shift_date(*date, days), value.kind);
    } else if (auto instant = instant_ ? generalise_instant(value.text, DateGrain::kYear)
                                       : std::nullopt) {
      replace_with(out, *std::move(instant), value.kind);
    } else if (date->has_year) {
      replace_with(out, std::to_string(date->date.year), value.kind);
    } else {
      out.action = Action::kNull;
    }
    return {};
  }

  /// A month or a year moved from its middle: where it came from is not known exactly.
  Status restore(const Value& value, const Scope& scope, Outcome& out) const override {
    const int days = scope.patient == nullptr ? 0 : scope.patient->shift_days;
    const auto date = parse_date(value.text, order_.in(scope));
    if (days != 0 && date && date->precision == DatePrecision::kDay) {
      replace_with(out, shift_date(*date, -days), value.kind);
    }
    return {};
  }

 private:
  OrderArgument order_;
  bool instant_;
};

}  // namespace

MadeTechnique make_date_shift(const nlohmann::json& arguments) {
  return make_from<DateShift>(arguments);
}

}  // namespace emr::desensitize
