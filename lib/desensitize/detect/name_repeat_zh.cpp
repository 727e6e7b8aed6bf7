#include "desensitize/detect/name_repeat_zh.h"

#include <algorithm>

#include "desensitize/detect/name_shape_zh.h"

namespace emr::desensitize {
namespace {

class NameRepeater : private NameShape {
 public:
  NameRepeater(const DecodedText& text, Finds& finds) : NameShape(text), finds_(finds) {}

  void run(std::vector<std::pair<std::size_t, std::size_t>>& found) {
    std::sort(found.begin(), found.end());
    std::vector<std::pair<std::size_t, std::size_t>> seen;
    for (const auto& [start, stop] : found) {
      const std::string_view name = text_.bytes(start, stop);
      const bool known = std::any_of(seen.begin(), seen.end(), [&](const auto& other) {
        return text_.bytes(other.first, other.second) == name;
      });
      if (!known) {
        seen.emplace_back(start, stop);
        repeat_one(name, stop - start);
      }
    }
  }

 private:
  void repeat_one(std::string_view name, std::size_t length) {
    const std::string_view bytes = text_.bytes();
    for (std::size_t at = bytes.find(name); at != std::string_view::npos;
         at = bytes.find(name, at + name.size())) {
      const std::size_t index = text_.index_of(at);
      if (length > 2 || boundary(index + length)) {
        finds_.push_back({index, index + length, SpanType::kName, 40});
      }
    }
  }

  Finds& finds_;
};

}  // namespace

void repeat_names(const DecodedText& text, std::vector<std::pair<std::size_t, std::size_t>>& found,
                  Finds& finds) {
  NameRepeater(text, finds).run(found);
}

}  // namespace emr::desensitize
