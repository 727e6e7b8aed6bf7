// keep: the value stays as it is. For what the policy has judged to be harmless.
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class Keep final : public Technique {
 public:
  explicit Keep(Arguments&) {}
  Status apply(const Value&, const Scope&, Outcome& out) const override {
    out.action = Action::kKeep;
    return {};
  }
};

}  // namespace

MadeTechnique make_keep(const nlohmann::json& arguments) { return make_from<Keep>(arguments); }

}  // namespace emr::desensitize
