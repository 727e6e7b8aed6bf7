// suppress-record: a value that is too rare or too sensitive takes its whole record away: a special
// disease (B20-B24), a person known to the public, an impossible age. The rule is tried before the
// one that treats the field, and the field is treated as usual in the records that stay. A member
// of a container that a rule deletes as a whole is not looked at.
#include <charconv>

#include <nlohmann/json.hpp>

#include "desensitize/policy/match.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return lower;
}

class SuppressRecord final : public Technique {
 public:
  explicit SuppressRecord(Arguments& arguments)
      : has_above_(arguments.has("above")),
        has_below_(arguments.has("below")),
        above_(arguments.integer("above", 0, -kLargest, kLargest)),
        below_(arguments.integer("below", 0, -kLargest, kLargest)) {
    const nlohmann::json* list = arguments.member("values");
    if (list == nullptr) {
      return;
    }
    if (!list->is_array() || list->empty()) {
      arguments.reject("values", "must be a list of texts; * may stand at their front or end");
      return;
    }
    for (const nlohmann::json& item : *list) {
      if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
        arguments.reject("values", "must hold texts");
        return;
      }
      values_.push_back(lowered(item.get_ref<const std::string&>()));
    }
  }

  Status apply(const Value& value, const Scope&, Outcome& out) const override {
    if (value.kind == ValueKind::kNull || value.text.empty() || !meets(value.text)) {
      return {};
    }
    out.action = Action::kDelete;
    out.suppress_record = true;
    return {};
  }

 private:
  static constexpr std::int64_t kLargest = 1'000'000'000'000;

  bool meets(std::string_view text) const {
    if (values_.empty() && !has_above_ && !has_below_) {
      return true;  // any value
    }
    const std::string lower = lowered(text);
    for (const std::string& pattern : values_) {
      if (glob_matches(pattern, lower)) {
        return true;
      }
    }
    double number = 0;
    const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || stop != text.data() + text.size()) {
      return false;
    }
    return (has_above_ && number > static_cast<double>(above_)) ||
           (has_below_ && number < static_cast<double>(below_));
  }

  bool has_above_;
  bool has_below_;
  std::int64_t above_;
  std::int64_t below_;
  std::vector<std::string> values_;
};

}  // namespace

MadeTechnique make_suppress_record(const nlohmann::json& arguments) {
  return make_from<SuppressRecord>(arguments);
}

}  // namespace emr::desensitize
