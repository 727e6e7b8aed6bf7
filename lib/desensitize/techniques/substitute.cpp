// substitute: something else takes the value's place. "by": text (the fixed "with"), label (the
// field class in brackets, "[NAME]"), surrogate (an invented person or place, chosen by the key:
// the same value has the same surrogate, and no table has to be kept secret).
#include <array>

#include "desensitize/detect/fold.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

// Invented on purpose so that a reader sees at once that it is a surrogate: 甲乙丙 and the heavenly
// stems for Chinese, tree names for English.
constexpr std::array<std::string_view, 20> kSurnames = {
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈",
    "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "尤", "许"};
constexpr std::array<std::string_view, 22> kGiven = {
    "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子",
    "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"};
constexpr std::array<std::string_view, 16> kEnglish = {
    "Alder", "Ash",    "Aspen", "Beech", "Birch", "Cedar",  "Cypress", "Elm",
    "Fir",   "Hazel",  "Larch", "Maple", "Oak",   "Poplar", "Rowan",   "Willow"};

class Substitute final : public Technique {
 public:
  explicit Substitute(Arguments& arguments)
      : by_(arguments.choice("by", {"text", "label", "surrogate"})),
        with_(arguments.text("with", "")) {
    if (by_ == 0 && !arguments.has("with")) {
      arguments.reject("with", "is required");
    }
  }

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    if (value.kind == ValueKind::kNull) {
      out.action = Action::kKeep;
      return {};
    }
    if (by_ == 0) {
      replace_with_view(out, with_);
    } else if (by_ == 1) {
      out.action = Action::kReplace;
      out.kind = ValueKind::kString;
      out.text.clear();
      out.text.push_back('[');
      out.text.append(scope.field_class).push_back(']');
    } else if (scope.keys == nullptr) {
      return fail(Code::kDenied, "surrogates need a key").with_reason("no_key");
    } else {
      replace_with(out, surrogate(value.text, scope));
    }
    return {};
  }

 private:
  static std::string surrogate(std::string_view text, const Scope& scope) {
    const Hash32 mac = scope.keys->mac(scope.field_class, "surrogate", fold_identifier(text));
    const std::size_t draw = std::size_t{mac[0]} << 16 | std::size_t{mac[1]} << 8 | mac[2];
    if (has_ideograph(text)) {
      std::string name(kSurnames[draw % kSurnames.size()]);
      name.append(kGiven[draw / kSurnames.size() % kGiven.size()]);
      return name.append(kGiven[draw / 512 % kGiven.size()]);
    }
    std::string name(kEnglish[draw % kEnglish.size()]);
    return name.append(" ").append(kEnglish[draw / kEnglish.size() % kEnglish.size()]);
  }

  std::size_t by_;
  std::string with_;
};

}  // namespace

MadeTechnique make_substitute(const nlohmann::json& arguments) {
  return make_from<Substitute>(arguments);
}

}  // namespace emr::desensitize
