// standardise: one spelling for what is not private, so that spelling itself tells nothing and data
// of two hospitals can be compared. "as": text (NFKC, trimmed, runs of blanks joined), sex (GB/T
// 2261.1 code 0/1/2/9), date (YYYY-MM-DD, time of day cut), upper (codes).
#include <array>

#include "desensitize/detect/fold.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/generalise.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

struct SexWord {
  std::string_view word;
  std::string_view code;
};
constexpr std::array<SexWord, 26> kSexWords = {
    {{"1", "1"},      {"2", "2"},      {"男", "1"},     {"女", "2"},       {"男性", "1"},
     {"女性", "2"},   {"m", "1"},      {"f", "2"},      {"male", "1"},     {"female", "2"},
     {"man", "1"},    {"woman", "2"},  {"0", "0"},      {"9", "9"},        {"未知", "0"},
     {"unknown", "0"}, {"u", "0"},     {"不详", "0"},   {"未说明", "9"},   {"未说明的性别", "9"},
     {"未知的性别", "0"}, {"other", "9"}, {"o", "9"},   {"男童", "1"},     {"女童", "2"},
     {"其他", "9"}}};

std::string sex_code(std::string_view text) {
  const std::string folded = fold_word(text);
  for (const SexWord& entry : kSexWords) {
    if (entry.word == folded) {
      return std::string(entry.code);
    }
  }
  return "9";  // 未说明的性别
}

class Standardise final : public Technique {
 public:
  explicit Standardise(Arguments& arguments)
      : as_(arguments.choice("as", {"text", "sex", "date", "upper"})), order_(arguments) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    if (settled_without_text(value, out)) {
      return {};
    }
    std::string text = standard(value.text, order_.in(scope));
    if (text == value.text) {
      out.action = Action::kKeep;
    } else {
      replace_with(out, std::move(text), as_ == 1 ? value.kind : ValueKind::kString);
    }
    return {};
  }

 private:
  std::string standard(std::string_view text, DateOrder order) const {
    switch (as_) {
      case 1: return sex_code(text);
      case 2: return generalise_date(text, DateGrain::kDay, false, order).value_or("");
      case 3: return fold_identifier(text);
      default: return normalise_text(text);
    }
  }

  std::size_t as_;
  OrderArgument order_;
};

}  // namespace

MadeTechnique make_standardise(const nlohmann::json& arguments) {
  return make_from<Standardise>(arguments);
}

}  // namespace emr::desensitize
