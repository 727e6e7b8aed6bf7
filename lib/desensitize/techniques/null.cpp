// null: the place stays, the value goes, so that readers which expect the field keep working.
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class Null final : public Technique {
 public:
  explicit Null(Arguments&) {}
  Status apply(const Value&, const Scope&, Outcome& out) const override {
    out.action = Action::kNull;
    return {};
  }
};

}  // namespace

MadeTechnique make_null(const nlohmann::json& arguments) { return make_from<Null>(arguments); }

}  // namespace emr::desensitize
