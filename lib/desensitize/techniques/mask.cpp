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

std::string initials(std::string_view name) {
  std::string text;
  bool start = true;
  for (const char c : name) {
    const bool blank = c == ' ' || c == '-' || c == ',' || c == '.';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && start) {
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
    if (settled_without_text(value, out)) {
      return {};
    }
    out.action = Action::kReplace;
    out.kind = ValueKind::kString;
    out.text.clear();
    append_masked(value.text, out.text);
    return {};
  }

 private:
  void append_masked(std::string_view text, std::string& out) const {
    if (style_ == 1) {
      append_surname(text, out);
      return;
    }
    const std::size_t at = style_ == 2 ? text.rfind('@') : std::string_view::npos;
    if (at != std::string_view::npos && at != 0) {
      append_chars(text.substr(0, at), 1, 0, out);
      out.append(text.substr(at));
    } else if (style_ == 2) {
      append_chars(text, 0, 0, out);
    } else {
      append_chars(text, first_, last_, out);
    }
  }

  static void append_surname(std::string_view text, std::string& out) {
    const std::size_t size = surname_bytes(text);
    if (size > 0) {
      out.append(text.substr(0, size)).append("某某");
      return;
    }
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
    const std::string letters = ascii ? initials(text) : std::string();
    out.append(letters.empty() ? "某某" : letters);
  }

  /// Keeps the asked ends, but never more than half of the value: "first 3, last 4" of a
  /// five-digit number would otherwise keep all of it.
  void append_chars(std::string_view text, std::size_t first, std::size_t last,
                    std::string& out) const {
    const std::size_t points = count_code_points(text);
    if (first + last > points / 2) {
      first = std::min(first, points / 4);
      last = std::min(last, points / 4);
    }
    const std::size_t head = bytes_of_points(text, first);
    const std::size_t tail = bytes_of_points(text, points - last);
    out.append(text.substr(0, head));
    for (std::size_t i = first; i < points - last; ++i) {
      out.append(mask_);
    }
    out.append(text.substr(tail));
  }

  /// Bytes of the first `count` code points.
  static std::size_t bytes_of_points(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; count > 0 && at < text.size(); --count) {
      next_code_point(text, at);
    }
    return std::min(at, text.size());
  }

  std::size_t style_;
  std::size_t first_;
  std::size_t last_;
  std::string mask_;
};

}  // namespace

MadeTechnique make_mask(const nlohmann::json& arguments) { return make_from<Mask>(arguments); }

}  // namespace emr::desensitize
