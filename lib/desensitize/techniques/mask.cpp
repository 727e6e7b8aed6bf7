// mask: some characters give way to a mask character. Styles:
//   chars    keep `first` and `last` code points, mask the rest (at least half is always masked)
//   surname  张三丰 -> 张某某, 欧阳修 -> 欧阳某某, "Mary Ann Smith" -> "M. S."
//   email    z***@example.cn
#include <algorithm>

#include "base/utf8.h"
#include "desensitize/detect/names_zh.h"
#include "desensitize/techniques/all.h"
#include "desensitize/techniques/simple.h"

namespace emr::desensitize {
namespace {

std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (std::size_t at = 0; at < text.size();) {
    points.push_back(next_code_point(text, at));
  }
  return points;
}

std::string initials(std::string_view name) {
  std::string text;
  bool start = true;
  for (const char c : name) {
    const bool blank = c == ' ' || c == '-' || c == ',' || c == '.';
    if (!blank && start) {
      text.append(text.empty() ? "" : " ").append(1, c).append(".");
    }
    start = blank;
  }
  return text;
}

class Mask final : public Technique {
 public:
  explicit Mask(Arguments& arguments)
      : style_(arguments.choice("style", {"chars", "surname", "email"})),
        first_(static_cast<std::size_t>(arguments.integer("first", 0, 0, 64))),
        last_(static_cast<std::size_t>(arguments.integer("last", 0, 0, 64))),
        mask_(arguments.text("with", "*")) {}

  Status apply(const Value& value, const Scope&, Outcome& out) const override {
    if (!settled_without_text(value, out)) {
      replace_with(out, masked(value.text));
    }
    return {};
  }

 private:
  std::string masked(std::string_view text) const {
    if (style_ == 1) {
      return surname(text);
    }
    if (style_ == 2) {
      const std::size_t at = text.rfind('@');
      return at == std::string_view::npos || at == 0
                 ? chars(text, 0, 0)
                 : chars(text.substr(0, at), 1, 0).append(text.substr(at));
    }
    return chars(text, first_, last_);
  }

  static std::string surname(std::string_view text) {
    const std::size_t size = surname_bytes(text);
    if (size > 0) {
      return std::string(text.substr(0, size)).append("某某");
    }
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    return ascii ? initials(text) : "某某";
  }

  /// Keeps the asked ends, but never more than half of the value: "first 3, last 4" of a
  /// five-digit number would otherwise keep all of it.
  std::string chars(std::string_view text, std::size_t first, std::size_t last) const {
    const std::u32string points = code_points(text);
    if (first + last > points.size() / 2) {
      first = std::min(first, points.size() / 4);
      last = std::min(last, points.size() / 4);
    }
    std::string masked_text;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (i < first || i + last >= points.size()) {
        append_utf8(masked_text, points[i]);
      } else {
        masked_text += mask_;
      }
    }
    return masked_text;
  }

  std::size_t style_;
  std::size_t first_;
  std::size_t last_;
  std::string mask_;
};

}  // namespace

MadeTechnique make_mask(const nlohmann::json& arguments) { return make_from<Mask>(arguments); }

}  // namespace emr::desensitize
