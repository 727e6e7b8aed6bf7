// token: HMAC-SHA256, one way. The same value of one class has the same token on every host and
// day that uses the key, so tables can still be joined; nobody without the key can test a guess.
#include "desensitize/detect/fold.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"
#include "desensitize/techniques/token_text.h"

namespace emr::desensitize {
namespace {

class Token final : public Technique {
 public:
  explicit Token(Arguments& arguments)
      : fold_(arguments.flag("fold", true)), prefix_(arguments.text("prefix", "")) {}

  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    EMR_CHECK(scope.keys != nullptr);
    if (settled_without_text(value, out)) {
      return {};
    }
    // "１１０１０５…00２x" and "110105…002X" are one person: spelling is folded first.
    const Hash32 mac = fold_
                           ? scope.keys->mac(scope.field_class, "token", fold_identifier(value.text))
                           : scope.keys->mac(scope.field_class, "token", value.text);
    replace_with(out, prefix_ + one_way_token(mac));
    return {};
  }

 private:
  bool fold_;
  std::string prefix_;
};

}  // namespace

MadeTechnique make_token(const nlohmann::json& arguments) { return make_from<Token>(arguments); }

}  // namespace emr::desensitize
