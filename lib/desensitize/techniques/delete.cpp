// delete: the member, element or field goes away, key and all.
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class Delete final : public Technique {
 public:
  explicit Delete(Arguments&) {}
  Status apply(const Value&, const Scope&, Outcome& out) const override {
    out.action = Action::kDelete;
    return {};
  }
};

}  // namespace

MadeTechnique make_delete(const nlohmann::json& arguments) {
  return make_from<Delete>(arguments);
}

}  // namespace emr::desensitize
