// redact-text: free text stays, every find of the scanner in it is treated by the policy's
// "freeText" rules.
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class RedactText final : public Technique {
 public:
  explicit RedactText(Arguments&) {}
  Status apply(const Value& value, const Scope& scope, Outcome& out) const override {
    out.action = Action::kKeep;
    if (settled_without_text(value, out)) {
      return {};
    }
    if (scope.redactor == nullptr) {
      out.action = Action::kDelete;
      return {};
    }
    EMR_ASSIGN(const bool changed, scope.redactor->redact(value.text, out.text));
    out.action = changed ? Action::kReplace : Action::kKeep;
    out.kind = value.kind;
    return {};
  }
  bool foretells() const noexcept override { return true; }
  void foretell(const Value& value, const Scope& scope, Foretold&) const override {
    if (value.kind == ValueKind::kString && scope.redactor != nullptr) {
      scope.redactor->foretell_text(value.text);
    }
  }
};

}  // namespace

MadeTechnique make_redact_text(const nlohmann::json& arguments) {
  return make_from<RedactText>(arguments);
}

}  // namespace emr::desensitize
