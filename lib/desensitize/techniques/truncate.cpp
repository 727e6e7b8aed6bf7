// truncate: the first `length` code points (or the last ones, with "from":"back") are kept.
#include <algorithm>

#include "base/utf8.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

class Truncate final : public Technique {
 public:
  explicit Truncate(Arguments& arguments)
      : length_(static_cast<std::size_t>(arguments.integer("length", 0, 0, 1 << 20))),
        from_back_(arguments.choice("from", {"front", "back"}) == 1) {
    if (!arguments.has("length")) {
      arguments.reject("length", "is required");
    }
  }

  Status apply(const Value& value, const Scope&, Outcome& out) const override {
    if (settled_without_text(value, out)) {
      return {};
    }
    const std::size_t count = count_code_points(value.text);
    const std::size_t kept = std::min(count, length_);
    const std::size_t before = from_back_ ? count - kept : kept;
    std::size_t at = 0;
    for (std::size_t i = 0; i < before; ++i) {
      next_code_point(value.text, at);
    }
    replace_with_view(out, from_back_ ? value.text.substr(at) : value.text.substr(0, at));
    return {};
  }

 private:
  std::size_t length_;
  bool from_back_;
};

}  // namespace

MadeTechnique make_truncate(const nlohmann::json& arguments) {
  return make_from<Truncate>(arguments);
}

}  // namespace emr::desensitize
