// encrypt: AES-256-SIV. Equal values of one class give equal tokens, the holder of the key gets
// them back with --restore (numbers as numbers), and a changed token does not decrypt.
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"
#include "desensitize/techniques/token_text.h"

namespace emr::desensitize {
namespace {

class Encrypt final : public Technique {
 public:
  explicit Encrypt(Arguments&) {}
  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    EMR_CHECK(scope.keys != nullptr);
    if (value.kind == ValueKind::kBool || !settled_without_text(value, out)) {
      replace_with(out, reversible_token(*scope.keys, scope.field_class, value.text, value.kind));
    }
    return {};
  }
};

}  // namespace

MadeTechnique make_encrypt(const nlohmann::json& arguments) {
  return make_from<Encrypt>(arguments);
}

}  // namespace emr::desensitize
